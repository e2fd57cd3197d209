import { getRequestListener } from '@hono/node-server'
import { type AccessStore, mayActAs } from '../access/index.js'
import { type Logger, systemClock } from '../base/index.js'
import { keepPresence, type OrchestrateStore } from '../orchestrate/index.js'
import { type Engine, localUrl, ownReport, type Project, runProjectDaemon } from '../platform/index.js'
import { Access } from './access/index.js'
import { openAirbyteApi } from './airbyte-api/index.js'
import { createApp } from './app.js'
import { basePathOf, belowPath } from './base-path.js'
import { drainRequests } from './drain-requests.js'
import { serverErrors } from './errors.js'
import { listen } from './listen.js'
import { LiveFeed } from './live-feed.js'
import { Metrics } from './metrics/metrics.js'
import { openHttpServer } from './open-http-server.js'
import { type Address, isLocalOnly, isReachedByOthers } from './request-guard.js'
import type { Services } from './services.js'
import { StateCache } from './views/state-cache.js'

export { serverErrors } from './errors.js'

export interface ServerOptions {
  readonly project: Project
  readonly store: OrchestrateStore
  readonly access: AccessStore
  readonly engine: Engine
  readonly host: string
  readonly port: number
  /** Of Airbyte's API, where it is not what the project says: 0 for none, or any that is free. */
  readonly airbytePort?: number | 'any' | undefined
  readonly uiDir: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly version: string
  /** Whether it is the daemon too: where one runs elsewhere it need not be. */
  readonly hasDaemon: boolean
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  /** Undefined where it is not offered. */
  readonly airbyteUrl: string | undefined
  close(): Promise<void>
}

const keepAliveMs = 75_000

/** HTTP, UI and daemon in one process that runs no user code. The next free port is taken when the wanted one is not. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, host, engine, project, store, signal } = options
  let loopAt: Date | undefined
  const address: Address = { host, allowedHosts: project.server.allowedHosts, url: project.server.url }
  await requireUsers(options.access, address)
  const access = new Access({ store: options.access, address, project: project.name, clock: systemClock, logger })
  const services: Services = {
    ...options,
    states: new StateCache(store, systemClock),
    clock: systemClock,
    // Who logged in as admin may do everything else too.
    canEditConnections: ({ role, via }) =>
      mayActAs(role, 'admin') && (project.server.editConnections ?? (via !== 'open' || isLocalOnly(address))),
    secret: (name) => process.env[name],
    daemonLoopAt: async () => later(loopAt, await store.daemonBeatAt().catch(() => undefined)),
  }
  const feed = new LiveFeed()
  const metrics = new Metrics(services, systemClock)
  const counting = metrics.countingTicks(store)
  const counted = { ...services, store: counting }
  const app = createApp({
    // Deliveries of webhooks become ticks here.
    services: counted,
    access,
    feed,
    uiDir: options.uiDir,
    address,
    metrics,
  })
  const { tls } = project.server
  const answer = belowPath(basePathOf(address.url), getRequestListener(app.fetch))
  const server = openHttpServer(tls, answer, logger)
  // Node's five seconds end connections that a browser, or a proxy before us, is about to use again: those wait a minute.
  server.keepAliveTimeout = keepAliveMs
  const port = await listen(server, host, options.port, logger)
  const airbyte = await openAirbyteApi({
    services: counted,
    access,
    address,
    metrics,
    pageUrl: (hostname) => project.server.url ?? localUrl(hostname, port, tls),
    host,
    tls,
    port:
      options.airbytePort ??
      (options.port === 0 && project.server.airbytePort !== 0 ? 'any' : project.server.airbytePort),
    logger,
  })
  // From here on there is something to close: what cannot listen must not keep the process alive by listening to the store.
  feed.follow(store, signal)
  const onLoop = (at: Date) => {
    loopAt = at
  }
  const daemon = options.hasDaemon
    ? runProjectDaemon(project, { store: counting, engine, address: { host, port }, logger, signal, onLoop })
    : undefined
  const presence = keepPresence(ownReport('server', options.version), { store, clock: systemClock, logger, signal })
  return {
    url: localUrl(host, port, tls),
    port,
    airbyteUrl: airbyte && localUrl(host, airbyte.port, tls),
    async close() {
      await Promise.all([drainRequests(server), airbyte?.close()])
      await Promise.all([daemon, presence])
    },
  }
}

/** @throws SERVER_NO_USERS */
async function requireUsers(store: AccessStore, address: Address): Promise<void> {
  if (!isReachedByOthers(address) || (await store.hasUsers())) return
  const why = isLocalOnly(address)
    ? 'server.url names another machine'
    : address.allowedHosts.length > 0
      ? 'server.allowed_hosts is set'
      : `it listens on ${address.host}`
  throw serverErrors.create('SERVER_NO_USERS', {
    message: `Others would reach this server (${why}), and there is no user who could log in: everybody could do everything.`,
    hint: 'Make an admin first: millrace user create <name> --role admin. In a container set MILLRACE_ADMIN_PASSWORD, which makes the user `admin`.',
  })
}

/** Another daemon may have taken over from the one in here, and the other way round. */
function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? new Date(Math.max(a.getTime(), b.getTime())) : (a ?? b)
}

export type { AssetSummary } from './contract/assets.js'
export type { SettingSchema, Settings } from './contract/setting-schema.js'
export { metadataSchema } from './contract/shared.js'
export { assetSummaries } from './views/assets.js'
export { StateCache } from './views/state-cache.js'
