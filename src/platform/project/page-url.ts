import type { Logger } from '../../base/index.js'
import type { Project } from '../contract.js'

/** The address of a server that listens there, as a browser of its machine takes it. */
export const localUrl = (host: string, port: number, tls?: Project['server']['tls']): string =>
  `${tls ? 'https' : 'http'}://${urlHost(host)}:${port}`

/** Where people reach the project's page, for links in alerts: only `server.url` is right on every machine, and it is told where it is missing. */
export function pageUrl(
  { alerts: { webhook, slack, email }, server }: Pick<Project, 'alerts' | 'server'>,
  { host, port, logger }: { readonly host: string; readonly port: number; readonly logger: Logger },
): string {
  if (server.url !== undefined) return server.url
  const url = localUrl(host, port, server.tls)
  if (webhook || slack || email)
    logger.warn(`Alerts link to ${url}, which other machines may not reach: set server.url in millrace.yaml`)
  return url
}

function urlHost(host: string): string {
  if (host === '127.0.0.1' || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
