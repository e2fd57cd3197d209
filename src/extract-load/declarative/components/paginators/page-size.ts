import { z } from 'zod'
import { repr, typeName } from '../../../../jinja/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'

export const pageSizeSchema = z.union([z.int(), z.string()]).optional()

/** What a template may say of a page's size: a whole number. */
export function pageSizeOf(size: number | string | undefined, interpolation: Interpolation): number | undefined {
  const value = typeof size === 'string' ? literalSize(size) : size
  if (typeof value !== 'string') return value
  return wholeSize(interpolation.value(value)())
}

/** `"100"` is 100, without a template. */
export const literalSize = (size: number | string | undefined): number | string | undefined =>
  typeof size === 'string' && /^\d+$/.test(size) ? Number(size) : size

export function wholeSize(size: unknown): number {
  if (typeof size === 'number' && Number.isInteger(size)) return size
  throw failure('MANIFEST_INVALID', {
    message: `The \`page_size\` of a paginator is ${repr(size)}, which is no whole number (${typeName(size)}).`,
    hint: 'Look at the template, and at the setting that it reads.',
    failureType: 'system_error',
  })
}
