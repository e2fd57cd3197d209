import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hashSecret, mayActAs, newTokenSecret, type Role, roles } from '../../src/access/index.js'
import { newId } from '../../src/base/index.js'
import { ledToPage } from '../../src/server/airbyte-api/app.js'
import {
  configurationBase,
  configurationCalls,
  notOfferedCalls,
  notOfferedConfiguration,
  publicBase,
  publicCalls,
} from '../../src/server/airbyte-api/operations.js'
import { connection, definitionsOf } from './airbyte-project.js'
import { openAccessTests, password } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

const open = async () => {
  const server = await tests.open()
  await server.store.publishDefinitions(definitionsOf([connection('shop')]))
  const token = async (name: string, role: Role, expiresAt?: Date) => {
    const secret = newTokenSecret()
    await server.access.createToken({ id: newId(), name, role, secretHash: hashSecret(secret), expiresAt })
    return secret
  }
  const basic = (name: string, given: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`${name}:${given}`).toString('base64')}` },
  })
  const askToken = (client_id: string, client_secret: string) =>
    server.askAirbyte(`${publicBase}/applications/token`, { body: { client_id, client_secret } })
  return { ...server, token, basic, askToken }
}

const routes = [
  ...[...publicCalls, ...notOfferedCalls.map(([method, path]) => [method, path, 'viewer'] as const)].map(
    ([method, path, role]) => [method, `${publicBase}${path}`, role] as const,
  ),
  ...[...configurationCalls, ...notOfferedConfiguration.map(([method, path]) => [method, path, 'viewer'] as const)].map(
    ([method, path, role]) => [method, `${configurationBase}${path}`, role] as const,
  ),
]

it('every call is answered to whom it is meant for, and to nobody else', async () => {
  const server = await open()
  await server.makeUser('ada', 'admin')
  const tokens = new Map<string, string>()
  for (const role of roles) tokens.set(role, await server.token(role, role))
  expect(routes.length).toBeGreaterThan(80)
  for (const [method, path, role] of routes) {
    const at = path.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000')
    const send = async (token?: string) =>
      (await server.askAirbyte(at, { method, ...(method === 'GET' ? {} : { body: '{}' }), token: token ?? '' })).status
    const isPublic = role === 'public'
    expect([method, path, isPublic || (await send()) === 401]).toEqual([method, path, true])
    for (const [name, token] of tokens) {
      const isRefused = [401, 403].includes(await send(token))
      expect([method, path, name, isRefused]).toEqual([
        method,
        path,
        name,
        !isPublic && role !== 'signature' && !mayActAs(name as Role, role),
      ])
    }
  }
})

it('every route of the two is in the list, which says whom it is for', async () => {
  const { airbyteApp } = await open()
  const listed = new Set(routes.map(([method, path]) => `${method} ${path}`))
  const isPage = (path: string) => ledToPage.some(([led]) => led === path)
  const found = airbyteApp.routes.filter(({ method, path }) => method !== 'ALL' && !isPage(path))
  expect(found.length).toBeGreaterThan(80)
  expect(found.map(({ method, path }) => `${method} ${path}`).filter((one) => !listed.has(one))).toEqual([])
})

describe('tokens', () => {
  it('are asked for by name or id and secret, and open what they may', async () => {
    const server = await open()
    await server.makeUser('ada', 'admin')
    const secret = await server.token('ci', 'viewer', new Date(Date.now() + 90_000))
    const [known] = await server.access.listTokens()
    for (const id of ['ci', known?.id as string]) {
      const { status, body } = await server.askToken(id, secret)
      expect([status, body]).toEqual([
        200,
        { access_token: secret, token_type: 'Bearer', expires_in: expect.toSatisfy((n: number) => n > 60 && n <= 90) },
      ])
    }
    const form = `grant_type=client_credentials&client_id=ci&client_secret=${secret}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const asForm = await server.askAirbyte(`${configurationBase}/applications/token`, { body: form, headers })
    expect(asForm.body.access_token).toBe(secret)
    for (const [id, given] of [
      ['other', secret],
      ['ci', newTokenSecret()],
      ['ci', 'open'],
    ] as const)
      expect((await server.askToken(id, given)).status).toBe(401)
    expect((await server.askAirbyte(`${publicBase}/connections`, { token: secret })).status).toBe(200)
    expect((await server.askAirbyte(`${publicBase}/jobs`, { token: secret, body: {} })).status).toBe(403)
    expect((await server.askAirbyte(`${publicBase}/applications/token`, { body: '{"client_id": "ci"}' })).status).toBe(
      400,
    )
  })

  it('are made and revoked as applications, whose secret is told once', async () => {
    const server = await open()
    await server.makeUser('ada', 'admin')
    const admin = await server.token('root', 'admin')
    const ask = (path: string, init = {}) => server.askAirbyte(`${publicBase}${path}`, { token: admin, ...init })
    const made = (await ask('/applications', { body: { name: 'dagster' } })).body as Record<string, string>
    expect((await server.askToken(made.clientId as string, made.clientSecret as string)).status).toBe(200)
    const { body } = await ask('/applications')
    expect(body.applications).toMatchObject([
      { name: 'dagster', clientSecret: '' },
      { name: 'root', clientSecret: '' },
    ])
    expect(JSON.stringify(body)).not.toContain(made.clientSecret)
    expect((await ask(`/applications/${made.id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await server.askToken('dagster', made.clientSecret as string)).status).toBe(401)
    expect((await ask(`/applications/${made.id}`)).status).toBe(404)
  })

  it('are not needed while there is no login', async () => {
    const { askToken, askAirbyte } = await open()
    const { body } = await askToken('any', 'thing')
    expect(body).toMatchObject({ token_type: 'Bearer' })
    expect((await askAirbyte(`${publicBase}/connections`, { token: String(body.access_token) })).status).toBe(200)
    expect((await askAirbyte(`${publicBase}/connections`)).status).toBe(200)
  })
})

describe('name and password', () => {
  it('open what the user may, until the password is another', async () => {
    const server = await open()
    await server.makeUser('root', 'admin')
    await server.makeUser('ada', 'viewer')
    const get = (init: object) => server.askAirbyte(`${publicBase}/connections`, init)
    expect((await get(server.basic('ada', password))).status).toBe(200)
    expect((await get(server.basic('ada', password))).status).toBe(200)
    expect((await get(server.basic('ada', 'another one'))).status).toBe(401)
    expect((await get(server.basic('bob', password))).status).toBe(401)
    expect((await get({ headers: { authorization: 'Basic ????' } })).status).toBe(401)
    const refused = await server.askAirbyte(`${publicBase}/jobs`, { body: {}, ...server.basic('ada', password) })
    expect([refused.status, refused.code]).toEqual([403, 'forbidden'])
    await server.access.changeUser('ada', { passwordHash: 'scrypt$1024$8$1$c2FsdA$c2FsdA' })
    expect((await get(server.basic('ada', password))).status).toBe(401)
  })

  it('are slowed down where they are wrong, with those of the page', async () => {
    const server = await open()
    await server.makeUser('root', 'admin')
    await server.makeUser('ada', 'viewer')
    const get = () => server.askAirbyte(`${publicBase}/connections`, server.basic('ada', 'wrong password'))
    const statuses: number[] = []
    for (let i = 0; i < 7; i++) statuses.push((await get()).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect((await server.ask('/login', { body: { name: 'ada', password } })).status).toBe(429)
  })

  it('a token may stand where the password does', async () => {
    const server = await open()
    await server.makeUser('ada', 'admin')
    const secret = await server.token('ci', 'viewer')
    expect((await server.askAirbyte(`${publicBase}/connections`, server.basic('x', secret))).status).toBe(200)
  })
})

it('other sites and other hosts are refused, and who did what is noted', async () => {
  const server = await open()
  const connectionId = (
    (await server.askAirbyte(`${publicBase}/connections`)).body.data as { connectionId: string }[]
  )[0]?.connectionId
  const body = { connectionId, jobType: 'sync' }
  const from = (headers: Record<string, string>) => server.askAirbyte(`${publicBase}/jobs`, { body, headers })
  for (const headers of [
    { host: 'evil.example' },
    { origin: 'http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ])
    expect(await from(headers)).toMatchObject({ status: 403, code: 'forbidden' })
  expect(await server.store.listRuns({ limit: 1 })).toEqual([])
  expect((await from({})).status).toBe(200)
  const [noted] = await server.access.listAudit({ limit: 1 })
  expect(noted).toMatchObject({ action: 'POST /jobs', outcome: '200' })
  expect(noted?.what).toMatch(/^\/jobs: run [\w-]+; sync of shop$/)
})
