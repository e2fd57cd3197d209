import { z } from 'zod'
import { repr } from '../../../../jinja/index.js'
import type { JsonSchema } from '../../../contract.js'
import type { Mapping } from '../../component-contract.js'
import { compileGet, isList, isPlainMapping } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { airbyteType } from './airbyte-types.js'
import { complexType } from './complex-field-type.js'
import { type TargetType, typesMap, typesMapSchema } from './types-map.js'

const pointer = z.array(z.string())

export const schemaTypeIdentifierSchema = z.looseObject({
  type: z.literal('SchemaTypeIdentifier').optional(),
  schema_pointer: pointer.optional(),
  key_pointer: pointer,
  type_pointer: pointer.optional(),
  types_mapping: z.array(typesMapSchema).optional(),
  $parameters: z.custom<Mapping>().optional(),
})

/** Where in a record the fields of a stream are described, and what their types are here. */
export function schemaTypeIdentifier(
  definition: z.output<typeof schemaTypeIdentifierSchema>,
  interpolation: Interpolation,
): (record: unknown) => Record<string, JsonSchema> {
  const own = interpolation.withParameters(definition.$parameters ?? {})
  const at = (path: readonly string[] = []) => compileGet(path.map((segment) => own.value(segment)()))
  const fieldsOf = at(definition.schema_pointer)
  const keyOf = at(definition.key_pointer)
  const typeOf = definition.type_pointer && at(definition.type_pointer)
  const maps = (definition.types_mapping ?? []).map((map) => typesMap(map, own))

  return (record) => {
    const properties: Record<string, JsonSchema> = {}
    for (const field of described(fieldsOf(record))) {
      const key = keyOf(field)
      if (typeof key !== 'string') throw invalid(`The name of a field is ${repr(key ?? null)}, which is no text.`)
      const type = typeOf ? (typeOf(field) ?? 'string') : 'string'
      properties[key] = schemaOf(mapped(type, field))
    }
    return properties
  }

  function mapped(type: unknown, field: unknown): TargetType {
    for (const map of maps) {
      const target = map(type, field)
      if (target !== undefined) return target
    }
    return type as TargetType
  }
}

/** Python iterates over the keys of a mapping too. */
function described(fields: unknown): readonly unknown[] {
  if (isList(fields)) return fields
  if (isPlainMapping(fields)) return Object.keys(fields)
  throw invalid(`The fields of a stream are ${repr(fields ?? null)}, which is no list.`)
}

function schemaOf(type: TargetType): JsonSchema {
  if (typeof type === 'string') return airbyteType(type)
  if (isPlainMapping(type)) return complexType(type as never)
  if (isList(type) && type.length === 2 && type.every((name) => typeof name === 'string'))
    return { oneOf: type.map(airbyteType) }
  throw invalid(`A field has the type ${repr(type)}: it must be a text, or two of them.`)
}

const invalid = (message: string) =>
  failure('API_ANSWER_INVALID', {
    message: `A schema cannot be made of what an API answered. ${message}`,
    hint: 'Look at the pointers and at `types_mapping` of the `schema_type_identifier`.',
    failureType: 'system_error',
  })
