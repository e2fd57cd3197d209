import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import type { RecordData } from '../../component-contract.js'
import { setKey } from '../../dpath/index.js'
import type { Interpolation } from '../../interpolation/index.js'

export const keyTransformationSchema = z.looseObject({
  type: z.literal('KeyTransformation').optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
})

/** Puts one text before each key of a mapping, and one behind it. */
export function keyTransformation(
  definition: z.output<typeof keyTransformationSchema>,
  interpolation: Interpolation,
): (mapping: RecordData) => RecordData {
  const prefix = definition.prefix === undefined ? '' : str(interpolation.value(definition.prefix)() ?? '')
  const suffix = definition.suffix === undefined ? '' : str(interpolation.value(definition.suffix)() ?? '')
  return (mapping) => {
    const result: RecordData = {}
    for (const [key, value] of Object.entries(mapping)) setKey(result, `${prefix}${key}${suffix}`, value)
    return result
  }
}
