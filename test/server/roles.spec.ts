import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mayActAs, type Role, roles } from '../../src/access/index.js'
import { operations } from '../../src/server/contract/index.js'
import { type Ask, openAccessTests, password } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
let server: Awaited<ReturnType<typeof tests.open>>
const cookies = new Map<Role, string>()
beforeAll(async () => {
  tests = await openAccessTests()
  server = await tests.open()
  for (const role of ['admin', 'editor', 'viewer'] as const) {
    await server.makeUser(role, role)
    cookies.set(role, await server.login(role))
  }
})
afterAll(() => tests?.stop())

const calls = operations
  .filter(({ path }) => !['/login', '/logout', '/session/password'].includes(path))
  // Who sends to a webhook has no role: webhooks.spec.ts.
  .flatMap((one) => (one.role === 'signature' ? [] : [{ ...one, role: one.role }]))
  .map(({ method, path, role, isStream }) => ({
    name: `${method.toUpperCase()} ${path}`,
    path: path.replace(/\{\w+\}/g, 'nothing'),
    method: method.toUpperCase(),
    role,
    isStream,
  }))
const send = async ({ path, method }: (typeof calls)[number], init: Ask = {}) => {
  const response = await server.send(`/api${path}`, { method, ...(method === 'GET' ? {} : { body: {} }), ...init })
  const status = response.status
  await response.body?.cancel()
  return status
}

describe.each(calls)('$name', (call) => {
  it('is refused without a login', async () => {
    expect(await send(call)).toBe(call.role === 'public' ? 200 : 401)
    expect(await send(call, { cookie: `millrace_session_test=${'x'.repeat(43)}` })).toBe(
      call.role === 'public' ? 200 : 401,
    )
  })
  it.each(roles)('as %s', async (role) => {
    const status = await send(call, { cookie: cookies.get(role) })
    const isAllowed = call.role === 'public' || mayActAs(role, call.role)
    if (isAllowed) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(403)
  })
})

it('a viewer may change nothing but their own password and session', () => {
  const writes = calls.filter(({ method }) => method !== 'GET')
  expect(writes.length).toBeGreaterThan(20)
  expect(writes.filter(({ role }) => role === 'viewer' || role === 'public')).toEqual([])
})

it('an address that leads nowhere tells strangers no more than one that does', async () => {
  for (const path of ['/nothing', '/docs', '/openapi.json', '', '/', '/users/', '//users', '/users%2f', '/%75sers'])
    expect([path, (await server.ask(path)).status]).toEqual([path, 401])
  expect((await server.ask('/%75sers', { cookie: cookies.get('viewer') })).status).toBe(403)
  expect((await server.ask('/users', { cookie: cookies.get('viewer'), method: 'HEAD' })).status).toBe(403)
  expect((await server.ask('/nothing', { cookie: cookies.get('viewer') })).status).toBe(404)
  expect((await server.ask('/users', { cookie: cookies.get('viewer'), method: 'PATCH' })).status).toBe(405)
})

it('a query that may write needs an admin', async () => {
  const ask = (role: Role) =>
    server.ask('/query', { cookie: cookies.get(role), body: { sql: 'drop table x', allowWrite: true } })
  expect((await ask('editor')).code).toBe('SERVER_ROLE')
  expect((await ask('admin')).status).not.toBe(403)
  const reading = await server.ask('/query', { cookie: cookies.get('editor'), body: { sql: 'select 1' } })
  expect(reading.status).not.toBe(403)
})

it('health tells strangers the words of status alone', async () => {
  const { body } = await server.ask('/health')
  expect(body).toEqual({
    status: 'degraded',
    engine: { status: 'down' },
    store: { status: 'up' },
    daemon: { status: 'down' },
  })
  expect((await server.ask('/health', { cookie: cookies.get('viewer') })).body).toMatchObject({ project: 'test' })
})

it('a role cannot be taken by asking for it', async () => {
  const editor = cookies.get('editor')
  for (const [path, init] of [
    ['/users', { body: { name: 'mallory', role: 'admin', password } }],
    ['/users/editor', { method: 'PUT', body: { role: 'admin' } }],
    ['/tokens', { body: { name: 'x', role: 'admin' } }],
  ] as const)
    expect((await server.ask(path, { ...init, cookie: editor })).code).toBe('SERVER_ROLE')
  const own = { method: 'PUT', cookie: editor, body: { password, newPassword: `${password}2`, role: 'admin' } }
  expect((await server.ask('/session/password', own)).body.role).toBe('editor')
})
