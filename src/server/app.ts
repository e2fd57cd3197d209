import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { TrieRouter } from 'hono/router/trie-router'
import { toMillraceError } from '../base/index.js'
import { type Access, accessGuard } from './access/index.js'
import { basePathOf } from './base-path.js'
import { operations } from './contract/index.js'
import { serverErrors } from './errors.js'
import type { LiveFeed } from './live-feed.js'
import { Metrics } from './metrics/metrics.js'
import { apiDocsPage, openApiDocument } from './openapi.js'
import { type Address, requestGuard } from './request-guard.js'
import { requestSpans } from './request-spans.js'
import { assetRoutes } from './routes/assets.js'
import { automationRoutes } from './routes/automation.js'
import { backfillRoutes } from './routes/backfills.js'
import { connectionDraftRoutes } from './routes/connection-drafts.js'
import { connectionSettingsRoutes } from './routes/connection-settings.js'
import { connectionRoutes } from './routes/connections.js'
import { connectorRoutes } from './routes/connectors.js'
import { eventRoutes } from './routes/events.js'
import { hookRoutes } from './routes/hooks.js'
import { modelRoutes } from './routes/models.js'
import { overviewRoutes } from './routes/overview.js'
import { probeRoutes } from './routes/probes.js'
import { runRoutes } from './routes/runs.js'
import { searchRoutes } from './routes/search.js'
import { secretRoutes } from './routes/secrets.js'
import { sessionRoutes } from './routes/session.js'
import { tokenRoutes } from './routes/tokens.js'
import { userRoutes } from './routes/users.js'
import type { Services } from './services.js'
import { staticFiles } from './static-files.js'

const maxBodyBytes = 1_000_000

export interface AppOptions {
  readonly services: Services
  readonly access: Access
  readonly feed: LiveFeed
  readonly uiDir: string
  readonly address: Address
  readonly metrics?: Metrics | undefined
}

/** Everything that is answered: the API below /api, and the UI everywhere else. */
export function createApp({
  services,
  access,
  feed,
  uiDir,
  address,
  metrics = new Metrics(services, access.clock),
}: AppOptions): Hono {
  // The usual router makes one regular expression of all routes with the first request, which waits for it.
  const app = new Hono({ router: new TrieRouter() })
  app.use('*', requestGuard(address))
  app.use('*', metrics.middleware)
  app.use('*', compress())
  const api = createApi(services, access, feed)
  api.all('*', (c) => {
    throw unknownCall(c.req.method, c.req.path)
  })
  app.route('/api', api)
  app.route('/', probeRoutes(services, access, metrics))
  app.get('*', staticFiles(uiDir, basePathOf(address.url)))
  app.notFound((c) => {
    throw unknownCall(c.req.method, c.req.path)
  })
  app.onError((thrown, c) => {
    const error = toMillraceError(thrown)
    const allow = error.data?.allow
    if (typeof allow === 'string') c.header('allow', allow)
    const retryAfter = error.data?.retryAfter
    if (typeof retryAfter === 'number') c.header('retry-after', String(retryAfter))
    // The rest of the body is not read: who would go on with this connection would find it closed.
    if (error.code === 'SERVER_BODY_TOO_LARGE') c.header('connection', 'close')
    if (error.code === 'SERVER_LOGIN_REQUIRED') c.header('www-authenticate', 'Bearer')
    return c.json({ error: error.toJSON() }, statusOf(error.code, error.kind))
  })
  return app
}

/** Every call below /api. */
export function createApi(services: Services, access: Access, feed: LiveFeed): Hono {
  const api = new Hono()
  api.use('*', accessGuard(access))
  api.use('*', requestSpans)
  api.use(
    '*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw serverErrors.create('SERVER_BODY_TOO_LARGE', {
          message: `The body is larger than ${maxBodyBytes / 1e6} MB.`,
          hint: 'Nothing that the API takes is that large; /api/docs describes what each call takes.',
        })
      },
    }),
  )
  for (const routes of [
    eventRoutes(feed, access),
    overviewRoutes(services),
    assetRoutes(services),
    backfillRoutes(services),
    runRoutes(services),
    connectionDraftRoutes(services),
    connectorRoutes(services),
    connectionSettingsRoutes(services),
    connectionRoutes(services),
    secretRoutes(services),
    automationRoutes(services),
    hookRoutes(services, access),
    modelRoutes(services),
    searchRoutes(services),
    sessionRoutes(access),
    userRoutes(access),
    tokenRoutes(access),
  ])
    api.route('/', routes)
  api.get('/openapi.json', (c) => c.json(openApiDocument(services.version)))
  api.get('/docs', (c) => c.html(apiDocsPage(services.version)))
  return api
}

/** No such address, or only by other methods. */
function unknownCall(method: string, path: string) {
  const allowed = operations
    .filter((operation) => new RegExp(`^/api${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((operation) => operation.method.toUpperCase())
  if (allowed.length > 0)
    return serverErrors.create('SERVER_METHOD_NOT_ALLOWED', {
      message: `${path} does not take ${method}, only ${allowed.join(' and ')}.`,
      hint: '/api/docs lists the calls.',
      data: { allow: allowed.join(', ') },
    })
  return serverErrors.create('SERVER_NOT_FOUND', {
    message: `There is no ${method} ${path}.`,
    hint: '/api/docs lists the calls.',
  })
}

const statuses = {
  SERVER_LOGIN_REQUIRED: 401,
  SERVER_LOGIN_FAILED: 401,
  SERVER_TOO_MANY_LOGINS: 429,
  SERVER_ROLE: 403,
  SERVER_FORBIDDEN: 403,
  SERVER_READ_ONLY: 403,
  SERVER_METHOD_NOT_ALLOWED: 405,
  SERVER_HOOK_SIGNATURE: 401,
  SERVER_HOOK_OFF: 409,
  CONNECTION_CHANGED_MEANWHILE: 409,
  CONNECTOR_CHANGED_MEANWHILE: 409,
  SERVER_HOOK_BUSY: 429,
  SERVER_HOOK_NOT_READY: 503,
  SERVER_BODY_TOO_LARGE: 413,
  ENGINE_UNREACHABLE: 503,
  SERVER_NOT_READY: 503,
} as const

function statusOf(code: string, kind: string): 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503 {
  if (code in statuses) return statuses[code as keyof typeof statuses]
  if (code.endsWith('_NOT_FOUND')) return 404
  return kind === 'user' ? 422 : kind === 'external' ? 503 : 500
}
