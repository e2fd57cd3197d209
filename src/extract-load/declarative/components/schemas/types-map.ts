import { z } from 'zod'
import { equals } from '../../../../jinja/index.js'
import type { Interpolation } from '../../interpolation/index.js'
import { type ComplexFieldType, complexFieldTypeSchema } from './complex-field-type.js'

const oneOrMore = z.union([z.string(), z.array(z.string())])

export const typesMapSchema = z.looseObject({
  type: z.literal('TypesMap').optional(),
  target_type: z.union([oneOrMore, complexFieldTypeSchema]),
  current_type: oneOrMore,
  condition: z.string().optional(),
})

export type TargetType = string | readonly string[] | ComplexFieldType

/** What an API's own type is to be. @returns undefined where this is not about it */
export function typesMap(
  definition: z.output<typeof typesMapSchema>,
  interpolation: Interpolation,
): (type: unknown, field: unknown) => TargetType | undefined {
  const holds = interpolation.withParameters({}).boolean(definition.condition ?? 'True')
  return (type, field) =>
    equals(type, definition.current_type) && holds({ raw_schema: field }) ? definition.target_type : undefined
}
