import { z } from 'zod'
import type { ErrorVerdict, HttpResponse } from '../../component-contract.js'
import { errorMessage } from '../../http/error-message.js'
import type { Interpolation } from '../../interpolation/index.js'
import { verdictOfStatus } from './default-verdict.js'
import { responseValues } from './response-values.js'

export const actions = [
  'SUCCESS',
  'FAIL',
  'RETRY',
  'IGNORE',
  'RESET_PAGINATION',
  'RATE_LIMITED',
  'REFRESH_TOKEN_THEN_RETRY',
  'REDUCE_PAGE_SIZE',
  'SPLIT_REQUEST_WINDOW',
] as const

export const httpResponseFilterSchema = z.looseObject({
  type: z.literal('HttpResponseFilter').optional(),
  action: z.enum(actions).optional(),
  failure_type: z.enum(['system_error', 'config_error', 'transient_error']).optional(),
  error_message: z.string().optional(),
  error_message_contains: z.string().optional(),
  http_codes: z.array(z.int()).optional(),
  predicate: z.string().optional(),
})

/** Says what becomes of a response, or nothing of it. */
export type ResponseFilter = (response: HttpResponse) => ErrorVerdict | undefined

/** One filter of an error handler. It matches by status, predicate or message; where it has no action, it matches nothing. */
export function responseFilter(
  definition: z.output<typeof httpResponseFilterSchema>,
  interpolation: Interpolation,
): ResponseFilter {
  const { action, error_message_contains: part } = definition
  const codes = new Set(definition.http_codes)
  const predicate = definition.predicate ? interpolation.boolean(definition.predicate) : undefined
  const message = definition.error_message ? interpolation.value(definition.error_message) : undefined
  const isMatched = (response: HttpResponse): boolean =>
    codes.has(response.status) ||
    predicate?.(responseValues(response)) === true ||
    (part !== undefined && part !== '' && (errorMessage(response)?.includes(part) ?? false))

  return (response) => {
    if (action === undefined || !isMatched(response)) return undefined
    const usual = verdictOfStatus(response.status)
    const own = message?.(responseValues(response))
    return {
      action,
      failureType: (action === 'FAIL' ? definition.failure_type : undefined) ?? usual?.failureType ?? 'system_error',
      message: own ? String(own) : usual?.message,
    }
  }
}
