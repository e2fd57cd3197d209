import { throwIfAborted } from '../../../base/index.js'
import type { ErrorVerdict, HttpRequest, HttpResponse, StreamSlice } from '../component-contract.js'
import { cookieJar } from './cookies.js'
import { discardBody, outcomeOf, tellExchange } from './outcome.js'
import { headerOf, withHeaders } from './prepared-request.js'
import { type RefusedToken, renewedToken } from './renewed-token.js'
import { exhaustedFailure, refusedFailure } from './send-failure.js'
import type { SenderParts } from './sender-parts.js'
import { requestLine } from './shown-request.js'
import { PageSizeReduction, PaginationReset, RequestWindowSplit } from './signals.js'
import { TryAgain, triedAgain } from './tried-again.js'

/** @returns the response, also one of an error that is to be passed over; undefined where there is none */
export type Sender = (request: HttpRequest, slice?: StreamSlice | undefined) => Promise<HttpResponse | undefined>

/** Another token is tried at once; not quite, so that one that is wrong about its limit does not run hot. */
const otherTokenSeconds = 0.1

const patient = { maxTries: Infinity, maxWaitSeconds: Infinity }
const impatient = { maxTries: 2, maxWaitSeconds: 5 }

const notPages: readonly ErrorVerdict['action'][] = ['REDUCE_PAGE_SIZE', 'SPLIT_REQUEST_WINDOW']

/** Sends requests until they go well: signed, within the budget, judged by the manifest's error handler, with its waits. */
export function sender(parts: SenderParts): Sender {
  const { services, errorHandler, authenticator } = parts
  const { clock, signal } = services
  const patience = services.isImpatient ? impatient : patient
  const maxTries = Math.min(Math.max(0, errorHandler.maxRetries) + 1, patience.maxTries)
  const cookies = cookieJar(() => clock.now().getTime())
  const limits = { maxTries, maxWaitSeconds: patience.maxWaitSeconds, clock, signal, onWait: sayWait }

  async function sayWait({ outcome, verdict }: TryAgain, seconds: number) {
    const why = outcome instanceof Error ? outcome.message : `it was answered ${outcome.status}`
    await services.say({
      type: 'log',
      level: 'info',
      message: `${parts.name}: ${seconds} s until the next try: ${verdict.message || why}`,
    })
  }

  return async (request, slice) => {
    const state: RefusedToken & { attempt: number } = { attempt: 0, wasRenewed: undefined }
    const cookie = headerOf(request, 'Cookie') === undefined ? cookies.header(request.url) : undefined
    const prepared = cookie === undefined ? request : withHeaders(request, { Cookie: cookie })
    const attempt = () => sendOnce(parts, prepared, slice, state)
    try {
      return await triedAgain({ ...limits, kind: 'usual', maxTimeMs: errorHandler.maxTimeMs }, () =>
        triedAgain({ ...limits, kind: 'limited', maxTimeMs: undefined }, () =>
          triedAgain({ ...limits, kind: 'told', maxTimeMs: errorHandler.maxTimeMs }, attempt),
        ),
      )
    } catch (error) {
      if (error instanceof TryAgain) throw exhaustedFailure(request, error.outcome, error.verdict, state.attempt)
      throw error
    }
  }

  async function sendOnce(
    of: SenderParts,
    unsigned: HttpRequest,
    slice: StreamSlice | undefined,
    state: RefusedToken & { attempt: number },
  ): Promise<HttpResponse | undefined> {
    throwIfAborted(signal)
    state.attempt++
    const request = withHeaders(unsigned, await authenticator.signature(unsigned))
    const outcome = await outcomeOf(of, request, cookies)
    const verdict = errorHandler.judge(outcome)
    // A response that is asked for again in smaller pieces is no page.
    const isAuxiliary = of.isAuxiliary || notPages.includes(verdict.action)
    const exchange = { stream: of.readFor ?? of.name, slice, isAuxiliary }
    const response = outcome instanceof Error ? undefined : tellExchange(of, request, outcome, exchange)
    const isRead = response && response.status < 400 && ['SUCCESS', 'IGNORE'].includes(verdict.action)
    if (of.isStreamed && response && !isRead) await discardBody(response)
    switch (verdict.action) {
      case 'SUCCESS':
        return response
      case 'IGNORE':
        await sayIgnored(request, outcome, verdict)
        return response && { ...response, isPassedOver: true }
      case 'RESET_PAGINATION':
        throw new PaginationReset()
      case 'REDUCE_PAGE_SIZE':
        throw new PageSizeReduction(verdict.message)
      case 'SPLIT_REQUEST_WINDOW':
        throw new RequestWindowSplit(verdict.message, verdict.failureType)
      case 'FAIL':
        throw refusedFailure(request, outcome, verdict)
      case 'REFRESH_TOKEN_THEN_RETRY':
        await renewedToken(authenticator, { request, outcome, verdict, state, services })
        break
      case 'RATE_LIMITED':
        await services.say({ type: 'status', stream: of.name, status: 'RUNNING', rateLimited: {} })
        if (authenticator.hasOtherToken?.(request)) throw new TryAgain(outcome, verdict, 'told', otherTokenSeconds)
    }
    const seconds = await errorHandler.backoff(outcome, state.attempt)
    if (seconds) throw new TryAgain(outcome, verdict, 'told', seconds)
    throw new TryAgain(outcome, verdict, verdict.action === 'RATE_LIMITED' ? 'limited' : 'usual')
  }

  async function sayIgnored(request: HttpRequest, outcome: HttpResponse | Error, verdict: ErrorVerdict) {
    const what = outcome instanceof Error ? outcome.message : `it was answered ${outcome.status}`
    const message = `${parts.name}: passed over, as the manifest says: ${requestLine(request)}: ${verdict.message || what}`
    await services.say({ type: 'log', level: 'info', message })
  }
}
