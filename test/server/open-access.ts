import { scryptSync } from 'node:crypto'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Role } from '../../src/access/index.js'
import { type Clock, silentLogger, systemClock } from '../../src/base/index.js'
import { Access } from '../../src/server/access/index.js'
import { createAirbyteApp } from '../../src/server/airbyte-api/app.js'
import { createApp } from '../../src/server/app.js'
import { LiveFeed } from '../../src/server/live-feed.js'
import type { Address } from '../../src/server/request-guard.js'
import { StateCache } from '../../src/server/views/state-cache.js'
import { testDatabase } from '../orchestrate/database.js'

export const password = 'a long enough password'

/** As quick as can be: what a hash costs is on purpose, and no concern of most tests that log in. */
const passwordHash = `scrypt$2$1$1$$${scryptSync(password, '', 32, { N: 2, r: 1, p: 1 }).toString('base64url')}`

export interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly body: Record<string, unknown>
  readonly headers: Headers
  /** `name=value` of the cookie that was set. */
  readonly cookie: string | undefined
}

export interface Ask extends Omit<RequestInit, 'body' | 'headers'> {
  readonly headers?: Record<string, string>
  readonly cookie?: string | undefined
  readonly token?: string
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown
}

/** A clock that stands still until it is turned forward: a busy machine must not let a pause go by. */
export function turnedClock(): Clock & { forward(ms: number): void } {
  let ahead = 0
  const start = Date.now()
  return {
    now: () => new Date(start + ahead),
    monotonicMs: () => ahead,
    sleep: systemClock.sleep,
    forward(ms) {
      ahead += ms
    },
  }
}

/** The server's whole HTTP side on a real store and a real socket, without an engine: what gets as far as that is answered 503 or 500. */
export async function openAccessTests() {
  const database = await testDatabase()
  const stops: (() => Promise<void>)[] = []

  /** @param given services of this server, such as an engine */
  async function open(address: Partial<Address> = {}, given: object = {}) {
    const store = await database.store()
    const clock = turnedClock()
    const listening = { host: '127.0.0.1', allowedHosts: [], ...address }
    const access = new Access({ store: store.access, address: listening, project: 'test', clock, logger: silentLogger })
    const stop = new AbortController()
    const feed = new LiveFeed()
    feed.follow(store, stop.signal)
    const away = () => Promise.reject(new Error('there is no engine'))
    const services = {
      store,
      states: new StateCache(store, clock),
      version: '1.0.0',
      clock,
      signal: stop.signal,
      project: { name: 'test' },
      engine: new Proxy({}, { get: () => away }),
      canEditConnections: () => true,
      daemonLoopAt: async () => undefined,
      secret: () => undefined,
      ...given,
    }
    const app = createApp({ services: services as never, access, feed, uiDir: 'ui', address: listening })
    const pageUrl = (hostname: string) => `http://${hostname}:3000`
    const airbyteApp = createAirbyteApp({ services: services as never, access, address: listening, pageUrl })
    const server = createServer(getRequestListener(app.fetch))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    stops.push(async () => {
      stop.abort()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    const url = `http://127.0.0.1:${port}`

    const send = (path: string, { headers, cookie, token, body, ...init }: Ask = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: {
          ...(cookie === undefined ? {} : { cookie }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
    const ask = async (path: string, init: Ask = {}): Promise<Answer> => {
      const response = await send(`/api${path}`, { ...(init.body === undefined ? {} : { method: 'POST' }), ...init })
      const text = await response.text()
      const isJson = text !== '' && response.headers.get('content-type')?.includes('json')
      const json = isJson ? JSON.parse(text) : { text }
      return {
        status: response.status,
        code: json.error?.code,
        body: json,
        headers: response.headers,
        cookie: response.headers.get('set-cookie')?.split(';')[0],
      }
    }
    /** Asks Airbyte's API as its clients do. */
    const askAirbyte = async (path: string, { headers, cookie, token, body, ...init }: Ask = {}): Promise<Answer> => {
      const response = await airbyteApp.request(`http://localhost:8000${path}`, {
        ...(body === undefined ? {} : { method: 'POST' }),
        ...init,
        headers: {
          host: 'localhost:8000',
          ...(cookie === undefined ? {} : { cookie }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const json = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text }
      return { status: response.status, code: json.title, body: json, headers: response.headers, cookie: undefined }
    }
    const login = async (name: string, given = password) => {
      const answer = await ask('/login', { body: { name, password: given } })
      if (answer.cookie === undefined) throw new Error(`${name} could not log in: ${JSON.stringify(answer.body)}`)
      return answer.cookie
    }
    const makeUser = async (name: string, role: Role) => store.access.createUser({ name, role, passwordHash })
    return { store, access: store.access, clock, url, port, send, ask, askAirbyte, airbyteApp, login, makeUser }
  }

  const close = async () => {
    for (const stop of stops.splice(0)) await stop()
    await database.closeStores()
  }
  return {
    open,
    /** Ends the servers of a test. */
    close,
    async stop() {
      await close()
      await database.stop()
    },
  }
}
