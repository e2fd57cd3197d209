import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/server/contract/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
let server: Awaited<ReturnType<typeof tests.open>>
let admin: string
const keys = Array.from({ length: 100_000 }, (_, i) => `key-${i}`)
beforeAll(async () => {
  tests = await openAccessTests()
  server = await tests.open()
  await server.makeUser('ada', 'admin')
  admin = await server.login('ada')
  await server.store.publishDefinitions(
    definitionsOf({
      assets: [assetSpec('a'), assetSpec('cut', { partitions: { type: 'static', keys } })],
      steps: ['a', 'cut'].map((key) => ({
        key,
        kind: 'typescript',
        assets: [key],
        checks: [],
        isSubsettable: false,
      })),
    }),
  )
})
afterAll(() => tests?.stop())

const writes = operations
  .filter(({ method, path }) => method !== 'get' && path !== '/logout')
  .map(({ method, path, role }) => ({
    role,
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path: path.replace(/\{\w+\}/g, 'nothing'),
  }))

/** As an admin; the answer itself must come, whatever it is. */
const send = async (path: string, body: unknown, { method = 'POST', headers = {} } = {}) =>
  server.ask(path, { method, body, cookie: admin, headers: { 'content-type': 'application/json', ...headers } })

describe.each(writes)('$name', ({ method, path, role }) => {
  it('takes no giant body', async () => {
    const { status } = await send(path, `{"selection":"${'x'.repeat(1_000_000)}"}`, { method })
    expect(status).toBe(413)
  })
  // What a signature proves takes no rights from whoever is logged in.
  if (role === 'signature') return
  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'is not done for a page of another site that sends %s',
    async (type) => {
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: `${server.url}.evil.example` },
        { origin: server.url.replace(/\d+$/, '1') },
        // Who leaves the origin out still says that it is another site.
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ])
        expect((await send(path, '{}', { method, headers: { ...headers, 'content-type': type } })).code).toBe(
          'SERVER_FORBIDDEN',
        )
    },
  )
})

describe('a body that was made to hurt', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  it.each([
    ['that is nested 400 000 times', `{"selection":"a","config":{"a":${deep(400_000)}}}`],
    ['that is nested 5 000 times', `{"selection":"a","config":{"a":${deep(5_000)}}}`],
    ['of nothing but brackets', deep(490_000)],
    ['with a prototype', '{"selection":"a","__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}'],
    ['with a number that is none', '{"selection":"a","tags":{"a":1e999}}'],
    ['with a million commas', `{"selection":"${','.repeat(900_000)}"}`],
    ['with a selection of many stars', JSON.stringify({ selection: '*a'.repeat(10_000) })],
    ['with a name that is like no other', JSON.stringify({ selection: 'x'.repeat(900_000) })],
    ['with quotes that never end', JSON.stringify({ selection: '"'.repeat(900_001) })],
    ['with many plus', JSON.stringify({ selection: `${'+'.repeat(900_000)}a` })],
  ])('%s is answered, and is no failure of the server', async (_, body) => {
    const { status } = await send('/materialize', body)
    expect(status).toBeLessThan(500)
    expect((await server.ask('/runs', { cookie: admin })).status).toBe(200)
  })
  it.each([
    [
      'a hundred thousand keys',
      keys
        .join(',')
        .slice(0, 900_000)
        .replace(/,[^,]*$/, ''),
    ],
    ['a key that is like no other', 'z'.repeat(900_000)],
    ['a range of ranges', 'key-1...key-2...key-3'.repeat(10_000)],
    ['many dimensions', 'key-1|'.repeat(100_000)],
    ['many quotes', '"'.repeat(900_001)],
  ])('%s as partitions: the same', async (_, partitions) => {
    const { status } = await send('/backfills', { selection: 'cut', partitions, dryRun: true })
    expect(status).toBeLessThan(500)
  })
})

describe('an address that was made to hurt', () => {
  it.each([
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/runs/..%2f..%2fetc%2fpasswd',
    '/runs/..%5c..%5cetc%5cpasswd/events',
    '/connections/..%2f..%2fmillrace.yaml',
    '/backfills/..%00',
    '/runs/x%0d%0aset-cookie:%20a=b',
    '/automation/x%0d%0aset-cookie:%20a=b/ticks',
    `/runs/${'x'.repeat(8_000)}`,
  ])('%s leads nowhere', async (path) => {
    const { status, headers, body } = await server.ask(path, { cookie: admin })
    expect([status, headers.get('set-cookie')]).toEqual([path.endsWith('/ticks') ? 200 : 404, null])
    expect(JSON.stringify(body)).not.toMatch(/root:|metastore/)
  })
  it('with an endless query is answered', async () => {
    const { status } = await server.ask(`/search?q=${'a%20'.repeat(2_000)}`, { cookie: admin })
    expect(status).toBe(200)
  })
  it('with endless headers is refused', async () => {
    const status = await new Promise((resolve) => {
      const asked = request(`${server.url}/api/runs`, { headers: { 'x-long': 'x'.repeat(200_000) } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', () => resolve('ended'))
      asked.end()
    })
    expect([431, 'ended']).toContain(status)
  })
})

it('browsers that listen and never read hold up nobody', async () => {
  const listeners = await Promise.all(
    Array.from(
      { length: 60 },
      () =>
        new Promise<ReturnType<typeof request>>((resolve, reject) => {
          const asked = request(`${server.url}/api/events`, { headers: { cookie: admin } }, (response) => {
            // Not a byte is read.
            response.pause()
            resolve(asked)
          })
          asked.on('error', reject)
          asked.end()
        }),
    ),
  )
  try {
    for (let i = 0; i < 60; i++) await server.store.setAutomation('x', 'sensor', i % 2 === 0)
    expect((await server.ask('/runs', { cookie: admin })).status).toBe(200)
  } finally {
    for (const one of listeners) {
      one.on('error', () => {})
      one.destroy()
    }
  }
})
