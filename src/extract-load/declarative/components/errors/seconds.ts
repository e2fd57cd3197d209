import { z } from 'zod'
import { toNumber } from '../../../../jinja/index.js'
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
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return numberOfText(value)
  const number = value === null || value === undefined ? undefined : toNumber(value)
  return typeof number === 'number' ? number : undefined
}

function numberOfText(text: string): number | undefined {
  const plain = text.trim()
  if (/^[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?$/i.test(plain)) return Number(plain.replaceAll('_', ''))
  const named = /^([-+]?)(inf|infinity|nan)$/i.exec(plain)
  if (!named) return undefined
  if (named[2]?.toLowerCase() === 'nan') return Number.NaN
  return named[1] === '-' ? -Infinity : Infinity
}
