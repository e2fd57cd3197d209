import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import type { HttpRequest } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { requestMatcher } from '../../http/request-matcher.js'
import type { Interpolation } from '../../interpolation/index.js'

export const httpRequestRegexMatcherSchema = z.looseObject({
  type: z.literal('HttpRequestRegexMatcher').optional(),
  method: z.string().nullish(),
  url_base: z.string().nullish(),
  url_path_pattern: z.string().nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  weight: z.union([z.int(), z.string()]).nullish(),
})

export interface WeightedMatcher {
  matches(request: HttpRequest): boolean
  /** How many calls a request counts for. */
  readonly weight: number
}

export function compileMatcher(
  definition: z.output<typeof httpRequestRegexMatcherSchema>,
  interpolation: Interpolation,
): WeightedMatcher {
  const matches = requestMatcher({
    method: definition.method,
    urlBase: definition.url_base,
    urlPathPattern: definition.url_path_pattern,
    params: definition.params,
    headers: definition.headers,
  })
  return { matches, weight: wholeNumber('weight', definition.weight ?? 1, interpolation) }
}

/** A number above 0, or a template that says one. @throws MANIFEST_CONFIG_INVALID */
export function wholeNumber(field: string, given: number | string, interpolation: Interpolation): number {
  const value = typeof given === 'string' ? interpolation.value(given)() : given
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Math.trunc(Number(str(value)))
  if (number >= 1) return number
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`${field}\` says \`${given}\`, which is no number of at least 1 with these settings.`,
    hint: 'Look at the setting that it is made of.',
    failureType: 'system_error',
  })
}
