import { constants } from 'node:buffer'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { throwIfAborted } from '../../../base/index.js'
import type { HttpRequest, HttpResponse, HttpTransport, TransportOptions } from '../contract.js'
import { failure } from '../failure.js'
import { acceptedEncodings, unpacked } from './content-encoding.js'
import { explainedError } from './explained-error.js'
import { assertPublicHost, assertPublicLiteral, publicLookup } from './private-addresses.js'
import { proxyFor } from './proxies.js'
import { maxRedirects, redirectedRequest } from './redirects.js'
import { streamedResponse, wholeResponse } from './response.js'
import { TransportError } from './transport-error.js'
import { trustedCertificates } from './trusted-certificates.js'

export interface HttpTransportOptions {
  /** Of the process: proxies and certificates. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** For manifests that are not trusted: nothing inside a private network is asked, also not after a redirect. */
  readonly isPrivateRefused?: boolean | undefined
  /** Of a body that is read as a whole. */
  readonly maxBodyBytes?: number | undefined
}

/** A server that says nothing for longer is taken for lost; the CDK would wait for ever. */
const connectTimeoutMs = 60_000
const readTimeoutMs = 600_000
/** A text of more cannot be held in one piece. */
const maxBodyBytes = constants.MAX_STRING_LENGTH
const defaultHeaders = [
  ['user-agent', 'millrace'],
  ['accept-encoding', acceptedEncodings],
  ['accept', '*/*'],
] as const
/** What the connection itself decides. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** Requests over the network, on connections that are kept. The caller closes it. */
export function httpTransport(options: HttpTransportOptions = {}): HttpTransport & { close(): Promise<void> } {
  const { env = process.env, isPrivateRefused = false } = options
  const ca = trustedCertificates(env)
  const agents = new Map<string, Dispatcher>()

  const agentFor = (proxy: string | undefined, timeout: number): Dispatcher => {
    const key = `${timeout} ${proxy}`
    const known = agents.get(key)
    if (known) return known
    const connect = { timeout, ...(ca && { ca }), ...(isPrivateRefused && !proxy && { lookup: publicLookup }) }
    const made = proxy
      ? new ProxyAgent({ uri: proxy, proxyTunnel: false, requestTls: connect, proxyTls: connect, connect })
      : new Agent({ connect })
    agents.set(key, made)
    return made
  }

  /** One request, without what a redirect leads to. */
  const sendOnce = async (request: HttpRequest, sent: TransportOptions): Promise<Dispatcher.ResponseData> => {
    const url = addressOf(request)
    const proxy = proxyFor(url, env)
    if (isPrivateRefused) {
      if (proxy) await assertPublicHost(url.hostname)
      else assertPublicLiteral(url.hostname)
    }
    const agent = agentFor(proxy, sent.connectTimeoutMs ?? connectTimeoutMs)
    try {
      return await agent.request({
        origin: url.origin,
        path: targetOf(request.url),
        method: request.method as Dispatcher.HttpMethod,
        headers: headersOf(request).flat(),
        body: request.body ?? (request.method === 'POST' ? '' : null),
        headersTimeout: sent.readTimeoutMs ?? readTimeoutMs,
        bodyTimeout: sent.readTimeoutMs ?? readTimeoutMs,
        signal: sent.signal ?? null,
        responseHeaders: 'raw',
      })
    } catch (error) {
      throwIfAborted(sent.signal)
      throw explainedError(error, false)
    }
  }

  return {
    send: async (first, sent) => {
      let request = first
      for (let hops = 0; ; hops++) {
        const answer = await sendOnce(request, sent)
        const head = readHeaders(answer.headers)
        const { headers } = head
        sent.cookies?.take(request.url, [answer.headers['set-cookie'] ?? []].flat())
        const next = redirectedRequest(request, { status: answer.statusCode, location: headers.get('location') })
        if (!next) return finished(first, request.url, answer, head, sent, options.maxBodyBytes ?? maxBodyBytes)
        await answer.body.dump().catch(() => {})
        if (hops >= maxRedirects)
          throw new TransportError('TooManyRedirects', `it redirects more than ${maxRedirects} times`)
        await sent.beforeRedirect?.(next)
        request = withCookies(next, sent)
      }
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    },
  }
}

function withCookies(request: HttpRequest, { cookies }: TransportOptions): HttpRequest {
  const header = cookies?.header(request.url)
  return header === undefined ? request : { ...request, headers: [...request.headers, ['Cookie', header]] }
}

async function finished(
  request: HttpRequest,
  url: string,
  answer: Dispatcher.ResponseData,
  names: Pick<HttpResponse, 'headers' | 'headerNames'>,
  sent: TransportOptions,
  limit: number,
): Promise<HttpResponse> {
  const head = { request, url, status: answer.statusCode, ...names }
  const body = explainedBody(unpacked(answer.body, names.headers.get('content-encoding')), sent.signal)
  if (sent.isStreamed) return streamedResponse(head, body)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw bodyTooLarge(url, limit)
    chunks.push(chunk)
  }
  return wholeResponse(head, chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size))
}

async function* explainedBody(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  try {
    yield* body
  } catch (error) {
    throwIfAborted(signal)
    throw explainedError(error, true)
  }
}

const bodyTooLarge = (url: string, limit: number) =>
  failure('API_ANSWER_INVALID', {
    message: `The API answered with more than ${Math.floor(limit / 1024 ** 2)} MB, which are to be read as one piece.`,
    hint: 'Ask for smaller pages (`page_size`, a shorter `step`), or use a decoder that reads it as it comes: JsonItemsDecoder, JsonlDecoder or CsvDecoder.',
    failureType: 'system_error',
    internalMessage: `The body of ${url} is too large.`,
  })

function addressOf({ url }: HttpRequest): URL {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
  if (scheme !== 'http' && scheme !== 'https')
    throw new TransportError('InvalidSchema', `the address \`${url}\` is neither http nor https`)
  try {
    return new URL(url)
  } catch (error) {
    throw new TransportError('InvalidURL', `\`${url}\` is no address`, { cause: error })
  }
}

/** Path and query as they are written: nothing is put in order. */
function targetOf(url: string): string {
  const rest = url.replace(/^[^:]+:\/\/[^/?#]*/, '').replace(/#.*$/, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function headersOf({ headers }: HttpRequest): (readonly [string, string])[] {
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  // A header is sent in bytes; what is no Latin-1 goes as UTF-8.
  const bytes = (text: string) => (/^[\0-\xff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))
  return [
    ...defaultHeaders.filter(([name]) => !given.has(name)),
    ...headers.flatMap(([name, value]) => (ownHeaders.has(name.toLowerCase()) ? [] : [[name, bytes(value)] as const])),
  ]
}

/** Names and values come in turn: `responseHeaders: 'raw'`, since templates may ask for a header in its own letters. */
function readHeaders(raw: unknown): { headers: ReadonlyMap<string, string>; headerNames: ReadonlyMap<string, string> } {
  const headers = new Map<string, string>()
  const headerNames = new Map<string, string>()
  const parts = raw as readonly string[]
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [name = '', value = ''] = parts.slice(at, at + 2)
    const key = name.toLowerCase()
    const before = headers.get(key)
    headers.set(key, before === undefined ? value : `${before}, ${value}`)
    headerNames.set(key, headerNames.get(key) ?? name)
  }
  return { headers, headerNames }
}
