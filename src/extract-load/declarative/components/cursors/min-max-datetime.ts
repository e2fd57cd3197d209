import { z } from 'zod'
import type { PyDateTime } from '../../../../python/index.js'
import { tryParseDatetime } from '../../datetime/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { compareInstants, longFraction } from './datetime-values.js'

/** An instant of a definition, with the earliest and the latest that it may be. */
export const minMaxDatetimeSchema = z.looseObject({
  type: z.literal('MinMaxDatetime'),
  datetime: z.string(),
  datetime_format: z.string().optional(),
  min_datetime: z.string().optional(),
  max_datetime: z.string().optional(),
  $parameters: z.record(z.string(), z.unknown()).optional(),
})

export const datetimeOrTextSchema = z.union([minMaxDatetimeSchema, z.string()])

/**
 * @param format of what has none itself
 * @returns evaluated anew at each call: it may be made of the present
 */
export function compileMinMaxDatetime(
  definition: z.infer<typeof datetimeOrTextSchema>,
  format: string,
  interpolation: Interpolation,
): () => PyDateTime {
  if (typeof definition === 'string') return instant(definition, format, interpolation, 'datetime')
  const own = definition.datetime_format || format
  const templates = definition.$parameters ? interpolation.withParameters(definition.$parameters) : interpolation
  const at = instant(definition.datetime, own, templates, 'datetime')
  const min = bound(definition.min_datetime, own, templates, 'min_datetime')
  const max = bound(definition.max_datetime, own, templates, 'max_datetime')
  return () => {
    const floor = min?.()
    let found = at()
    if (floor && compareInstants(floor, found) > 0) found = floor
    const ceiling = max?.()
    return ceiling && compareInstants(ceiling, found) < 0 ? ceiling : found
  }
}

function instant(template: string, format: string, interpolation: Interpolation, name: string): () => PyDateTime {
  const text = interpolation.text(template)
  return () => read(text(), format, name)
}

/** One that says nothing is none. */
function bound(
  template: string | undefined,
  format: string,
  interpolation: Interpolation,
  name: string,
): (() => PyDateTime | undefined) | undefined {
  if (!template) return undefined
  const text = interpolation.text(template)
  return () => {
    const value = text()
    return value === '' ? undefined : read(value, format, name)
  }
}

function read(value: string, format: string, name: string): PyDateTime {
  const found = tryParseDatetime(value, format)
  if (found) return found
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`${name}\` is ${JSON.stringify(value)}, which is not in the format ${JSON.stringify(format)}${longFraction(value)}.`,
    hint: 'Write the setting that it is made of in that format, or give the manifest a `datetime_format` that fits.',
    failureType: 'system_error',
  })
}
