import { MillraceError } from '../../../base/index.js'
import type { CookieStore, Exchange, HttpRequest, HttpResponse } from '../component-contract.js'
import { failure } from '../failure.js'
import type { SenderParts } from './sender-parts.js'
import { exchangeText, requestLine, shownExchange } from './shown-request.js'
import { TransportError } from './transport-error.js'

/** The response, or why there is none. */
export async function outcomeOf(
  parts: SenderParts,
  request: HttpRequest,
  cookies: CookieStore,
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
    return response
  } catch (error) {
    if (error instanceof TransportError) return error
    throw error
  }
}

/** Whoever looks at exchanges sees the beginning of a body that is read as it comes, once that is there. */
export function tellExchange(
  parts: SenderParts,
  request: HttpRequest,
  response: HttpResponse,
  of: Pick<Exchange, 'stream' | 'slice' | 'isAuxiliary'>,
): HttpResponse {
  const { onExchange } = parts.services
  if (!onExchange) return response
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

/** Frees the connection of a response whose body nobody will read. */
export async function discardBody(response: HttpResponse): Promise<void> {
  try {
    for await (const _piece of response.stream()) break
  } catch {
    // It broke off, which comes to the same.
  }
}
