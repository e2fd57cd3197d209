import { isList, isPlainMapping, setKey } from '../dpath/index.js'

/** Shares no mapping and no list with what it was made of. */
export function deepCopy(value: unknown): unknown {
  if (isList(value)) return value.map(deepCopy)
  if (!isPlainMapping(value)) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) setKey(copy, key, deepCopy(value[key]))
  return copy
}
