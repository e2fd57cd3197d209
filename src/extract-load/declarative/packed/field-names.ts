import { keyText, numbersOfMember, numbersOfRecord } from '../../protocol/scan-record.js'
import type { RecordData } from '../component-contract.js'
import { type PackedRecord, packedAt, pageOf } from './packed-page.js'

/** The fields that a record has in the end, whether it is packed or not. */
export function fieldNames(record: RecordData): string[] {
  const page = pageOf(record)
  if (!page) return Object.keys(record)
  const { fields, places, text } = page
  const at = (record as PackedRecord)[packedAt]
  const names: string[] = fields.written.filter((name) => record[name] !== undefined && record[name] !== null)
  for (let i = 0, member = at + numbersOfRecord; i < (places[at] as number); i++, member += numbersOfMember) {
    const [start = 0, end = 0, , , kind = 0] = places.subarray(member, member + numbersOfMember)
    const name = keyText(text.bytes, start, end, kind)
    if (!fields.removed.includes(name) && !fields.written.includes(name)) names.push(name)
  }
  return names
}
