import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { mayActAs } from '../../access/index.js'
import { uriDecoded } from '../../base/index.js'
import { apiBase, type Operation, type OperationRole, operations } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import type { Access } from './access.js'
import type { Actor } from './actor.js'

const routeOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) =>
  `${method.toUpperCase()} ${apiBase}${path.replace(/\{(\w+)\}/g, ':$1')}`

const neededRoles: ReadonlyMap<string, OperationRole> = new Map([
  ...operations.map((operation) => [routeOf(operation), operation.role] as const),
  [`GET ${apiBase}/docs`, 'viewer'],
  [`GET ${apiBase}/openapi.json`, 'viewer'],
])

export interface GuardOptions {
  /** Below which its calls lie. */
  readonly base: string
  /** By method and route. */
  readonly roles: ReadonlyMap<string, OperationRole>
  /** Who asks, where that is told in other ways too. */
  readonly recognise: (c: Context) => Promise<Actor | undefined>
}

/** Asks of every call below /api who makes it, and whether they may. What has no role is refused. */
export function accessGuard(access: Access, options: Partial<GuardOptions> = {}): MiddlewareHandler {
  const { base = apiBase, roles = neededRoles, recognise = (c) => access.recognise(c) } = options
  const pathOf = (c: Context) => uriDecoded(c.req.path.slice(base.length))
  return async (c, next) => {
    c.header('cache-control', 'no-store')
    // The route that will answer, as the router found it: an address read by other rules than its own could slip through.
    const route = matchedRoutes(c).find(({ method, path }) => method !== 'ALL' && path.startsWith(`${base}/`))
    const name = route && `${route.method} ${route.path}`
    const needed = name === undefined ? 'viewer' : roles.get(name)
    // The route itself asks whether the sender knows the secret: no user, no session, and no rights of theirs.
    if (needed === 'signature') {
      if (c.req.url.includes('%00')) throw nothingThere()
      return next()
    }
    if (needed === 'public') {
      c.set('actor', await access.recogniseIfPossible(c))
      return next()
    }
    const actor = await recognise(c)
    if (!actor) throw loginRequired()
    c.set('actor', actor)
    const isWrite = c.req.method !== 'GET' && c.req.method !== 'HEAD' && name !== undefined
    const note = async (outcome: number) => {
      const facts = c.get('auditFacts')
      if (!isWrite || facts === null) return
      await access.note(c, {
        actor: actor.name,
        via: actor.via,
        action: name.replace(` ${base}`, ' ').replace(/:(\w+)/g, '{$1}'),
        what: [pathOf(c), facts].filter(Boolean).join(': '),
        outcome: String(outcome),
      })
    }
    if (needed === undefined || !mayActAs(actor.role, needed)) {
      await note(403)
      throw roleRefused(actor, needed)
    }
    await access.prolong(c, actor)
    // Nothing has such a name, and PostgreSQL takes no such text.
    if (c.req.url.includes('%00')) throw nothingThere()
    await next()
    await note(c.res.status)
  }
}

/** For what is no call of the API: only whoever may look at everything. */
export function viewersOnly(access: Access): MiddlewareHandler {
  return async (c, next) => {
    if (!(await access.recogniseIfPossible(c))) throw loginRequired()
    await next()
  }
}

const nothingThere = () =>
  serverErrors.create('SERVER_NOT_FOUND', {
    message: 'There is nothing with a zero byte in its name.',
    hint: '/api/docs lists the calls.',
  })

const loginRequired = () =>
  serverErrors.create('SERVER_LOGIN_REQUIRED', {
    message: 'This needs a login.',
    hint: 'Log in on the page, or send a token: `authorization: Bearer mr_…` (docs/security.md).',
  })

function roleRefused({ name, role }: Actor, needed: OperationRole | undefined) {
  return serverErrors.create('SERVER_ROLE', {
    message:
      needed === undefined
        ? 'Nobody may call this: it says of no role that it may.'
        : `This needs the role ${needed}; ${name} has the role ${role}.`,
    hint: 'An admin can give another role: on the Settings page, or with `millrace user set-role`.',
  })
}
