import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bodyOf, type ScriptedResponse } from './response-body.js'

/** One rule of a `responses.json`; README.md says what its fields mean. */
export interface Route {
  readonly method?: string
  readonly path?: string
  readonly path_re?: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly query_absent?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly step?: string | readonly string[]
  readonly then?: 'next'
  readonly responses: readonly ScriptedResponse[]
}

/** A request as it is kept in a golden file. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** With its query, as it was sent. */
  readonly target: string
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** What a client library sets by itself. */
const clientHeaders = new Set([
  'host',
  'connection',
  'accept-encoding',
  'user-agent',
  'content-length',
  'transfer-encoding',
])

/** The answers of one step, with what was asked so far. */
export interface Script {
  readonly requests: readonly ReceivedRequest[]
  readonly unmatched: readonly string[]
}

export interface ScriptedServer {
  readonly baseUrl: string
  /** Begins a step: counts of used answers start anew. */
  play(routes: readonly Route[], step: string): Script
  close(): Promise<void>
}

/** Answers on 127.0.0.1 as the server of oracle.py does. */
export async function scriptedServer(): Promise<ScriptedServer> {
  let answer: (request: ReceivedRequest) => ScriptedResponse = () => ({ status: 418 })
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const target = incoming.url ?? '/'
      const cut = target.indexOf('?')
      const headers = Object.fromEntries(
        Object.entries(incoming.headersDistinct)
          .filter(([name]) => !clientHeaders.has(name))
          .map(([name, values]) => [name, (values ?? []).join(', ')]),
      )
      const response = answer({
        method: incoming.method ?? '',
        path: cut < 0 ? target : target.slice(0, cut),
        target,
        query: cut < 0 ? [] : pairs(target.slice(cut + 1)),
        headers,
        body: receivedBody(Buffer.concat(chunks), incoming.headers['content-type'] ?? ''),
      })
      const { bytes, contentType } = bodyOf(response, baseUrl)
      outgoing.sendDate = false
      outgoing.statusCode = response.status ?? 200
      outgoing.setHeader('content-type', contentType)
      for (const [name, value] of Object.entries(response.headers ?? {}))
        outgoing.setHeader(name.toLowerCase(), String(value).replaceAll('{{base_url}}', baseUrl))
      for (const [name, value] of Object.entries(response.raw_headers ?? {})) outgoing.setHeader(name, value)
      outgoing.setHeader('content-length', bytes.length)
      outgoing.end(incoming.method === 'HEAD' ? undefined : bytes)
    })
  })
  // On a busy machine a connection that it closes may be the one that the next request is being sent on: a try more, and a wait.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    play: (routes, step) => {
      const script = playScript(routes, step)
      answer = script.answer
      return script
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

function playScript(all: readonly Route[], step: string) {
  const routes = all.filter((route) => route.step === undefined || [route.step].flat().includes(step))
  const used = routes.map(() => 0)
  const requests: ReceivedRequest[] = []
  const unmatched: string[] = []
  const answer = (request: ReceivedRequest): ScriptedResponse => {
    requests.push(request)
    for (const [index, route] of routes.entries()) {
      const count = used[index] ?? 0
      if (!matches(route, request) || (route.then === 'next' && count >= route.responses.length)) continue
      used[index] = count + 1
      const response = route.responses[Math.min(count, route.responses.length - 1)]
      if (response) return response
    }
    unmatched.push(`${request.method} ${request.target} body=${JSON.stringify(request.body)}`)
    return { status: 418, json: { error: 'no route in responses.json' } }
  }
  return { requests, unmatched, answer }
}

function matches(route: Route, request: ReceivedRequest): boolean {
  const query = new Map(request.query)
  if ((route.method ?? 'GET') !== request.method) return false
  if (route.path !== undefined && route.path !== request.path) return false
  if (route.path_re !== undefined && !new RegExp(`^(?:${route.path_re})$`, 's').test(request.path)) return false
  if (Object.entries(route.query ?? {}).some(([name, value]) => query.get(name) !== pythonText(value))) return false
  if ((route.query_absent ?? []).some((name) => query.has(name))) return false
  if (Object.entries(route.headers ?? {}).some(([name, value]) => request.headers[name.toLowerCase()] !== value))
    return false
  return route.body === undefined || isWithin(route.body, request.body)
}

/** What a route asks of a body may be less than there is. */
function isWithin(wanted: unknown, there: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === there
  if (typeof there !== 'object' || there === null || Array.isArray(wanted) !== Array.isArray(there)) return false
  const [left, right] = [Object.entries(wanted), there as Record<string, unknown>]
  if (Array.isArray(wanted) && left.length !== (there as unknown[]).length) return false
  return left.every(([key, value]) => key in right && isWithin(value, right[key]))
}

const pythonText = (value: unknown) =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : String(value)

function receivedBody(raw: Buffer, contentType: string): unknown {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const text = raw.toString('utf8')
  if (text === '') return null
  if (type === 'application/x-www-form-urlencoded') return { form: pairs(text).sort(byText) }
  if (type !== 'application/json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const pairs = (encoded: string): [string, string][] => [...new URLSearchParams(encoded)]

const byText = (a: readonly string[], b: readonly string[]) => {
  const [left, right] = [a.join('\0'), b.join('\0')]
  return left < right ? -1 : left > right ? 1 : 0
}
