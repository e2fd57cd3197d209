import { isIP } from 'node:net'
import type { Context } from 'hono'

const near = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:)/i

/**
 * Where a request came from. Behind a proxy that is what the proxy says, which writes the address that it saw last; what its own
 * client claimed stands before that. Nobody far away is believed to be a proxy.
 */
export function peerAddress(c: Context, hasProxy: boolean): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } }
  const peer = (incoming?.socket?.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')
  if (!hasProxy || !near.test(peer)) return peer
  const told = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  return isIP(told) === 0 ? peer : told
}
