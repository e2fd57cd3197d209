import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connection, definitionsOf, startNext, syncStep } from './airbyte-project.js'
import { openAccessTests } from './open-access.js'

interface Recorded {
  readonly client: string
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: string
  readonly status: number
  /** What stood in the answer that the client took. */
  readonly keys?: readonly string[]
}

/** What the real clients asked for, in their order. Names stand where ids were. */
const { recorded, requests } = JSON.parse(
  readFileSync(new URL('../golden/airbyte-clients/requests.json', import.meta.url), 'utf8'),
) as { recorded: string; requests: readonly Recorded[] }
const clients = [...new Set(requests.map(({ client }) => client))]

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterAll(() => tests.stop())

it(`stand for three clients: ${recorded}`, () => expect(clients).toHaveLength(3))

it.each(clients)('what %s asks is answered with what it takes', async (client) => {
  const engine = {
    health: async () => ({ warehouse: { type: 'duckdb', path: '/x/warehouse.duckdb', isOpen: true } }),
    sources: async () => [{ name: 'file', title: 'Files', kind: 'source', version: '1.0.0', spec: {} }],
    discoverConnection: async () => [
      {
        name: 'orders',
        supportedSyncModes: ['full_refresh'],
        defaultCursorField: [],
        sourceDefinedPrimaryKey: [],
        jsonSchema: {},
      },
    ],
  }
  const server = await tests.open({}, { engine })
  await server.store.publishDefinitions(definitionsOf([connection('incoming')]))
  const ask = async (one: Omit<Recorded, 'client' | 'status'>) =>
    server.askAirbyte(one.path, {
      method: one.method,
      ...(one.body === undefined ? {} : { body: one.body }),
      headers: one.contentType === undefined ? {} : { 'content-type': one.contentType },
    })
  const found = await ask({ method: 'GET', path: '/api/public/v1/connections' })
  const [one] = found.body.data as Record<string, string>[]
  let job = 0
  const filled = (text: string) =>
    text
      .replaceAll('"{job}"', String(job))
      .replaceAll('{job}', String(job))
      .replaceAll('{connection}', one?.connectionId as string)
      .replaceAll('{workspace}', one?.workspaceId as string)
      .replaceAll('{destination}', one?.destinationId as string)
      .replaceAll('{source}', one?.sourceId as string)

  for (const request of requests.filter((each) => each.client === client)) {
    const { body: text } = request
    const { status, body } = await ask({
      ...request,
      path: filled(request.path),
      ...(text === undefined ? {} : { body: filled(text) }),
    })
    expect([request.method, request.path, status]).toEqual([request.method, request.path, request.status])
    if (request.keys) expect(Object.keys(body)).toEqual(expect.arrayContaining([...request.keys]))
    const made = (body.jobId ?? (body.job as { id?: number } | undefined)?.id) as number | undefined
    if (request.method === 'DELETE' || made === undefined || made === job) continue
    job = made
    // The next one is asked for when this one has ended, unless it is to be cancelled.
    const next = requests[requests.indexOf(request) + 1]
    if (next?.method === 'DELETE') continue
    const run = await startNext(server, [syncStep('incoming')])
    await run.change('sync:incoming', 'succeeded')
    await run.end('succeeded')
  }
  expect(job).toBeGreaterThan(0)
})
