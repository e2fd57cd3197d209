import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Logger, systemClock } from '../base/index.js'
import { type OrchestrateStore, runDaemon } from '../orchestrate/index.js'
import type { Engine, Project } from '../platform/index.js'
import { createApp } from './app.js'
import { listen } from './listen.js'
import { LiveFeed } from './live-feed.js'
import { isLocalOnly } from './request-guard.js'
import type { Services } from './services.js'

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

/** HTTP, UI and daemon in one process that runs no user code. The next free port is taken when the wanted one is not. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, host, engine, project, store, signal } = options
  let loopAt: Date | undefined
  const address = { host, allowedHosts: project.server.allowedHosts }
  const services: Services = {
    ...options,
    canEditConnections: project.server.editConnections ?? isLocalOnly(address),
    daemonLoopAt: () => loopAt,
  }
  const feed = new LiveFeed()
  const app = createApp({
    services,
    feed,
    uiDir: options.uiDir,
    address,
  })
  const server = createServer(getRequestListener(app.fetch))
  const port = await listen(server, host, options.port, logger)
  // From here on there is something to close: what cannot listen must not keep the process alive by listening to the store.
  feed.follow(store, signal)
  const daemon = runDaemon({
    store,
    clock: systemClock,
    logger,
    signal,
    retention: project.retentionDays,
    alerts: {
      ...project.alerts,
      project: project.name,
      pageUrl: project.server.url ?? `http://${urlHost(host)}:${port}`,
    },
    evaluateSensor: (name, cursor, stop) => engine.evaluateSensor(name, cursor, { signal: stop }),
    onLoop: (at) => {
      loopAt = at
    },
  })
  return {
    url: `http://${urlHost(host)}:${port}`,
    port,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await daemon
    },
  }
}

/** What a person types to get there. */
function urlHost(host: string): string {
  if (host === '127.0.0.1' || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

export type { SettingSchema, Settings } from './contract/setting-schema.js'
