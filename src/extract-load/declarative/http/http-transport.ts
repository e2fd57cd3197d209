import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { throwIfAborted } from '../../../base/index.js'
import type { HttpRequest, HttpResponse, HttpTransport, TransportOptions } from '../component-contract.js'
import { unpacked } from './content-encoding.js'
import { explainedError } from './explained-error.js'
import { assertPublicHost, assertPublicLiteral, publicLookup } from './private-addresses.js'
import { proxyFor } from './proxies.js'
import { maxRedirects, redirectedRequest } from './redirects.js'
import { type ResponseHead, streamedResponse, wholeResponse } from './response.js'
import { shownUrl } from './shown-request.js'
import { TransportError } from './transport-error.js'
import { trustedCertificates } from './trusted-certificates.js'
import { wholeBody } from './whole-body.js'
import { addressOf, headersOf, readHeaders, targetOf } from './wire-format.js'

export interface HttpTransportOptions {
  /** Of the process: proxies and certificates. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * For manifests that are not trusted: nothing inside a private network is asked, also not after a redirect. Or only the host that a request
   * names may be there, and none that its answer names.
   */
  readonly isPrivateRefused?: boolean | 'where a redirect leads' | undefined
  /** Of a body that is read as a whole. */
  readonly maxBodyBytes?: number | undefined
}

/** A server that says nothing for longer is taken for lost; the CDK would wait for ever. */
const connectTimeoutMs = 60_000
const readTimeoutMs = 600_000
/** Of all headers of a response; some APIs put a whole policy into one. */
const maxHeaderSize = 256 * 1024

/** Requests over the network, on connections that are kept. The caller closes it. */
export function httpTransport(options: HttpTransportOptions = {}): HttpTransport & { close(): Promise<void> } {
  const { env = process.env, isPrivateRefused = false } = options
  const ca = trustedCertificates(env)
  const agents = new Map<string, Dispatcher>()

  const agentFor = (proxy: string | undefined, timeout: number, isGuarded: boolean): Dispatcher => {
    const key = `${timeout} ${isGuarded} ${proxy}`
    const known = agents.get(key)
    if (known) return known
    const connect = { timeout, ...(ca && { ca }), ...(isGuarded && !proxy && { lookup: publicLookup }) }
    const made = proxy
      ? new ProxyAgent({
          uri: proxy,
          proxyTunnel: false,
          requestTls: connect,
          proxyTls: connect,
          connect,
          maxHeaderSize,
        })
      : new Agent({ connect, maxHeaderSize })
    agents.set(key, made)
    return made
  }

  /** One request, without what a redirect leads to. */
  const sendOnce = async (
    request: HttpRequest,
    sent: TransportOptions,
    first: HttpRequest,
  ): Promise<Dispatcher.ResponseData> => {
    const url = addressOf(request)
    const proxy = proxyFor(url, env)
    const isGuarded =
      isPrivateRefused === true || (isPrivateRefused !== false && url.hostname !== addressOf(first).hostname)
    if (isGuarded) {
      if (proxy) await assertPublicHost(url.hostname)
      else assertPublicLiteral(url.hostname)
    }
    const agent = agentFor(proxy, sent.connectTimeoutMs ?? connectTimeoutMs, isGuarded)
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
        const answer = await sendOnce(request, sent, first)
        const { headers, headerNames, setCookies } = readHeaders(answer.headers)
        sent.cookies?.take(request.url, setCookies)
        const next = followed(request, answer, headers.get('location'))
        const head = { request: first, url: request.url, status: answer.statusCode, headers, headerNames }
        if (!next) return finished(head, answer.body, sent, options.maxBodyBytes)
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

/** The request to which a response leads, if it does; where it leads nowhere its connection is freed. */
function followed(request: HttpRequest, { statusCode, body }: Dispatcher.ResponseData, location: string | undefined) {
  try {
    return redirectedRequest(request, { status: statusCode, location })
  } catch (error) {
    body.on('error', () => {}).destroy()
    throw error
  }
}

function withCookies(request: HttpRequest, { cookies }: TransportOptions): HttpRequest {
  const header = cookies?.header(request.url)
  return header === undefined ? request : { ...request, headers: [...request.headers, ['Cookie', header]] }
}

async function finished(
  head: ResponseHead,
  packed: AsyncIterable<Uint8Array>,
  sent: TransportOptions,
  limit: number | undefined,
): Promise<HttpResponse> {
  const body = explainedBody(unpacked(packed, head.headers.get('content-encoding')), sent.signal)
  // What went wrong is said in the body: it is read by error handlers, not by decoders.
  if (sent.isStreamed && head.status < 400) return streamedResponse(head, body)
  return wholeResponse(head, await wholeBody(body, limit, `The body of ${shownUrl(head.url)} is too large.`))
}

async function* explainedBody(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  try {
    yield* body
  } catch (error) {
    throwIfAborted(signal)
    throw explainedError(error, true)
  }
}
