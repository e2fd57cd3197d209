import type { RecordData } from '../../contract.js'
import { isMapping, setKey } from '../../dpath/index.js'

/** Mappings with other keys, as deep as they lie within each other; lists are left as they are. */
export function renamed(mapping: RecordData, rename: (key: string) => string): RecordData {
  const result: RecordData = {}
  for (const [key, value] of Object.entries(mapping))
    setKey(result, rename(key), isMapping(value) ? renamed(value, rename) : value)
  return result
}

/** Gives a record other contents: who holds it sees them. */
export function replaceContents(record: RecordData, contents: RecordData): void {
  for (const key of Object.keys(record)) delete record[key]
  for (const [key, value] of Object.entries(contents)) setKey(record, key, value)
}

/** Few keys come in many records. */
export function remembered(rename: (key: string) => string): (key: string) => string {
  const names = new Map<string, string>()
  return (key) => {
    const known = names.get(key)
    if (known !== undefined) return known
    const name = rename(key)
    if (names.size < 10_000) names.set(key, name)
    return name
  }
}
