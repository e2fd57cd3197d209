import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { TrieRouter } from 'hono/router/trie-router'
import { type Access, accessGuard } from '../access/index.js'
import { serverErrors } from '../errors.js'
import type { Metrics } from '../metrics/metrics.js'
import { type Address, requestGuard } from '../request-guard.js'
import { requestSpans } from '../request-spans.js'
import type { Services } from '../services.js'
import { BasicLogins } from './basic-logins.js'
import { catalogCalls } from './configuration/catalog.js'
import { connectionCalls } from './configuration/connections.js'
import { answerProblem, notOffered } from './errors.js'
import {
  configurationBase,
  configurationCalls,
  notOfferedCalls,
  notOfferedConfiguration,
  publicBase,
  publicCalls,
  rolesOf,
} from './operations.js'
import { actorRoutes } from './routes/actors.js'
import { applicationRoutes, tokenRoutes } from './routes/applications.js'
import { connectionRoutes } from './routes/connections.js'
import { declarativeRoutes } from './routes/declarative-sources.js'
import { definitionRoutes } from './routes/definitions.js'
import { jobRoutes } from './routes/jobs.js'
import { streamRoutes } from './routes/streams.js'
import { workspaceRoutes } from './routes/workspaces.js'
import { Workspace } from './workspace.js'

const maxBodyBytes = 1_000_000

export interface AirbyteAppOptions {
  readonly services: Services
  readonly access: Access
  readonly address: Address
  /** Where the page of ours is, as somebody who came by this host name reaches it. */
  readonly pageUrl: (hostname: string) => string
  /** Counts its requests with those of our own API. */
  readonly metrics?: Pick<Metrics, 'middleware'> | undefined
}

/** Where Airbyte's own page has things, and ours: people have bookmarks. The first that fits holds; who may see what is asked there. */
export const ledToPage: readonly (readonly [path: string, ours: string])[] = [
  ['/connectors', '/connectors'],
  ['/workspaces/:id/source/*', '/connectors'],
  ['/workspaces/:id/destination/*', '/connectors?kind=destination'],
  ['/', '/connections'],
  ['/workspaces/*', '/connections'],
]

/** Airbyte's public API over our connections, with what older clients ask of its configuration API. Any browser is led to our page. */
export function createAirbyteApp({ services, access, address, pageUrl, metrics }: AirbyteAppOptions): Hono {
  const app = new Hono({ router: new TrieRouter() })
  const workspace = new Workspace(services)
  const logins = new BasicLogins(access)
  app.use('*', requestGuard(address))
  if (metrics) app.use('*', metrics.middleware)
  app.use('*', compress())
  for (const [path, ours] of ledToPage)
    app.get(path, (c) => c.redirect(`${pageUrl(new URL(c.req.url).hostname)}${ours}`))

  const offer = (base: string, calls: typeof publicCalls, others: typeof notOfferedCalls, routes: readonly Hono[]) => {
    const api = new Hono()
    api.use(
      '*',
      accessGuard(access, { base, roles: rolesOf(base, calls, others), recognise: (c) => logins.recognise(c) }),
    )
    api.use('*', requestSpans)
    api.use('*', bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }))
    api.get('/health', (c) => c.text('Successful operation'))
    for (const one of routes) api.route('/', one)
    for (const [method, path, hint] of others)
      api.on(method, path, (c) => {
        throw notOffered(`${c.req.method} ${c.req.path}`, hint)
      })
    app.route(base, api)
  }
  offer(publicBase, publicCalls, notOfferedCalls, [
    tokenRoutes(workspace, access),
    applicationRoutes(workspace, access),
    workspaceRoutes(workspace),
    actorRoutes(workspace),
    connectionRoutes(workspace),
    streamRoutes(workspace),
    jobRoutes(workspace),
    definitionRoutes(workspace),
    declarativeRoutes(workspace),
  ])
  offer(configurationBase, configurationCalls, notOfferedConfiguration, [
    tokenRoutes(workspace, access),
    connectionCalls(workspace),
    catalogCalls(workspace),
  ])
  app.all('*', (c) => {
    throw unknownCall(c)
  })
  app.onError(answerProblem)
  return app
}

const tooLarge = () => {
  throw serverErrors.create('SERVER_BODY_TOO_LARGE', {
    message: `The body is larger than ${maxBodyBytes / 1e6} MB.`,
    hint: 'Nothing that is taken here is that large.',
  })
}

const unknownCall = (c: Context) =>
  serverErrors.create('SERVER_NOT_FOUND', {
    message: `There is no ${c.req.method} ${c.req.path}.`,
    hint: `Airbyte's public API is below ${publicBase}, what is offered of its configuration API below ${configurationBase}; Millrace's own API and its page are on another port.`,
  })
