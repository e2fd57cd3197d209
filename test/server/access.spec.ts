import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/access/index.js'
import { eventually } from '../support/millrace.js'
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
const secretOf = (cookie = '') => cookie.split('=')[1] ?? ''

describe('without users', () => {
  it('everything is open on this machine, and noted', async () => {
    expect((await server.ask('/session')).body).toEqual({ role: 'admin', via: 'open' })
    expect((await server.ask('/runs')).status).toBe(200)
    await server.ask('/runs/x/cancel', { method: 'POST' })
    const { entries } = (await server.ask('/audit')).body as { entries: object[] }
    expect(entries).toMatchObject([
      { actor: 'anyone', via: 'open', action: 'POST /runs/{id}/cancel', what: '/runs/x/cancel', outcome: '404' },
    ])
  })

  it('nothing is open where others come, also when the last user is removed while it runs', async () => {
    for (const address of [{ host: '0.0.0.0' }, { allowedHosts: ['a.example'] }, { url: 'https://a.example' }]) {
      const reached = await tests.open(address)
      expect((await reached.ask('/runs')).status).toBe(401)
      expect(Object.keys((await reached.ask('/health')).body)).not.toContain('project')
    }
  })

  it('the first user closes the door, and is an admin', async () => {
    const make = (name: string, role: string) => server.ask('/users', { body: { name, role, password } })
    expect((await make('ada', 'editor')).code).toBe('FIRST_USER_NO_ADMIN')
    expect((await make('ada', 'admin')).status).toBe(200)
    expect((await server.ask('/runs')).code).toBe('SERVER_LOGIN_REQUIRED')
    expect((await make('eve', 'admin')).status).toBe(401)
  })
})

describe('a session', () => {
  beforeEach(() => server.makeUser('Ada', 'admin'))

  it('is a cookie that scripts and other sites do not have', async () => {
    const { headers, body } = await server.ask('/login', { body: { name: 'ada', password } })
    expect(body).toEqual({ user: 'Ada', role: 'admin', via: 'session' })
    expect(headers.get('set-cookie')).toMatch(
      /^millrace_session_test=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    const https = { body: { name: 'ada', password }, headers: { 'x-forwarded-proto': 'https' } }
    expect((await server.ask('/login', https)).headers.get('set-cookie')).toContain('Secure')
  })

  it('is kept only as a hash', async () => {
    const cookie = await server.login('ada')
    const secret = secretOf(cookie)
    await server.ask('/users', { cookie, body: { name: 'bob', role: 'viewer', password } })
    const rows = await server.store.sql('select s.secret_hash, u.password_hash from sessions s, users u')
    expect(JSON.stringify(rows)).not.toContain(secret)
    expect(JSON.stringify(rows)).not.toContain(password)
    expect(rows.map(({ password_hash }) => password_hash)).toContainEqual(
      expect.stringMatching(/^scrypt\$32768\$8\$3\$/),
    )
  })

  it('ends with the logout, for whoever has its cookie', async () => {
    const cookie = await server.login('ada')
    expect((await server.ask('/session', { cookie })).status).toBe(200)
    const out = await server.ask('/logout', { cookie, method: 'POST' })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await server.ask('/session', { cookie })).status).toBe(401)
  })

  it('ends after fourteen days without use, and goes on with it', async () => {
    const cookie = await server.login('ada')
    server.clock.forward(13 * dayMs)
    expect((await server.ask('/session', { cookie })).cookie).toBe(cookie)
    server.clock.forward(13 * dayMs)
    expect((await server.ask('/session', { cookie })).status).toBe(200)
    server.clock.forward(14 * dayMs + 1)
    expect((await server.ask('/session', { cookie })).status).toBe(401)
  })

  it.each([
    ['another role', { role: 'editor' }],
    ['another password', { password: 'a quite different one' }],
    ['being disabled', { isDisabled: true }],
  ])('ends with %s', async (_, change) => {
    await server.makeUser('bob', 'viewer')
    const [cookie, bobs] = [await server.login('ada'), await server.login('bob')]
    expect((await server.ask('/users/BOB', { cookie, method: 'PUT', body: change })).status).toBe(200)
    expect((await server.ask('/session', { cookie: bobs })).status).toBe(401)
    expect((await server.ask('/session', { cookie })).status).toBe(200)
  })

  it('ends everywhere else when one changes the own password', async () => {
    const [here, elsewhere] = [await server.login('ada'), await server.login('ada')]
    const change = (given: string, newPassword: string) =>
      server.ask('/session/password', { cookie: here, method: 'PUT', body: { password: given, newPassword } })
    expect((await change('another password', 'a new long password')).code).toBe('PASSWORD_WRONG')
    expect((await change(password, 'short')).code).toBe('PASSWORD_INVALID')
    const { cookie } = await change(password, 'a new long password')
    expect((await server.ask('/session', { cookie })).status).toBe(200)
    expect((await server.ask('/session', { cookie: here })).status).toBe(401)
    expect((await server.ask('/session', { cookie: elsewhere })).status).toBe(401)
  })

  it('cannot be forged, fixed or sent by another site', async () => {
    const cookie = await server.login('ada')
    const forged = [
      `millrace_session_test=${'A'.repeat(43)}`,
      `millrace_session_test=' or 1=1 --`,
      'millrace_session_test=',
    ]
    for (const one of forged) expect((await server.ask('/session', { cookie: one })).status).toBe(401)
    // What the store has does not open anything.
    const [row] = await server.store.sql('select secret_hash from sessions')
    expect((await server.ask('/session', { cookie: `millrace_session_test=${row?.secret_hash}` })).status).toBe(401)
    const again = await server.ask('/login', { cookie, body: { name: 'ada', password } })
    expect(again.cookie).not.toBe(cookie)
    expect((await server.ask('/session', { cookie })).status).toBe(401)
    for (const origin of ['https://evil.example', `http://localhost:${server.port + 1}`, 'null'])
      expect(
        (await server.ask('/users', { cookie: again.cookie, headers: { origin }, body: { name: 'eve' } })).code,
      ).toBe('SERVER_FORBIDDEN')
    // Another project of this machine, on another port, has a cookie of its own.
    expect(cookie).toMatch(/^millrace_session_test=/)
  })

  it('ends the live events within a minute', async () => {
    const cookie = await server.login('ada')
    const response = await server.send('/api/events', { cookie })
    expect(response.status).toBe(200)
    let isOver = false
    const read = (async () => {
      for await (const _ of response.body as AsyncIterable<Uint8Array>);
      isOver = true
    })()
    const change = () => server.store.setAutomation('x', 'schedule', true, [])
    await change()
    server.clock.forward(30_000)
    await change()
    expect(isOver).toBe(false)
    await server.ask('/logout', { cookie, method: 'POST' })
    server.clock.forward(30_000)
    await eventually('the stream ends', async () => {
      await change()
      return isOver
    })
    await read
    expect((await server.send('/api/events', { cookie })).status).toBe(401)
  })
})

