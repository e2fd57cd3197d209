import { z } from 'zod'
import { isNumber, pythonFloat, toNumber } from '../../../../jinja/index.js'
import { failure } from '../../failure.js'
import type { Evaluated, Interpolation } from '../../interpolation/index.js'

export const jitterRange = () => z.number().min(0).nullish()

/** Up to twice the range, so that those who were refused together do not come back together. */
export const jitter = (range: number | null | undefined, random: () => number): number =>
  range ? random() * range * 2 : 0

/** A number, or a template that says one. @throws MANIFEST_CONFIG_INVALID where it says none */
export function seconds(field: string, given: number | string, interpolation: Interpolation): Evaluated<number> {
  if (typeof given === 'number') return () => given
  const value = interpolation.value(given)
  return () => {
    const found = numberIn(value())
    if (found !== undefined && !Number.isNaN(found)) return found
    throw failure('MANIFEST_CONFIG_INVALID', {
      message: `\`${field}\` says \`${given}\`, which is no number with these settings.`,
      hint: 'Look at the setting that it is made of.',
      failureType: 'system_error',
    })
  }
}

/** Python's `float(value)`; undefined where that raises. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'string') return pythonFloat(value)
  return isNumber(value) ? toNumber(value) : undefined
}
