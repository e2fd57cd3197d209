import type { QueryProperties, RecordData, StreamSlice } from '../../component-contract.js'
import { isPlainMapping, setKey } from '../../dpath/index.js'

/** Asks for a page once per chunk of properties, and joins what belongs together; what has no key is handed on as it comes. */
export async function* readPropertyChunks(
  properties: QueryProperties,
  slice: StreamSlice,
  ask: (slice: StreamSlice) => AsyncIterable<readonly RecordData[]>,
): AsyncGenerator<readonly RecordData[]> {
  const merged = new Map<string, RecordData>()
  for (const chunk of await properties.chunks()) {
    for await (const records of ask({ ...slice, extraFields: { query_properties: chunk } })) {
      if (!properties.mergeKey) {
        yield records
        continue
      }
      const alone: RecordData[] = []
      for (const record of records) {
        const key = properties.mergeKey(record)
        const known = key === undefined ? undefined : merged.get(key)
        if (key === undefined) alone.push(record)
        else if (known) mergeInto(known, record)
        else merged.set(key, record)
      }
      if (alone.length > 0) yield alone
    }
  }
  if (merged.size > 0) yield [...merged.values()]
}

function mergeInto(target: RecordData, source: RecordData): void {
  for (const [key, value] of Object.entries(source)) {
    const there = Object.hasOwn(target, key) ? target[key] : undefined
    if (isPlainMapping(there) && isPlainMapping(value)) mergeInto(there, value)
    else setKey(target, key, value)
  }
}