describe('a login', () => {
  beforeEach(() => server.makeUser('ada', 'admin'))
  const login = (name: string, given: string, headers = {}) =>
    server.ask('/login', { body: { name, password: given }, headers })

  it('has one answer for an unknown user, a wrong password and a disabled user, each noted, no name of nobody', async () => {
    await server.makeUser('bob', 'viewer')
    await server.access.changeUser('bob', { isDisabled: true })
    const answers = [await login('nobody', password), await login('ada', 'wrong'), await login('bob', password)]
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, code: 'SERVER_LOGIN_FAILED' })
    const entries = await server.access.listAudit({ limit: 10 })
    expect(entries.map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
      ['bob', 'login', '401'],
      ['ada', 'login', '401'],
      ['(unknown)', 'login', '401'],
    ])
    expect(entries[0]?.address).toBe('127.0.0.1')
  })

  it('hashes for an unknown user too', async () => {
    // How often the slow hash ran is told by the processor time that it took, not by a clock that others disturb.
    const cost = async (name: string) => {
      const before = process.cpuUsage()
      await login(name, 'wrong password')
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    }
    await server.access.changeUser('ada', { passwordHash: await hashPassword(password) })
    await cost('ada')
    expect(await cost('nobody')).toBeGreaterThan((await cost('ada')) / 3)
  })

  it('waits after failures, also with the right password, and the pause ends by itself', async () => {
    for (let i = 0; i < 5; i++) expect((await login('ada', 'wrong')).status).toBe(401)
    const { status, code, headers } = await login('ADA', password)
    expect([status, code, headers.get('retry-after')]).toEqual([429, 'SERVER_TOO_MANY_LOGINS', '1'])
    server.clock.forward(1_100)
    expect((await login('ada', password)).status).toBe(200)
    // What was mistyped before is forgotten.
    expect((await login('ada', 'wrong')).status).toBe(401)
  })

  it('counts attempts that come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => login('ada', 'wrong')))
    expect(answers.filter(({ status }) => status === 401).length).toBe(5)
  })

  it('waits for an address that tries many names, whatever it claims to be', async () => {
    for (let i = 0; i < 20; i++) await server.makeUser(`user${i}`, 'viewer')
    for (let i = 0; i < 20; i++) await login(`user${i}`, 'wrong', { 'x-forwarded-for': `10.0.0.${i}` })
    expect((await login('ada', password, { 'x-forwarded-for': '10.0.0.99' })).status).toBe(429)
  })

  it.each([
    ['a giant body', { body: 'x'.repeat(1_000_001) }, 413],
    ['a giant password', { body: { name: 'ada', password: 'x'.repeat(100_000) } }, 422],
    ['no JSON', { body: '{"name":' }, 422],
    ['objects for texts', { body: { name: { $ne: null }, password: { $ne: null } } }, 422],
    ['lists for texts', { body: { name: ['ada'], password: [password] } }, 422],
    ['SQL', { body: { name: "ada' --", password: "' or '1'='1" } }, 401],
    ['a zero byte', { body: { name: 'ada\u0000', password } }, 401],
    ['a line break', { body: { name: 'ada\r\nset-cookie: x=y', password } }, 401],
  ])('with %s is refused', async (_, init, status) => {
    const answer = await server.ask('/login', init)
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([status, null])
  })

  it('from a page of another site is refused', async () =>
    expect((await login('ada', password, { origin: 'https://evil.example' })).code).toBe('SERVER_FORBIDDEN'))
})

