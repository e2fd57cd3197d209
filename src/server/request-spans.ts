import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { inSpan, isTracing } from '../base/index.js'
import { apiBase } from './contract/index.js'

/** Asked every few seconds by whoever looks whether it lives. */
const unobserved = new Set([`${apiBase}/health`])

/**
 * A span for each call of the API that was let in. It goes on with the trace of a caller who is known: a stranger could join any. It is called by its route: an address may hold what nobody else
 * should read.
 */
export const requestSpans: MiddlewareHandler = async (c, next) => {
  const { method } = c.req
  const route = matchedRoutes(c).find(({ path }) => path.startsWith(`${apiBase}/`) && !path.endsWith('*'))?.path
  if (!isTracing() || route === undefined || unobserved.has(route)) return next()
  const attributes = { 'http.request.method': method, 'http.route': route }
  const parent = c.get('actor') ? c.req.header('traceparent') : undefined
  return inSpan(`${method} ${route}`, { kind: 'server', attributes, parent }, async (span) => {
    await next()
    span.set({ 'http.response.status_code': c.res.status, 'user.id': c.get('actor')?.user?.id })
    if (c.error && c.res.status >= 500) span.fail(c.error)
  })
}
