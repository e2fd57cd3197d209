import type { RecordData } from '../../component-contract.js'
import { isPlainMapping, setKey } from '../../dpath/index.js'

/** Gives the keys of a record other names, and those of mappings within each other; lists are left as they are. */
export function rename(record: RecordData, nameOf: (key: string) => string): void {
  const contents = new Map<string, unknown>()
  for (const key of Object.keys(record)) contents.set(nameOf(key), renamedWithin(record[key], nameOf))
  replaceContents(record, contents)
}

function renamedWithin(value: unknown, nameOf: (key: string) => string): unknown {
  if (!isPlainMapping(value)) return value
  const result: RecordData = {}
  for (const key of Object.keys(value)) setKey(result, nameOf(key), renamedWithin(value[key], nameOf))
  return result
}

/** Gives a record other contents: who holds it sees them. A map of them, since an object of changing keys is slow to walk through. */
export function replaceContents(record: RecordData, contents: ReadonlyMap<string, unknown>): void {
  for (const key of Object.keys(record)) delete record[key]
  for (const [key, value] of contents) setKey(record, key, value)
}

/** Few keys come in many records. */
export function keptNames(nameOf: (key: string) => string): (key: string) => string {
  const names = new Map<string, string>()
  return (key) => {
    const known = names.get(key)
    if (known !== undefined) return known
    const name = nameOf(key)
    if (names.size < 10_000) names.set(key, name)
    return name
  }
}
