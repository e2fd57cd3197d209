import { throwIfAborted } from '../../../../base/index.js'
import type { HttpRequest, HttpResponse, SourceServices } from '../../component-contract.js'
import { shownExchange } from '../../http/shown-request.js'

/** Nobody who leaves waits for long. */
const limitMs = 60_000

/** A request for a token: it is shown with those of the stream that needs it, and is none of them. @throws TransportError */
export async function sendAuxiliary(
  request: HttpRequest,
  stream: string,
  services: SourceServices,
  /** Remembers what must not be shown of it. */
  seen: (response: HttpResponse) => void = () => {},
): Promise<HttpResponse> {
  throwIfAborted(services.signal)
  // Whoever gives up does not cut it off: the token that it used is of no use any more, and the one that it gives would be lost.
  const response = await services.transport.send(request, {
    isStreamed: false,
    connectTimeoutMs: limitMs,
    readTimeoutMs: limitMs,
  })
  seen(response)
  services.onExchange?.(
    shownExchange(request, response, response.text(), { stream, slice: undefined, isAuxiliary: true }),
  )
  return response
}
