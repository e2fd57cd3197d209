import { z } from 'zod'
import type { JsonSchema } from '../../../contract.js'
import { airbyteType } from './airbyte-types.js'

export interface ComplexFieldType {
  readonly field_type: string
  readonly items?: string | ComplexFieldType | undefined
}

/** A type that says of its items what they are; only lists have any. */
export const complexFieldTypeSchema: z.ZodType<ComplexFieldType> = z.lazy(() =>
  z
    .looseObject({ field_type: z.string(), items: z.union([z.string(), complexFieldTypeSchema]).optional() })
    .refine((type) => type.items === undefined || type.field_type === 'array', {
      message: '`items` needs the `field_type` array',
    }),
)

export function complexType({ field_type, items }: ComplexFieldType): JsonSchema {
  const type = airbyteType(field_type)
  if (items === undefined || items === '') return type
  return { ...type, items: typeof items === 'string' ? airbyteType(items) : complexType(items) }
}
