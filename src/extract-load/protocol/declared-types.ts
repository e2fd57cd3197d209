import { isMapping } from '../../base/index.js'
import type { JsonSchema } from '../contract.js'
import { withoutTwins } from '../file-formats/column-names.js'

/** Airbyte's data types. https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types */
export type AirbyteType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'date'
  | 'time_without_timezone'
  | 'time_with_timezone'
  | 'timestamp_without_timezone'
  | 'timestamp_with_timezone'
  /** Objects, lists, and what may be several things. */
  | 'json'

/** A field of a stream as its JSON Schema declares it. */
export interface DeclaredColumn {
  /** In the records. */
  readonly key: string
  /** In the table: names that differ by case only get a number. */
  readonly name: string
  readonly type: AirbyteType
  /** It lies in the value of that key, at the end of these keys. */
  readonly inside?: readonly string[] | undefined
  /** SQL: what is loaded in the place of a value, as text; the value itself where it is left out. */
  readonly map?: ((value: string) => string) | undefined
}

/** The columns of a stream, in the order of its schema. */
export function declaredColumns(schema: JsonSchema): DeclaredColumn[] {
  const properties = isMapping(schema.properties) ? Object.entries(schema.properties) : []
  const names = withoutTwins(properties.map(([key]) => key))
  return properties.map(([key, property], i) => ({
    key,
    name: names[i] ?? key,
    type: isMapping(property) ? declaredType(property) : 'json',
  }))
}

const branchesOf = ({ oneOf, anyOf }: JsonSchema) => [oneOf, anyOf].find(Array.isArray)

/** A schema that is one thing or nothing, without the nothing; others stay as they are. */
export function onlyBranch(property: JsonSchema): JsonSchema {
  const [only, ...more] = (branchesOf(property) ?? []).filter(isMapping).filter(({ type }) => type !== 'null')
  return only && more.length === 0 ? onlyBranch(only) : property
}

/** The type of a field by its JSON Schema. */
export function declaredType(declared: JsonSchema): AirbyteType {
  const property = onlyBranch(declared)
  if (branchesOf(property)) return 'json'
  const types = [property.type].flat().filter((type) => type !== 'null' && type !== undefined)
  if (types.length === 2 && types.includes('integer') && types.includes('number')) return 'number'
  if (types.length !== 1) return 'json'
  switch (types[0]) {
    case 'string':
      return stringType(property)
    case 'boolean':
      return 'boolean'
    case 'integer':
      return 'integer'
    case 'number':
      return property.airbyte_type === 'integer' || property.airbyte_type === 'big_integer' ? 'integer' : 'number'
    default:
      return 'json'
  }
}

function stringType({ format, airbyte_type }: JsonSchema): AirbyteType {
  if (airbyte_type === 'big_integer') return 'integer'
  if (airbyte_type === 'big_number') return 'number'
  if (format === 'date') return 'date'
  if (format === 'date-time')
    return airbyte_type === 'timestamp_without_timezone' ? 'timestamp_without_timezone' : 'timestamp_with_timezone'
  if (format === 'time')
    return airbyte_type === 'time_without_timezone' ? 'time_without_timezone' : 'time_with_timezone'
  return 'string'
}
