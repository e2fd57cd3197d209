import type { RecordData } from '../component-contract.js'
import { pageOf } from '../packed/packed-page.js'

/** The CDK's messages leave out fields of a record that are null; inside of others they stay. */
export function withoutNulls(record: RecordData): RecordData {
  // Whoever takes packed records knows it as well.
  if (pageOf(record)) return record
  for (const field in record) if (record[field] === null) return copied(record)
  return record
}

function copied(record: RecordData): RecordData {
  const copy: RecordData = {}
  for (const field in record) {
    const value = record[field]
    if (value === null) continue
    if (field === '__proto__')
      Object.defineProperty(copy, field, { value, enumerable: true, configurable: true, writable: true })
    else copy[field] = value
  }
  return copy
}
