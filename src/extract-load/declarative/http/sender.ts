import { MillraceError, throwIfAborted } from '../../../base/index.js'
import type {
  Authenticator,
  CookieStore,
  ErrorHandler,
  ErrorVerdict,
  HttpRequest,
  HttpResponse,
  SourceServices,
  StreamSlice,
} from '../contract.js'
import { failure } from '../failure.js'
import type { ApiBudget } from './budget.js'
import { cookieJar } from './cookies.js'
import { headerOf, withHeaders } from './prepared-request.js'
import { type RefusedToken, renewedToken } from './renewed-token.js'
import type { ResponseCache } from './response-cache.js'
import { exhaustedFailure, refusedFailure } from './send-failure.js'
import { exchangeText, requestLine, shownExchange } from './shown-request.js'
import { PageSizeReduction, PaginationReset, RequestWindowSplit } from './signals.js'
import { TransportError } from './transport-error.js'
import { TryAgain, triedAgain } from './tried-again.js'

export interface SenderParts {
  /** Of the stream, or of what it is asked for. */
  readonly name: string
  readonly services: SourceServices
  readonly errorHandler: ErrorHandler
  readonly authenticator: Authenticator
  readonly budget: ApiBudget
  readonly cache: ResponseCache | undefined
  readonly isStreamed: boolean
  readonly isAuxiliary: boolean
  readonly connectTimeoutMs?: number | undefined
  readonly readTimeoutMs?: number | undefined
}

/** @returns the response, also one of an error that is to be passed over; undefined where there is none */
export type Sender = (request: HttpRequest, slice?: StreamSlice | undefined) => Promise<HttpResponse | undefined>

/** Another token is tried at once; not quite, so that one that is wrong about its limit does not run hot. */
const otherTokenSeconds = 0.1

/** Sends requests until they go well: signed, within the budget, judged by the manifest's error handler, with its waits. */
export function sender(parts: SenderParts): Sender {
  const { services, errorHandler, authenticator } = parts
  const { clock, signal } = services
  const maxTries = Math.max(0, errorHandler.maxRetries) + 1
  const cookies = cookieJar(() => clock.now().getTime())
  const limits = { maxTries, clock, signal, onWait: sayWait }

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
      if (error instanceof TryAgain) throw exhaustedFailure(request, error.outcome, error.verdict)
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
    const outcome = await outcomeOf(of, request, cookies, slice)
    const verdict = errorHandler.judge(outcome, state.attempt)
    const response = outcome instanceof Error ? undefined : outcome
    switch (verdict.action) {
      case 'SUCCESS':
        return response
      case 'IGNORE':
        await sayIgnored(request, outcome, verdict)
        return response
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
    const seconds = errorHandler.backoff(outcome, state.attempt)
    if (seconds) throw new TryAgain(outcome, verdict, 'told', seconds)
    throw new TryAgain(outcome, verdict, verdict.action === 'RATE_LIMITED' ? 'limited' : 'usual')
  }

  async function sayIgnored(request: HttpRequest, outcome: HttpResponse | Error, verdict: ErrorVerdict) {
    const what = outcome instanceof Error ? outcome.message : `it was answered ${outcome.status}`
    const message = `${parts.name}: passed over, as the manifest says: ${requestLine(request)}: ${verdict.message || what}`
    await services.say({ type: 'log', level: 'info', message })
  }
}

/** The response, or why there is none. */
async function outcomeOf(
  parts: SenderParts,
  request: HttpRequest,
  cookies: CookieStore,
  slice: StreamSlice | undefined,
): Promise<HttpResponse | Error> {
  const { services, budget, cache, authenticator } = parts
  const { signal } = services
  const kept = cache?.get(request)
  if (kept) return kept
  try {
    await budget.acquire(request, signal)
    const sent = await services.transport.send(request, {
      signal,
      isStreamed: parts.isStreamed,
      connectTimeoutMs: parts.connectTimeoutMs,
      readTimeoutMs: parts.readTimeoutMs,
      cookies,
      beforeRedirect: (next) => budget.acquire(next, signal),
    })
    const response = parts.isStreamed ? withToldBreaks(sent) : sent
    budget.observe(request, response)
    authenticator.observe?.(request, response)
    await cache?.set(request, response)
    return tellExchange(parts, request, response, slice)
  } catch (error) {
    if (error instanceof TransportError) return error
    throw error
  }
}

/** Whoever looks at exchanges sees the beginning of a body that is read as it comes, once that is there. */
function tellExchange(
  parts: SenderParts,
  request: HttpRequest,
  response: HttpResponse,
  slice: StreamSlice | undefined,
): HttpResponse {
  const { onExchange } = parts.services
  if (!onExchange) return response
  const of = { stream: parts.name, slice, isAuxiliary: parts.isAuxiliary }
  if (!parts.isStreamed) {
    onExchange(shownExchange(request, response, response.text(), of))
    return response
  }
  return {
    ...response,
    async *stream() {
      let wasTold = false
      for await (const chunk of response.stream()) {
        if (!wasTold) onExchange(shownExchange(request, response, Buffer.from(chunk).toString('utf8'), of))
        wasTold = true
        yield chunk
      }
      if (!wasTold) onExchange(shownExchange(request, response, '', of))
    },
  }
}

/** A body that breaks off while its records are read cannot be asked for again: some of them were handed on. */
function withToldBreaks(response: HttpResponse): HttpResponse {
  return {
    ...response,
    async *stream() {
      try {
        yield* response.stream()
      } catch (error) {
        if (error instanceof MillraceError) throw error
        throw failure('API_UNAVAILABLE', {
          message: `A response broke off while it was read: ${requestLine(response.request)}.`,
          hint: 'Try it again; if it always breaks off there, ask for smaller pieces.',
          failureType: 'transient_error',
          internalMessage: exchangeText(response.request, error as Error),
          cause: error,
        })
      }
    },
  }
}
