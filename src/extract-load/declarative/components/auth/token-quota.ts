import { z } from 'zod'
import type { HttpRequest } from '../../component-contract.js'
import type { Interpolation } from '../../interpolation/index.js'
import { compileMatcher, httpRequestRegexMatcherSchema } from '../requests/http-request-regex-matcher.js'

export const tokenQuotaSchema = z.looseObject({
  type: z.literal('TokenQuota').optional(),
  name: z.string(),
  remaining_path: z.array(z.string()),
  reset_path: z.array(z.string()),
  limit_path: z.array(z.string()).nullish(),
  matchers: z.array(httpRequestRegexMatcherSchema).nullish(),
  remaining_header: z.string().nullish(),
  reset_header: z.string().nullish(),
  limit_header: z.string().nullish(),
  exhaustion_status_codes: z.array(z.int()).nullish(),
})

/** Calls that an API counts together for each token. */
export interface TokenQuota {
  readonly name: string
  readonly paths: {
    readonly left: readonly string[]
    readonly reset: readonly string[]
    readonly limit?: readonly string[] | undefined
  }
  readonly headers: {
    readonly left?: string | undefined
    readonly reset?: string | undefined
    readonly limit?: string | undefined
  }
  readonly exhaustionStatuses: readonly number[]
  /** Undefined: of all requests that no other one counts. */
  readonly matches: ((request: HttpRequest) => boolean) | undefined
}

export function compileQuota(definition: z.output<typeof tokenQuotaSchema>, interpolation: Interpolation): TokenQuota {
  const matchers = (definition.matchers ?? []).map((one) => compileMatcher(one, interpolation))
  return {
    name: definition.name,
    paths: {
      left: definition.remaining_path,
      reset: definition.reset_path,
      limit: definition.limit_path?.length ? definition.limit_path : undefined,
    },
    headers: {
      left: definition.remaining_header?.toLowerCase(),
      reset: definition.reset_header?.toLowerCase(),
      limit: definition.limit_header?.toLowerCase(),
    },
    exhaustionStatuses: definition.exhaustion_status_codes ?? [],
    matches: matchers.length === 0 ? undefined : (request) => matchers.some((one) => one.matches(request)),
  }
}

/** Which quota counts a request: the first that matches, else the first for all, else the first. */
export function quotaOf(quotas: readonly TokenQuota[], request: HttpRequest): TokenQuota {
  const found = quotas.find((one) => one.matches?.(request)) ?? quotas.find((one) => !one.matches) ?? quotas[0]
  return found as TokenQuota
}
