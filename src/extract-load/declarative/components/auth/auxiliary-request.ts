import type { HttpRequest, HttpResponse, SourceServices } from '../../contract.js'
import { shownExchange } from '../../http/shown-request.js'

/** A request for a token: it is shown with those of the stream that needs it, and is none of them. @throws TransportError */
export async function sendAuxiliary(
  request: HttpRequest,
  stream: string,
  services: SourceServices,
  /** Remembers what must not be shown of it. */
  seen: (response: HttpResponse) => void = () => {},
): Promise<HttpResponse> {
  const response = await services.transport.send(request, { isStreamed: false, signal: services.signal })
  seen(response)
  services.onExchange?.(
    shownExchange(request, response, response.text(), { stream, slice: undefined, isAuxiliary: true }),
  )
  return response
}
