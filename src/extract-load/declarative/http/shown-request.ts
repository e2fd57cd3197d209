import { shortened } from '../../../base/index.js'
import type { Exchange, HttpRequest, HttpResponse, StreamSlice } from '../component-contract.js'
import { shownHeaderText, shownText } from './shown-text.js'

/** Characters of a body that somebody may want to look at. */
const shownCharacters = 100_000

/** A request in one line, without secrets. */
export const requestLine = ({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${shownUrl(url)}`

/** An address without secrets, also where they are encoded as forms are. */
export const shownUrl = (url: string): string => shownHeaderText(url)

/** What was asked and answered, for whoever maintains the manifest. */
export function exchangeText(request: HttpRequest, outcome: HttpResponse | Error): string {
  const body = request.body === undefined ? '' : ` with the body ${shortened(shownBody(request.body))}`
  const asked = `${requestLine(request)}${body}`
  if (outcome instanceof Error) return `${asked} failed: ${shownText(outcome.message)}`
  const headers = [...outcome.headers].map(([name, value]) => `${name}: ${shownHeader(name, value)}`).join('; ')
  return `${asked} was answered ${outcome.status}: ${shortened(shownText(outcome.text()))}${headers && ` (${headers})`}`
}

/** @param body of the response, as far as it is known */
export function shownExchange(
  request: HttpRequest,
  response: HttpResponse,
  body: string,
  of: { readonly stream: string; readonly slice: StreamSlice | undefined; readonly isAuxiliary: boolean },
): Exchange {
  // Cut afterwards: half of a secret is none that anybody knows.
  const cut = (text: string) => text.slice(0, shownCharacters)
  const sent = request.body === undefined ? undefined : cut(shownBody(request.body))
  return {
    ...of,
    request: {
      method: request.method,
      url: shownUrl(request.url),
      headers: request.headers.map(([name, value]) => [name, shownHeader(name, value)] as const),
      body: sent,
    },
    response: {
      status: response.status,
      headers: new Map([...response.headers].map(([name, value]) => [name, shownHeader(name, value)])),
      body: cut(shownText(body)),
    },
  }
}

/** What proves who asks is never shown, also where nobody registered it as a secret. */
const shownHeader = (name: string, value: string): string =>
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i.test(name)
    ? value.replace(/^(\w+ )?.*$/s, '$1**********')
    : shownHeaderText(value)

const shownBody = (body: string | Uint8Array): string =>
  shownText(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'))
