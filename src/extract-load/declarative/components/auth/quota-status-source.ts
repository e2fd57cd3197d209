import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import type { BuildScope } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { noBudget } from '../../http/budget.js'
import { preparedRequest } from '../../http/prepared-request.js'
import { sender } from '../../http/sender.js'
import { defaultVerdict } from '../errors/default-verdict.js'
import { readTime } from './read-time.js'
import type { TokenQuota } from './token-quota.js'

export const quotaStatusSourceSchema = z.looseObject({
  type: z.literal('QuotaStatusSource').optional(),
  url: z.string(),
  http_method: z.enum(['GET', 'POST']).nullish(),
  request_headers: z.record(z.string(), z.string()).nullish(),
  unavailable_status_codes: z.array(z.int()).nullish(),
})

/** What is left of a quota for one token. */
export interface QuotaState {
  left: number
  resetAtMs: number
  limit: number
  /** False where the API says that it does not count: then no number here means anything. */
  readonly isTracked: boolean
}

/** Asks an API what is left for a token, by quota. @param header what signs a request with the token */
export type QuotaStatus = (header: Mapping) => Promise<ReadonlyMap<string, QuotaState>>

export function quotaStatus(
  definition: z.output<typeof quotaStatusSourceSchema>,
  quotas: readonly TokenQuota[],
  { interpolation, services }: BuildScope,
): QuotaStatus {
  const url = interpolation.value(definition.url)
  const headers = interpolation.mapping(definition.request_headers ?? {})
  const unavailable = new Set(definition.unavailable_status_codes)
  return async (header) => {
    const send = sender({
      name: 'quota_status',
      services,
      budget: noBudget,
      cache: undefined,
      isStreamed: false,
      isAuxiliary: true,
      authenticator: { requestOptions: async () => ({}), signature: async () => header },
      errorHandler: {
        maxRetries: 5,
        maxTimeMs: 600_000,
        judge: (outcome) =>
          !(outcome instanceof Error) && unavailable.has(outcome.status)
            ? { action: 'IGNORE' }
            : defaultVerdict(outcome),
        backoff: () => undefined,
      },
    })
    const response = await send(
      preparedRequest({
        method: definition.http_method ?? 'GET',
        url: str(url()),
        params: {},
        headers: headers(),
        bodyJson: {},
        bodyData: {},
      }),
    )
    const nowMs = services.clock.now().getTime()
    if (!response || unavailable.has(response.status))
      return new Map(quotas.map(({ name }) => [name, { left: 0, resetAtMs: nowMs, limit: 0, isTracked: false }]))
    const body = response.json()
    return new Map(quotas.map((quota) => [quota.name, stateIn(body, quota)]))
  }
}

function stateIn(body: unknown, { name, paths }: TokenQuota): QuotaState {
  const left = Number(valueAt(body, paths.left, name))
  const reset = readTime(valueAt(body, paths.reset, name))
  const limit = paths.limit ? Number(valueAt(body, paths.limit, name)) : left
  if (!reset || !Number.isFinite(left) || !Number.isFinite(limit)) throw missing(name, paths.reset)
  return { left: Math.trunc(left), resetAtMs: reset.ms, limit: Math.trunc(limit), isTracked: true }
}

function valueAt(body: unknown, path: readonly string[], quota: string): unknown {
  let value = body
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) throw missing(quota, path)
    value = (value as Mapping)[key]
  }
  return value
}

const missing = (quota: string, path: readonly string[]) =>
  failure('API_ANSWER_INVALID', {
    message: `What the API says of its quotas has nothing that can be read at ${path.join('.')}, where the manifest looks for the quota \`${quota}\`.`,
    hint: 'Look at the paths of the quota in the manifest.',
    failureType: 'system_error',
  })
