import { toJson } from '../../../../jinja/index.js'
import type { Mapping } from '../../component-contract.js'

/** JSON without white space, otherwise as Python writes it. */
export function compactJson(values: Mapping): string {
  return `{${Object.entries(values)
    .map(([name, value]) => `${toJson(name, undefined, false)}:${compact(value)}`)
    .join(',')}}`
}

function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(',')}]`
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return compactJson(value as Mapping)
  return toJson(value, undefined, false)
}
