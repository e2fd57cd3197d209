import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openAccessTests, password } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
let server: Awaited<ReturnType<typeof tests.open>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterAll(() => tests?.stop())
afterEach(() => tests.close())
beforeEach(async () => {
  server = await tests.open()
})

const dayMs = 24 * 3600_000

describe('users', () => {
  let admin: string
  beforeEach(async () => {
    await server.makeUser('ada', 'admin')
    admin = await server.login('ada')
  })

  it.each(['<img src=x onerror=alert(1)>', 'a b', '', '../x', 'ada\n', 'аda', 'x'.repeat(65)])(
    'have no name like %j',
    async (name) => {
      const answer = await server.ask('/users', { cookie: admin, body: { name, role: 'viewer', password } })
      expect(answer.code).toBe('USER_NAME_INVALID')
    },
  )

  it.each(['short', 'aaaaaaaaaaaaaa', 'long.enough.name'])('have no password like %j', async (given) => {
    const body = { name: 'long.enough.name', role: 'viewer', password: given }
    expect((await server.ask('/users', { cookie: admin, body })).code).toBe('PASSWORD_INVALID')
  })

  it('keep an admin while others are there, also when two remove each other at once', async () => {
    const change = (name: string, body: object) => server.ask(`/users/${name}`, { cookie: admin, method: 'PUT', body })
    await server.makeUser('bob', 'editor')
    expect((await change('ada', { role: 'viewer' })).code).toBe('LAST_ADMIN')
    expect((await change('ada', { isDisabled: true })).code).toBe('LAST_ADMIN')
    expect((await server.ask('/users/ada', { cookie: admin, method: 'DELETE' })).code).toBe('LAST_ADMIN')
    await server.makeUser('Ada2', 'admin')
    const both = await Promise.allSettled([server.access.removeUser('ada'), server.access.removeUser('ada2')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(
      (await server.ask('/users', { cookie: admin, body: { name: 'ADA', role: 'viewer', password } })).status,
    ).not.toBe(500)
  })

  it('are unique whatever the case, also when made at once', async () => {
    const make = (name: string) => server.ask('/users', { cookie: admin, body: { name, role: 'viewer', password } })
    const answers = await Promise.all(['Bob', 'bob', 'BOB'].map(make))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422])
  })

  it('show no hash', async () => {
    const { body } = await server.ask('/users', { cookie: admin })
    expect(body).toEqual({ users: [{ name: 'ada', role: 'admin', createdAt: expect.any(String), isDisabled: false }] })
  })
})

describe('the audit log', () => {
  it('tells of every write, by whom and how it ended, in pages, without secrets', async () => {
    await server.makeUser('ada', 'admin')
    await server.makeUser('eve', 'viewer')
    const [admin, eve] = [await server.login('ada'), await server.login('eve')]
    await server.ask('/users', { cookie: admin, body: { name: 'bob', role: 'editor', password: 'hush hush hush' } })
    await server.ask('/query', { cookie: admin, body: { sql: "select 'hush hush'", allowWrite: true } })
    await server.ask('/materialize', { cookie: eve, body: { selection: 'secret' } })
    await server.ask('/automation/%3Cscript%3E', { cookie: admin, method: 'PUT', body: { isOn: true } })
    // A stranger fills no disk.
    await server.ask('/materialize', { body: { selection: '*' } })
    const page = async (before?: number) =>
      (await server.ask(`/audit?limit=2${before ? `&before=${before}` : ''}`, { cookie: admin })).body as {
        entries: { id: number; actor: string; action: string; what: string; outcome: string }[]
        hasMore: boolean
      }
    const first = await page()
    const second = await page(first.entries.at(-1)?.id)
    expect([first.hasMore, second.hasMore]).toEqual([true, true])
    const told = [...first.entries, ...second.entries].map((e) => [e.actor, e.action, e.what, e.outcome])
    expect(told).toEqual([
      ['ada', 'PUT /automation/{name}', '/automation/<script>: on', '503'],
      ['eve', 'POST /materialize', '/materialize', '403'],
      ['ada', 'POST /query', '/query: may write', '500'],
      ['ada', 'POST /users', '/users: bob as editor', '200'],
    ])
    expect(JSON.stringify(await server.store.sql('select * from audit_log'))).not.toContain('hush')
    expect((await server.ask('/audit', { cookie: eve })).status).toBe(403)
  })

  it('has one line for each, whatever the address holds', async () => {
    await server.ask(`/runs/${encodeURIComponent('a\r\nroot logged in\u202e')}/cancel`, { method: 'POST' })
    expect((await server.ask('/runs/a%00b/cancel', { method: 'POST' })).status).toBe(404)
    expect((await server.ask('/runs?before=%00')).status).toBe(404)
    const [entry] = await server.access.listAudit({ limit: 9 })
    expect(entry?.what).toBe('/runs/a  root logged in /cancel')
  })

  it('is kept as long as runs are', async () => {
    await server.access.noteAudit({ actor: 'a', via: 'cli', action: 'x', what: '', outcome: 'ok' })
    await server.store.sql("update audit_log set at = at - interval '10 days'")
    await server.access.noteAudit({ actor: 'b', via: 'cli', action: 'x', what: '', outcome: 'ok' })
    const ago = (days: number) => new Date(Date.now() - days * dayMs)
    await server.store.prune({ logsBefore: ago(1), runsBefore: ago(9), idleTicksBefore: ago(1) } as never)
    expect((await server.access.listAudit({ limit: 9 })).map(({ actor }) => actor)).toEqual(['b'])
  })
})