describe('a token', () => {
  let admin: string
  beforeEach(async () => {
    await server.makeUser('ada', 'admin')
    admin = await server.login('ada')
  })
  const make = async (body: object) => {
    const answer = await server.ask('/tokens', { cookie: admin, body })
    return { ...answer, secret: answer.body.secret as string, id: (answer.body.token as { id: string })?.id }
  }

  it('opens what its role allows, and is shown once', async () => {
    const { secret } = await make({ name: 'ci', role: 'viewer' })
    expect(secret).toMatch(/^mr_[\w-]{43}$/)
    expect((await server.ask('/session', { token: secret })).body).toEqual({
      user: 'ada',
      role: 'viewer',
      via: 'token',
    })
    expect((await server.ask('/runs/x/cancel', { token: secret, method: 'POST' })).code).toBe('SERVER_ROLE')
    expect(JSON.stringify((await server.ask('/tokens', { cookie: admin })).body)).not.toContain(secret)
    expect(JSON.stringify(await server.store.sql('select * from api_tokens'))).not.toContain(secret)
    expect(JSON.stringify(await server.access.listAudit({ limit: 50 }))).not.toContain(secret)
  })

  it('is worth nothing once it is over, revoked, or never was', async () => {
    const over = await make({ name: 'a', role: 'viewer', expires: '12h' })
    const revoked = await make({ name: 'b', role: 'viewer' })
    expect((await server.ask('/runs', { token: over.secret })).status).toBe(200)
    server.clock.forward(13 * 3600_000)
    await server.ask(`/tokens/${revoked.id}`, { cookie: admin, method: 'DELETE' })
    const others = [`mr_${'A'.repeat(43)}`, 'mr_', `mr_${'A'.repeat(5000)}`]
    for (const token of [over.secret, revoked.secret, ...others]) {
      const { status, headers } = await server.ask('/runs', { token })
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      // A cookie beside it does not help: a program would not notice that its token ended.
      expect((await server.ask('/runs', { token, cookie: admin })).status).toBe(401)
    }
  })

  it('may never do more than its maker may now', async () => {
    await server.makeUser('bob', 'admin')
    const bobs = await server.login('bob')
    const answer = await server.ask('/tokens', { cookie: bobs, body: { name: 'bobs', role: 'admin' } })
    const token = answer.body.secret as string
    expect((await server.ask('/users', { token })).status).toBe(200)
    await server.access.changeUser('bob', { role: 'viewer' })
    expect((await server.ask('/users', { token })).status).toBe(403)
    expect((await server.ask('/runs', { token })).status).toBe(200)
    await server.access.changeUser('bob', { isDisabled: true })
    expect((await server.ask('/runs', { token })).status).toBe(401)
    await server.access.changeUser('bob', { isDisabled: false })
    await server.access.removeUser('bob')
    expect((await server.ask('/runs', { token })).status).toBe(401)
  })

  it('changes no password', async () => {
    const { secret } = await make({ name: 'ci', role: 'admin' })
    const change = { token: secret, method: 'PUT', body: { password, newPassword: 'another long one' } }
    expect((await server.ask('/session/password', change)).code).toBe('SERVER_ROLE')
  })

  it('notes its use, at most once a minute', async () => {
    const { secret, id } = await make({ name: 'ci', role: 'viewer' })
    const used = async () => {
      await server.ask('/runs', { token: secret })
      return (await server.access.listTokens()).find((one) => one.id === id)?.lastUsedAt
    }
    const first = await used()
    server.clock.forward(30_000)
    expect(await used()).toBe(first)
    server.clock.forward(31_000)
    expect(Date.parse((await used()) ?? '') - Date.parse(first ?? '')).toBeGreaterThan(60_000)
  })

  it.each([
    [{ name: '', role: 'viewer' }, 'TOKEN_INVALID'],
    [{ name: 'a\nb', role: 'viewer' }, 'TOKEN_INVALID'],
    [{ name: 'x', role: 'viewer', expires: '-1d' }, 'TOKEN_INVALID'],
    [{ name: 'x', role: 'viewer', expires: '99999w' }, 'TOKEN_INVALID'],
    [{ name: 'x', role: 'root' }, 'SERVER_INVALID'],
  ])('%j is none', async (body, code) => expect((await make(body)).code).toBe(code))
})
