import type { JsonSchema } from '../../../contract.js'
import type { SharedParts } from '../../component.js'

const key = Symbol('schemas of the catalog')

/** Schemas that the catalog has for the streams that are read, with the columns that were chosen. Whoever reads puts them in before it begins. */
export const configuredSchemas = (shared: SharedParts): Map<string, JsonSchema> =>
  shared.once(key, () => new Map<string, JsonSchema>())
