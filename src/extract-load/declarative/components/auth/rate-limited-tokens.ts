import { Semaphore } from '../../../../base/index.js'
import type { Authenticator, HttpRequest, HttpResponse, Mapping, SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { headerOf } from '../../http/prepared-request.js'
import type { QuotaState, QuotaStatus } from './quota-status-source.js'
import { readTime } from './read-time.js'
import { quotaOf, type TokenQuota } from './token-quota.js'

export interface RateLimitedTokens {
  readonly tokens: readonly string[]
  readonly quotas: readonly TokenQuota[]
  readonly status: QuotaStatus
  readonly authMethod: string
  readonly header: string
  readonly maxWaitMs: number
  /** Below it requests are spread over the time until the reset: the larger of a share of the limit and a number. */
  readonly reserve: { readonly fraction: number; readonly calls: number }
  readonly services: SourceServices
}

const heartbeatMs = 60_000
const longestDelayMs = 10_000
/** A reset that lies back already is not asked for again at once. */
const shortestWaitMs = 5_000
/** So far may the times of the quota's own address and of responses differ, and mean the same window. */
const skewMs = 60_000

/** Takes turns between tokens that are all as good: each until nothing is left of its quota. */
export function rateLimitedTokens(parts: RateLimitedTokens): Authenticator {
  const { tokens, quotas, services, maxWaitMs } = parts
  const { clock, signal } = services
  const seeding = new Semaphore(1)
  let states: ReadonlyMap<string, ReadonlyMap<string, QuotaState>> | undefined
  let active = 0
  let wasDelayTold = false
  const nowMs = () => clock.now().getTime()
  const signed = (token: string): Mapping => ({ [parts.header]: `${parts.authMethod} ${token}`.trim() })
  const activeToken = () => tokens[active] as string
  const next = () => {
    active = (active + 1) % tokens.length
  }
  const stateOf = (token: string, quota: TokenQuota) => states?.get(token)?.get(quota.name) as QuotaState
  const allStates = (quota: TokenQuota) => tokens.map((token) => stateOf(token, quota))
  const areSpent = (quota: TokenQuota) => allStates(quota).every((one) => one.isTracked && one.left <= 0)
  const info = (message: string) => services.say({ type: 'log', level: 'info', message })

  async function seed(): Promise<void> {
    const fetched = new Map<string, ReadonlyMap<string, QuotaState>>()
    for (const token of tokens) fetched.set(token, await parts.status(signed(token)))
    states = fetched
    wasDelayTold = false
  }

  /** One call less for the token that it returns; waits where none is left for any. */
  async function acquire(quota: TokenQuota): Promise<string> {
    let deadlineMs: number | undefined
    for (;;) {
      const token = activeToken()
      const state = stateOf(token, quota)
      if (!state.isTracked) {
        next()
        return token
      }
      if (state.left > 0) {
        state.left--
        await spread(quota)
        return token
      }
      if (!areSpent(quota)) {
        next()
        continue
      }
      deadlineMs ??= clock.monotonicMs() + maxWaitMs
      await waitForReset(quota, deadlineMs - clock.monotonicMs())
      await seeding.run(async () => {
        if (areSpent(quota)) await seed()
      }, signal)
    }
  }

  async function waitForReset(quota: TokenQuota, allowedMs: number): Promise<void> {
    const untilMs = Math.min(...allStates(quota).map(({ resetAtMs }) => resetAtMs)) - nowMs()
    if (allowedMs <= 0 || untilMs >= allowedMs)
      throw failure('API_UNAVAILABLE', {
        message: `The limits of all tokens are reached (quota ${quota.name}), and the next reset is later than the manifest waits.`,
        hint: 'Sync again later, or give more tokens in the settings.',
        failureType: 'transient_error',
      })
    let leftMs = Math.min(Math.max(untilMs, shortestWaitMs), allowedMs)
    while (leftMs > 0) {
      await info(`All tokens are used up (quota ${quota.name}): ${Math.round(leftMs / 1000)} s until the reset.`)
      const waitMs = Math.min(leftMs, heartbeatMs)
      await clock.sleep(waitMs, { signal })
      leftMs -= waitMs
    }
  }

  /** The last calls are spread over the time until the reset. */
  async function spread(quota: TokenQuota): Promise<void> {
    const all = allStates(quota)
    const reserveOf = ({ limit }: QuotaState) => Math.max(parts.reserve.calls, limit * parts.reserve.fraction)
    if (all.some((one) => !one.isTracked || one.left > reserveOf(one))) return
    const untilResetMs = Math.max(stateOf(activeToken(), quota).resetAtMs - nowMs(), 0)
    const left = all.reduce((sum, one) => sum + Math.max(one.left, 0), 0)
    if (left <= 0 || untilResetMs <= 0) return
    const delayMs = Math.min(untilResetMs / left, longestDelayMs)
    if (delayMs < 100) return
    if (!wasDelayTold) await info(`Requests of the quota ${quota.name} wait ${Math.round(delayMs / 100) / 10} s each.`)
    wasDelayTold = true
    await clock.sleep(delayMs, { signal })
  }

  function senderOf(request: HttpRequest): string | undefined {
    const value = headerOf(request, parts.header)
    return value === undefined ? undefined : tokens.find((token) => signed(token)[parts.header] === value)
  }

  return {
    requestOptions: async () => ({ headers: signed(activeToken()) }),
    signature: async (request) => {
      await seeding.run(async () => {
        if (!states) await seed()
      }, signal)
      return signed(await acquire(quotaOf(quotas, request)))
    },
    hasOtherToken: (request) => {
      const quota = quotaOf(quotas, request)
      const sender = senderOf(request)
      if (!states || sender === undefined) return false
      const own = stateOf(sender, quota)
      if (!own.isTracked || own.left > 0) return false
      return tokens.some((token) => token !== sender && stateOf(token, quota).left > 0)
    },
    observe: (request, response) => {
      const quota = quotaOf(quotas, request)
      const sender = senderOf(request)
      const state = sender === undefined ? undefined : states?.get(sender)?.get(quota.name)
      if (state?.isTracked) learn(state, quota, response)
    },
  }
}

/** What a response says of the quota of the token that asked. Responses come late and out of order: within a window the count only falls. */
function learn(state: QuotaState, quota: TokenQuota, { headers, status }: HttpResponse): void {
  const number = (name: string | undefined) => {
    const text = name === undefined ? undefined : headers.get(name)
    return text !== undefined && /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : undefined
  }
  const isRefused = quota.exhaustionStatuses.includes(status)
  const left = number(quota.headers.left) ?? (isRefused ? 0 : undefined)
  const limit = number(quota.headers.limit)
  const resetText = quota.headers.reset === undefined ? undefined : headers.get(quota.headers.reset)
  const resetAtMs = resetText === undefined ? undefined : readTime(resetText)?.ms
  if (limit !== undefined && limit > 0 && (resetAtMs === undefined || resetAtMs >= state.resetAtMs)) state.limit = limit
  if (resetAtMs !== undefined && resetAtMs > state.resetAtMs) {
    state.resetAtMs = resetAtMs
    state.left = left ?? state.limit
  } else if (
    left !== undefined &&
    ((left <= 0 && isRefused) || resetAtMs === undefined || resetAtMs >= state.resetAtMs - skewMs)
  )
    state.left = Math.min(state.left, left)
}
