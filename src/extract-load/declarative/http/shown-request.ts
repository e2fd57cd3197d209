import { redact, shortened } from '../../../base/index.js'
import type { Exchange, HttpRequest, HttpResponse, StreamSlice } from '../contract.js'

/** Characters of a body that somebody may want to look at. */
const shownCharacters = 100_000

/** A request in one line, without secrets. */
export const requestLine = ({ method, url }: HttpRequest): string => redact(`${method} ${url}`)

/** What was asked and answered, for whoever maintains the manifest. */
export function exchangeText(request: HttpRequest, outcome: HttpResponse | Error): string {
  const body = request.body === undefined ? '' : ` with the body ${shortened(textOf(request.body))}`
  const asked = `${request.method} ${request.url}${body}`
  if (outcome instanceof Error) return redact(`${asked} failed: ${outcome.message}`)
  const headers = [...outcome.headers].map(([name, value]) => `${name}: ${value}`).join('; ')
  return redact(`${asked} was answered ${outcome.status}: ${shortened(outcome.text())} (${headers})`)
}

/** @param body of the response, as far as it is known */
export function shownExchange(
  request: HttpRequest,
  response: HttpResponse,
  body: string,
  of: { readonly stream: string; readonly slice: StreamSlice | undefined; readonly isAuxiliary: boolean },
): Exchange {
  const cut = (text: string) => redact(text.slice(0, shownCharacters))
  const sent = request.body === undefined ? undefined : cut(textOf(request.body))
  return {
    ...of,
    request: {
      method: request.method,
      url: redact(request.url),
      headers: request.headers.map(([name, value]) => [name, shownHeader(name, value)] as const),
      body: sent,
    },
    response: {
      status: response.status,
      headers: new Map([...response.headers].map(([name, value]) => [name, shownHeader(name, value)])),
      body: cut(body),
    },
  }
}

/** What proves who asks is never shown, also where nobody registered it as a secret. */
const shownHeader = (name: string, value: string): string =>
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i.test(name)
    ? value.replace(/^(\w+ )?.*$/s, '$1**********')
    : redact(value)

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
