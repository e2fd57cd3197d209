import { z } from 'zod'
import type { FieldPath, Mapping, RecordData } from '../../component-contract.js'
import { type PathSegment, setKey, setPath } from '../../dpath/index.js'
import type { Evaluated, Interpolation } from '../../interpolation/index.js'

export const addedFieldSchema = z.looseObject({
  type: z.literal('AddedFieldDefinition').optional(),
  path: z.array(z.union([z.string(), z.int()])).min(1, 'names no field'),
  value: z.string(),
  value_type: z.enum(['string', 'number', 'integer', 'boolean']).optional(),
  $parameters: z.custom<Mapping>().optional(),
})

export interface AddedField {
  readonly path: readonly PathSegment[]
  readonly value: Evaluated<unknown>
  /** What its template looks at of the record; undefined where that may be anything. */
  readonly reads: readonly FieldPath[] | undefined
  put(record: RecordData, value: unknown): void
}

/** One field that is put into each record. Its path is taken literally: patterns in it are names. */
export function addedField(definition: z.output<typeof addedFieldSchema>, interpolation: Interpolation): AddedField {
  const own = interpolation.withParameters(definition.$parameters ?? {})
  const { path } = definition
  const [first] = path
  return {
    path,
    reads: own.recordPaths(definition.value),
    value: own.value(definition.value, { type: definition.value_type }),
    put:
      path.length === 1 && typeof first === 'string'
        ? (record, value) => setKey(record, first, value)
        : (record, value) => setPath(record, path, value),
  }
}
