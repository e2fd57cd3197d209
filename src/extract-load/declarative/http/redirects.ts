import type { HttpRequest } from '../component-contract.js'
import { requoted } from './prepared-url.js'
import { shownUrl } from './shown-request.js'
import { joinUrl, splitUrl } from './split-url.js'
import { TransportError } from './transport-error.js'

/** As many as Python's `requests` follows. */
export const maxRedirects = 30

export interface Redirected {
  readonly status: number
  readonly location: string | undefined
}

/** The request that follows a redirect, by the rules of Python's `requests`; undefined where the response is none. */
export function redirectedRequest(request: HttpRequest, { status, location }: Redirected): HttpRequest | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const url = targetOf(request.url, location)
  const keepsBody = status === 307 || status === 308
  const dropped = new Set(['cookie', ...(keepsBody ? [] : ['content-length', 'content-type', 'transfer-encoding'])])
  if (losesAuthorization(parsed(request.url), parsed(url))) dropped.add('authorization')
  return {
    method: methodAfter(request.method, status),
    url,
    headers: request.headers.filter(([name]) => !dropped.has(name.toLowerCase())),
    body: keepsBody ? request.body : undefined,
  }
}

function targetOf(from: string, location: string): string {
  // Bytes of a header are read as Latin-1, and are UTF-8 in practice.
  const text = Buffer.from(location, 'latin1').toString('utf8')
  const target = requoted(joinUrl(from, text))
  const { fragment } = splitUrl(from)
  return fragment && !target.includes('#') ? `${target}#${fragment}` : target
}

function methodAfter(method: string, status: number): string {
  if (method === 'HEAD') return method
  if (status === 303 || status === 302 || (status === 301 && method === 'POST')) return 'GET'
  return method
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** Another host, port or scheme must not see who asked; from http to https of the same host it may. */
function losesAuthorization(from: URL, to: URL): boolean {
  if (from.hostname !== to.hostname) return true
  if (from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '') return false
  const port = ({ port, protocol }: URL) => port || defaultPorts[protocol]
  return from.protocol !== to.protocol || port(from) !== port(to)
}

function parsed(url: string): URL {
  try {
    return new URL(url)
  } catch (error) {
    throw new TransportError('InvalidURL', `it redirects to \`${shownUrl(url)}\`, which is no address`, {
      cause: error,
    })
  }
}
