import { getRequestListener } from '@hono/node-server'
import type { Logger } from '../../base/index.js'
import { drainRequests } from '../drain-requests.js'
import { listenOnly } from '../listen.js'
import { openHttpServer, type TlsFiles } from '../open-http-server.js'
import { type AirbyteAppOptions, createAirbyteApp } from './app.js'

export interface AirbyteApiOptions extends AirbyteAppOptions {
  readonly host: string
  /** 0: none. */
  readonly port: number | 'any'
  readonly tls?: TlsFiles | undefined
  readonly logger: Logger
}

/** Clients keep their connections between two looks at a job. */
const keepAliveMs = 75_000

/** Offers Airbyte's API on a port of its own. Where that is taken, everything else goes on without it: another one is nowhere looked for. */
export async function openAirbyteApi({ host, port, tls, logger, ...options }: AirbyteApiOptions) {
  if (port === 0) return undefined
  const server = openHttpServer(tls, getRequestListener(createAirbyteApp(options).fetch), logger)
  server.keepAliveTimeout = keepAliveMs
  const listening = await listenOnly(server, host, port === 'any' ? 0 : port)
  if (listening === undefined) {
    logger.warn(
      `Port ${port} is in use: Airbyte's API is not offered. Choose another port with --airbyte-port or server.airbyte_port; 0 turns it off.`,
    )
    return undefined
  }
  return { port: listening, close: () => drainRequests(server) }
}
