import type { JsonSchema } from '../../../contract.js'
import { failure } from '../../failure.js'

const nullable = (type: string, more: Readonly<Record<string, string>> = {}) => ({ type: ['null', type], ...more })

const types: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  string: nullable('string'),
  boolean: nullable('boolean'),
  date: nullable('string', { format: 'date' }),
  timestamp_without_timezone: nullable('string', {
    format: 'date-time',
    airbyte_type: 'timestamp_without_timezone',
  }),
  timestamp_with_timezone: nullable('string', { format: 'date-time' }),
  time_without_timezone: nullable('string', { format: 'time', airbyte_type: 'time_without_timezone' }),
  time_with_timezone: nullable('string', { format: 'time', airbyte_type: 'time_with_timezone' }),
  integer: nullable('integer'),
  number: nullable('number'),
  array: nullable('array'),
  object: nullable('object'),
}

/** What a type by Airbyte's name is in a JSON schema, in an object of its own: `schema_transformations` edit it in place. */
export function airbyteType(name: string): JsonSchema {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  if (type) return structuredClone(type)
  throw failure('MANIFEST_INVALID', {
    message: `A schema that is made of an API's answer has a field of type ${JSON.stringify(name)}, which is none.`,
    hint: `Map it to one of ${Object.keys(types).join(', ')} in \`types_mapping\`.`,
    failureType: 'system_error',
  })
}
