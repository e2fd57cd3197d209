import type { HttpRequest } from '../component-contract.js'
import { acceptedEncodings } from './content-encoding.js'
import { shownUrl } from './shown-request.js'
import { TransportError } from './transport-error.js'

const defaultHeaders = [
  ['user-agent', 'millrace'],
  ['accept-encoding', acceptedEncodings],
  ['accept', '*/*'],
] as const
/** What the connection itself decides. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** @throws TransportError for what is no address over HTTP */
export function addressOf({ url }: HttpRequest): URL {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
  if (scheme !== 'http' && scheme !== 'https')
    throw new TransportError(
      'InvalidSchema',
      `the address \`${shownUrl(url)}\` begins with neither http:// nor https://`,
    )
  try {
    return new URL(url)
  } catch (error) {
    throw new TransportError('InvalidURL', `\`${shownUrl(url)}\` is no address`, { cause: error })
  }
}

/** Path and query as they are written: nothing is put in order. */
export function targetOf(url: string): string {
  const rest = url.replace(/^[^:]+:\/\/[^/?#]*/, '').replace(/#.*$/, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** As they are sent, with those that every client sends. */
export function headersOf({ headers }: HttpRequest): (readonly [string, string])[] {
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  // A header is sent in bytes; what is no Latin-1 goes as UTF-8.
  const bytes = (text: string) => (/^[\0-\xff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))
  return [
    ...defaultHeaders.filter(([name]) => !given.has(name)),
    ...headers.flatMap(([name, value]) => (ownHeaders.has(name.toLowerCase()) ? [] : [[name, bytes(value)] as const])),
  ]
}

export interface ReadHeaders {
  readonly headers: ReadonlyMap<string, string>
  /** In the letters in which they came. */
  readonly headerNames: ReadonlyMap<string, string>
  readonly setCookies: readonly string[]
}

/** @param raw names and values in turn: undici's `responseHeaders: 'raw'`, since templates may ask for a header in its own letters */
export function readHeaders(raw: unknown): ReadHeaders {
  const headers = new Map<string, string>()
  const headerNames = new Map<string, string>()
  const setCookies: string[] = []
  const parts = raw as readonly string[]
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [name = '', value = ''] = parts.slice(at, at + 2)
    const key = name.toLowerCase()
    if (key === 'set-cookie') setCookies.push(value)
    const before = headers.get(key)
    headers.set(key, before === undefined ? value : `${before}, ${value}`)
    headerNames.set(key, headerNames.get(key) ?? name)
  }
  return { headers, headerNames, setCookies }
}
