import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type Logger, systemClock, toMillraceError } from '../base/index.js'
import { type OrchestrateStore, runDaemon } from '../orchestrate/index.js'
import type { Engine, Project } from '../platform/index.js'
import { serverErrors } from './errors.js'
import { LiveFeed } from './live-feed.js'
import { apiDocsPage, openApiDocument } from './openapi.js'
import { assetRoutes } from './routes/assets.js'
import { automationRoutes } from './routes/automation.js'
import { connectionRoutes } from './routes/connections.js'
import { overviewRoutes } from './routes/overview.js'
import { runRoutes } from './routes/runs.js'
import { searchRoutes } from './routes/search.js'
import type { Services } from './services.js'
import { staticFiles } from './static-files.js'

export { serverErrors } from './errors.js'

export interface ServerOptions {
  readonly project: Project
  readonly store: OrchestrateStore
  readonly engine: Engine
  readonly host: string
  readonly port: number
  readonly uiDir: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly version: string
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const portsToTry = 20

/** HTTP, UI and daemon in one process that runs no user code. The next free port is taken when the wanted one is not. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, host, engine } = options
  let loopAt: Date | undefined
  const services: Services = { ...options, daemonLoopAt: () => loopAt }
  const app = createApp(services, new LiveFeed(options.store, options.signal), options.uiDir, host)
  const server = createServer(getRequestListener(app.fetch))
  const port = await listen(server, host, options.port, logger)
  const daemon = runDaemon({
    store: options.store,
    clock: systemClock,
    logger,
    signal: options.signal,
    evaluateSensor: (name, cursor, signal) => engine.evaluateSensor(name, cursor, { signal }),
    onLoop: (at) => {
      loopAt = at
    },
  })
  return {
    url: `http://${host === '127.0.0.1' ? 'localhost' : host}:${port}`,
    port,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await daemon
    },
  }
}

export function createApp(services: Services, feed: LiveFeed, uiDir: string, host: string): Hono {
  const app = new Hono()
  app.use('*', async (c, next) => {
    refuseOthers(c, host)
    await next()
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'same-origin')
    c.header('x-frame-options', 'DENY')
    c.header(
      'content-security-policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
    )
  })
  const api = createApi(services, feed)
  api.all('*', (c) => {
    throw serverErrors.create('SERVER_NOT_FOUND', {
      message: `There is no ${c.req.method} ${c.req.path}.`,
      hint: '/api/docs lists the calls.',
    })
  })
  app.route('/api', api)
  app.get('*', staticFiles(uiDir))
  app.onError((thrown, c) => {
    const error = toMillraceError(thrown)
    return c.json({ error: error.toJSON() }, statusOf(error.code, error.kind))
  })
  return app
}

/** Every call below /api. */
export function createApi(services: Services, feed: LiveFeed): Hono {
  const api = new Hono()
  for (const routes of [
    overviewRoutes(services, feed),
    assetRoutes(services),
    runRoutes(services),
    connectionRoutes(services),
    automationRoutes(services),
    searchRoutes(services),
  ])
    api.route('/', routes)
  api.get('/openapi.json', (c) => c.json(openApiDocument(services.version)))
  api.get('/docs', (c) => c.html(apiDocsPage(services.version)))
  return api
}

function statusOf(code: string, kind: string): 400 | 403 | 404 | 422 | 500 | 503 {
  if (code === 'SERVER_FORBIDDEN') return 403
  if (code.endsWith('_NOT_FOUND')) return 404
  if (code === 'ENGINE_UNREACHABLE' || code === 'SERVER_NOT_READY') return 503
  return kind === 'user' ? 422 : kind === 'external' ? 503 : 500
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Another site must neither read (a foreign name that resolves here) nor write (a foreign origin). */
function refuseOthers(c: Context, host: string): void {
  const named = (c.req.header('host') ?? '').replace(/:\d+$/, '')
  const isOwn = (name: string) => loopback.has(name) || name === host || (host === '0.0.0.0' && name !== '')
  const origin = c.req.header('origin')
  const originHost = origin === undefined ? undefined : URL.canParse(origin) ? new URL(origin).hostname : ''
  if (isOwn(named) && (originHost === undefined || c.req.method === 'GET' || isOwn(originHost))) return
  throw serverErrors.create('SERVER_FORBIDDEN', {
    message: 'This request came from another site, or named another host.',
    hint: 'Open the UI by the address that `millrace up` printed.',
  })
}

async function listen(server: Server, host: string, wanted: number, logger: Logger): Promise<number> {
  for (let port = wanted; port < wanted + portsToTry; port++) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve)
      server.listen(port, host, () => {
        server.off('error', resolve)
        resolve(undefined)
      })
    })
    if (!error) {
      if (port !== wanted && wanted !== 0) logger.warn(`Port ${wanted} is in use; using ${port}.`)
      return (server.address() as AddressInfo).port
    }
    if (error.code !== 'EADDRINUSE') throw error
  }
  throw serverErrors.create('SERVER_PORT_IN_USE', {
    message: `The ports ${wanted} to ${wanted + portsToTry - 1} are all in use.`,
    hint: 'Choose another one with --port.',
  })
}
