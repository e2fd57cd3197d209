import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Context, MiddlewareHandler } from 'hono'
import { apiBase } from './contract/index.js'
import { serverErrors } from './errors.js'

export interface Address {
  /** What the server listens on. */
  readonly host: string
  /** Names that are answered besides it. */
  readonly allowedHosts: readonly string[]
  /** Where people reach it, when that is elsewhere. */
  readonly url?: string | undefined
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
const everywhere = new Set(['0.0.0.0', '::', '[::]'])

/** Whether only programs and people of this machine reach it. */
export const isLocalOnly = ({ host, allowedHosts }: Address): boolean =>
  (loopback.has(host) || host === '::1') && allowedHosts.length === 0

/** Whether a proxy stands before it: it says for whom it asks. */
export const hasProxy = ({ allowedHosts, url }: Address): boolean => allowedHosts.length > 0 || isElsewhere(url)

/**
 * Whether people elsewhere may reach it, so that it needs a login. A name that it answers to besides its own, and an address of its page on
 * another machine, are there for a proxy, whoever listens.
 */
export const isReachedByOthers = (address: Address): boolean => !isLocalOnly(address) || hasProxy(address)

const isElsewhere = (url: string | undefined) =>
  url !== undefined && !loopback.has(URL.canParse(url) ? new URL(url).hostname : '')

/**
 * Holds with and without a login, since a browser sends along what it has: whoever reaches the server by a page of another site is not who sits before it. So another site in the user's browser must neither read (by
 * a name of its own that resolves to here) nor write (from a page of its own), and no page may frame or extend ours.
 */
export function requestGuard(address: Address): MiddlewareHandler {
  return async (c, next) => {
    refuseOthers(c, address)
    await next()
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'same-origin')
    c.header('x-frame-options', 'DENY')
    c.header(
      'content-security-policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
    )
  }
}

const othersSites = new Set(['cross-site', 'same-site'])

/** @throws SERVER_FORBIDDEN */
function refuseOthers(c: Context, address: Address): void {
  const named = (c.req.header('host') ?? '').toLowerCase()
  const name = named.replace(/:\d+$/, '')
  if (!isOurs(name, address))
    throw serverErrors.create('SERVER_FORBIDDEN', {
      message: `This request named the host ${name === '' ? '(none)' : name}, which is not this server.`,
      hint: 'Open the UI by the address that `millrace up` printed. Behind a proxy set server.url in millrace.yaml, and add further names to server.allowed_hosts.',
    })
  const origin = c.req.header('origin')
  const page = hostOf(origin)
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  // A program says neither; a browser that leaves out the one says the other.
  const isOurPage =
    origin === undefined
      ? !othersSites.has(c.req.header('sec-fetch-site') ?? '')
      : page !== undefined && (page === named || page === hostOf(address.url))
  // A delivery of a webhook takes no rights of a session that a page of another site could use: its signature counts.
  const isDelivery = c.req.path.startsWith(`${apiBase}/hooks/`)
  if (isRead || isDelivery || isOurPage) return
  throw serverErrors.create('SERVER_FORBIDDEN', {
    message: 'This request came from a page of another site.',
    hint: 'Open the UI by the address that `millrace up` printed, or through a proxy by that of server.url in millrace.yaml.',
  })
}

function isOurs(name: string, { host, allowedHosts, url }: Address): boolean {
  if (loopback.has(name) || name === host.toLowerCase() || allowedHosts.includes(name)) return true
  // Some proxies leave out the port that they listen on.
  if (name === hostOf(url)?.replace(/:\d+$/, '')) return true
  if (!everywhere.has(host) || name === '') return false
  // A foreign name can resolve to here; an address and this machine's own names cannot be foreign.
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0
  return isAddress || !name.includes('.') || name.endsWith('.local') || name === hostname().toLowerCase()
}

const hostOf = (url: string | undefined) => (url !== undefined && URL.canParse(url) ? new URL(url).host : undefined)
