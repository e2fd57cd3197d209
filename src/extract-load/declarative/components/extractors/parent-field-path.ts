import { z } from 'zod'
import type { Mapping, RecordData } from '../../component-contract.js'
import { compileGet, setPath } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { deepCopy } from '../../values/deep-copy.js'
import { singlePath } from './single-path.js'

export const parentFieldPathSchema = z.looseObject({
  type: z.literal('ParentFieldPath').optional(),
  parent_path: z.array(z.string()).min(1, 'names no field'),
  record_path: z.array(z.string()).min(1, 'names no field'),
  $parameters: z.custom<Mapping>().optional(),
})

/** Copies one field of a record to each item that is made of it; null where the record has no such field. */
export function parentField(
  definition: z.output<typeof parentFieldPathSchema>,
  interpolation: Interpolation,
): (parent: RecordData, item: RecordData) => void {
  const own = interpolation.withParameters(definition.$parameters ?? {})
  const read = compileGet(singlePath(definition.parent_path, 'parent_path', own))
  const path = singlePath(definition.record_path, 'record_path', own)
  return (parent, item) => {
    try {
      setPath(item, path, deepCopy(read(parent) ?? null))
    } catch (cause) {
      throw failure('API_ANSWER_INVALID', {
        message: `A field of a record cannot be copied to ${JSON.stringify(path)} of its items: one of them has something else there.`,
        hint: 'Copy it to another `record_path`.',
        failureType: 'config_error',
        cause,
      })
    }
  }
}
