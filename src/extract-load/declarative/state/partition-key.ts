import type { Mapping } from '../component-contract.js'
import { readJson, writeJson } from '../values/index.js'

/** One text for all writings of a partition. */
export const partitionKey = (partition: unknown): string => writeJson(sorted(partition))

export const partitionOf = (key: string): Mapping => readJson(key) as Mapping

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const mapping = value as Mapping
  return Object.fromEntries(
    Object.keys(mapping)
      .toSorted()
      .map((key) => [key, sorted(mapping[key])]),
  )
}
