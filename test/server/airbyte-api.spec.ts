import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connection, definitionsOf, startNext, syncStep } from './airbyte-project.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

const base = '/api/public/v1'
const uuid = /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const nothing = '00000000-0000-4000-8000-000000000000'
const files = { sourceConnector: 'file', destinationConnector: 'file', destinationSchema: undefined }
const all = [
  connection('shop', { schedule: { name: 'sync_shop', cron: '30 4 * * 1-5', timezone: 'Europe/Berlin' } }),
  connection('crm'),
  connection('out', { ...files, yaml: 'name: out\n', schemaChanges: undefined }),
]

async function open(connections = all) {
  const warehouse = { type: 'duckdb', path: '/data/flights.duckdb', isOpen: true }
  const connectors = [
    { name: 'postgres', title: 'PostgreSQL', kind: 'source', version: '1.0.0', spec: { type: 'object' } },
  ]
  const engine = {
    health: async () => ({ warehouse }),
    sources: async () => connectors,
    destinations: async () => [{ ...connectors[0], name: 'warehouse', title: 'Warehouse', kind: 'destination' }],
    discoverConnection: async () => [
      {
        name: 'orders',
        supportedSyncModes: ['full_refresh', 'incremental'],
        defaultCursorField: ['at'],
        sourceDefinedPrimaryKey: [['id']],
        jsonSchema: { properties: { id: { type: 'integer' }, at: { type: 'string' } } },
      },
    ],
  }
  const server = await tests.open({}, { engine })
  await server.store.publishDefinitions(definitionsOf(connections))
  const get = async <T = Record<string, never>>(path: string) => (await server.askAirbyte(`${base}${path}`)).body as T
  const list = await get<{ data: { connectionId: string; name: string; destinationId: string; sourceId: string }[] }>(
    '/connections?limit=100',
  )
  const idOf = (name: string) => list.data.find((one) => one.name === name)?.connectionId as string
  return { ...server, get, list, idOf, ids: Object.fromEntries(list.data.map((one) => [one.name, one.connectionId])) }
}

describe('connections', () => {
  it('are shown as a source, a destination and what joins them, under ids that stay', async () => {
    const { get, list, idOf } = await open()
    const [shop, crm, out] = list.data
    expect([shop?.connectionId, shop?.sourceId, shop?.destinationId].every((id) => uuid.test(id ?? ''))).toBe(true)
    expect([shop?.destinationId === crm?.destinationId, shop?.destinationId === out?.destinationId]).toEqual([
      true,
      false,
    ])
    expect(shop?.sourceId).not.toBe(crm?.sourceId)
    expect(await get(`/connections/${idOf('shop')}`)).toMatchObject({
      name: 'shop',
      status: 'active',
      schedule: { scheduleType: 'cron', cronExpression: '0 30 4 ? * MON-FRI Europe/Berlin' },
      nonBreakingSchemaUpdatesBehavior: 'disable_connection',
      namespaceDefinition: 'destination',
      prefix: 'p_',
      tags: [],
      configurations: {
        streams: [
          {
            name: 'orders',
            syncMode: 'incremental_deduped_history',
            cursorField: ['at'],
            primaryKey: [['id']],
            selectedFields: [{ fieldPath: ['id'] }, { fieldPath: ['total'] }],
          },
        ],
      },
    })
    const again = await open([...all].reverse())
    expect(again.ids).toEqual(Object.fromEntries(list.data.map((one) => [one.name, one.connectionId])))
  })

  it('come with their ends, whose secrets stay where they are', async () => {
    const { get, list } = await open()
    const source = await get<Record<string, unknown>>(`/sources/${list.data[0]?.sourceId}`)
    expect(source).toMatchObject({ name: 'shop', sourceType: 'postgres', configuration: { host: 'db.example' } })
    expect(JSON.stringify(source)).not.toContain('PASSWORD')
    expect(await get(`/destinations/${list.data[0]?.destinationId}`)).toMatchObject({
      destinationType: 'duckdb',
      configuration: { database: 'flights', schema: 'raw' },
    })
    expect(await get('/destinations')).toMatchObject({ data: [{ name: 'warehouse.raw' }, { name: 'file' }] })
  })

  it('are given in pages, each with the address of the next', async () => {
    const { get, askAirbyte } = await open(Array.from({ length: 45 }, (_, i) => connection(`c${i}`)))
    const names: string[] = []
    let path = `${base}/connections?limit=20`
    for (let pages = 0; path !== '' && pages < 9; pages++) {
      const { body } = await askAirbyte(path)
      const { data, next } = body as { data: { name: string }[]; next: string }
      names.push(...data.map(({ name }) => name))
      path = next.replace('http://localhost:8000', '')
    }
    expect(names).toEqual(Array.from({ length: 45 }, (_, i) => `c${i}`))
    expect(await get('/connections?limit=20&offset=40')).toMatchObject({
      next: '',
      previous: `http://localhost:8000${base}/connections?limit=20&offset=20`,
    })
    for (const limit of ['0', '101', 'x', '1.5'])
      expect(await askAirbyte(`${base}/connections?limit=${limit}`)).toMatchObject({ status: 400, code: 'bad-request' })
  })

  it('of another workspace are none', async () => {
    const { get, askAirbyte } = await open()
    const { data } = await get<{ data: { workspaceId: string; name: string }[] }>('/workspaces')
    expect(data).toMatchObject([{ name: 'test', dataResidency: 'auto' }])
    expect(await get(`/connections?workspaceIds=${nothing}`)).toMatchObject({ data: [] })
    expect(await get(`/connections?workspaceIds=${data[0]?.workspaceId}`)).toMatchObject({ data: [{}, {}, {}] })
    expect((await askAirbyte(`${base}/workspaces/${nothing}`)).status).toBe(404)
  })

  it('become inactive with their schedule, and what else is asked with it is refused as a whole', async () => {
    const { idOf, askAirbyte, store } = await open()
    const patch = (name: string, body: object) =>
      askAirbyte(`${base}/connections/${idOf(name)}`, { method: 'PATCH', body })
    expect((await patch('shop', { status: 'inactive' })).body.status).toBe('inactive')
    expect(await store.automationState('sync_shop')).toMatchObject({ isOn: false })
    expect((await patch('shop', { status: 'active' })).body.status).toBe('active')
    expect(await patch('crm', { status: 'inactive' })).toMatchObject({ status: 501 })
    const refused = await patch('shop', { name: 'other', status: 'inactive' })
    expect(refused).toMatchObject({ status: 422, code: 'unprocessable-entity' })
    expect(refused.body.detail).toContain('extract_load/shop.yaml')
    expect(await store.automationState('sync_shop')).toMatchObject({ isOn: true })
  })
})

describe('jobs', () => {
  const post = (server: Awaited<ReturnType<typeof open>>, connectionId: string, jobType: string) =>
    server.askAirbyte(`${base}/jobs`, { body: { connectionId, jobType } })

  it('go from pending to succeeded, with what they loaded', async () => {
    const server = await open()
    const { get, idOf, store } = server
    const { body, status } = await post(server, idOf('shop'), 'sync')
    expect([status, body.status, body.jobType, body.connectionId]).toEqual([200, 'pending', 'sync', idOf('shop')])
    expect(Number.isInteger(body.jobId)).toBe(true)
    const statusNow = async () => (await get<{ status: string }>(`/jobs/${body.jobId}`)).status
    const run = await startNext(server, [syncStep('shop')])
    expect((await store.getRun(run.run.id))?.selection).toBe('raw/shop_orders')
    await run.change('sync:shop', 'running')
    expect(await statusNow()).toBe('running')
    await run.change('sync:shop', 'retrying')
    expect(await statusNow()).toBe('incomplete')
    await run.loaded('sync:shop', 'raw/shop_orders', 7, 70)
    await run.change('sync:shop', 'succeeded')
    await run.end('succeeded')
    expect(await get(`/jobs/${body.jobId}`)).toMatchObject({ status: 'succeeded', rowsSynced: 7, bytesSynced: 70 })
  })

  it.each([
    ['sync', 'sync', {}],
    ['refresh', 'refresh', { fullRefresh: true, clearData: false }],
    ['clear', 'clear', { fullRefresh: false, clearData: true }],
    ['reset', 'clear', { clearData: true }],
  ] as const)('%s is a run of its kind', async (asked, shown, run) => {
    const server = await open()
    expect((await post(server, server.idOf('shop'), asked)).body.jobType).toBe(shown)
    expect((await server.store.listRuns({ limit: 1 }))[0]).toMatchObject({ ...run, selection: 'raw/shop_orders' })
  })

  it('one at a time: a second one is a conflict, also of two who ask at once', async () => {
    const server = await open()
    const both = await Promise.all([1, 2].map(() => post(server, server.idOf('shop'), 'sync')))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = both.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ status: 409, title: 'state-conflict' })
    expect((await post(server, server.idOf('crm'), 'sync')).status).toBe(200)
    expect(await server.store.listRuns({ limit: 9 })).toHaveLength(2)
  })

  it('are cancelled with their run, unless it makes more', async () => {
    const server = await open()
    const { body } = await post(server, server.idOf('shop'), 'sync')
    const cancelled = await server.askAirbyte(`${base}/jobs/${body.jobId}`, { method: 'DELETE' })
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    await server.store.requestRun({ selection: '*', trigger: { type: 'schedule', name: 'nightly' } })
    const run = await startNext(server, [syncStep('shop'), syncStep('crm')])
    await run.change('sync:crm', 'running')
    const { data } = await server.get<{ data: { jobId: number; connectionId: string }[] }>('/jobs?status=running')
    expect(data).toMatchObject([{ connectionId: server.idOf('crm') }])
    const refused = await server.askAirbyte(`${base}/jobs/${data[0]?.jobId}`, { method: 'DELETE' })
    expect([refused.status, refused.code]).toEqual([409, 'state-conflict'])
    expect((await server.store.getRun(run.run.id))?.status).toBe('running')
  })

  it('are found by connection, type, status and time, in the order that is asked for', async () => {
    const server = await open()
    const { get, idOf } = server
    const shop = (await post(server, idOf('shop'), 'sync')).body.jobId
    const crm = (await post(server, idOf('crm'), 'clear')).body.jobId
    const found = async (query: string) =>
      (await get<{ data: { jobId: number }[] }>(`/jobs?${query}`)).data.map(({ jobId }) => jobId)
    expect(await found('')).toEqual([crm, shop])
    expect(await found('orderBy=createdAt|ASC')).toEqual([shop, crm])
    expect(await found(`connectionId=${idOf('crm')}`)).toEqual([crm])
    expect(await found('jobType=sync')).toEqual([shop])
    expect(await found('status=succeeded')).toEqual([])
    expect(await found('createdAtStart=2000-01-01T00:00:00Z')).toEqual([crm, shop])
    expect(await found('createdAtEnd=2000-01-01T00:00:00Z')).toEqual([])
    for (const query of ['jobType=check', 'status=odd', 'createdAtStart=soon', 'orderBy=name|UP', 'connectionId=shop'])
      expect(await server.askAirbyte(`${base}/jobs?${query}`)).toMatchObject({ status: 400, code: 'bad-request' })
    for (const id of ['999', '0', '-1', 'x', '1e99'])
      expect([id, (await server.askAirbyte(`${base}/jobs/${id}`)).status]).toEqual([id, 404])
  })
})

it('connectors and streams are told', async () => {
  const { get, list } = await open()
  const { data } = await get<{ data: { workspaceId: string }[] }>('/workspaces')
  const path = `/workspaces/${data[0]?.workspaceId}/definitions/sources`
  const found = await get<{ data: { id: string }[] }>(path)
  expect(found.data).toMatchObject([{ name: 'PostgreSQL', dockerRepository: 'millrace/source-postgres' }])
  expect(await get(`${path}/${found.data[0]?.id}`)).toMatchObject({ name: 'PostgreSQL', dockerImageTag: '1.0.0' })
  expect(await get(`/streams?sourceId=${list.data[0]?.sourceId}`)).toMatchObject([
    { streamName: 'orders', sourceDefinedPrimaryKey: [['id']], propertyFields: [['id'], ['at']] },
  ])
})

it('what is wrong is told as a problem of RFC 9457, with what to do', async () => {
  const { askAirbyte, idOf } = await open()
  const { status, body } = await askAirbyte(`${base}/connections/${nothing}`)
  expect([status, body]).toEqual([
    404,
    {
      status: 404,
      type: 'https://reference.airbyte.com/reference/errors#resource-not-found',
      title: 'resource-not-found',
      detail: `There is no connection ${nothing}. Ids are made of names: what was renamed has another one.`,
      documentationUrl: null,
      data: expect.objectContaining({ resourceType: 'connection', resourceId: nothing }),
    },
  ])
  for (const [path, init, expected] of [
    ['/connections/shop', {}, 400],
    ['/jobs', { body: '{' }, 400],
    ['/jobs', { body: { connectionId: idOf('shop') } }, 400],
    ['/jobs', { body: { connectionId: nothing, jobType: 'sync' } }, 404],
    ['/nothing', {}, 404],
    ['/sources', { body: {} }, 400],
    ['/users', {}, 501],
    ['/permissions', {}, 501],
    ['/connections/%00', {}, 404],
    ['/jobs', { body: 'x'.repeat(1_000_001) }, 413],
  ] as const)
    expect([path, (await askAirbyte(`${base}${path}`, init)).status]).toEqual([path, expected])
})

it.each([
  ['/', '/connections'],
  ['/connectors', '/connectors'],
  ['/workspaces/1/connections/2/status', '/connections'],
  ['/workspaces/1/source/new-source', '/connectors'],
  ['/workspaces/1/destination/2', '/connectors?kind=destination'],
])('a browser that asks for %s is led to our page', async (asked, page) => {
  const { airbyteApp } = await open()
  const response = await airbyteApp.request(`http://localhost:8000${asked}`, { headers: { host: 'localhost:8000' } })
  expect([response.status, response.headers.get('location')]).toEqual([302, `http://localhost:3000${page}`])
})

it('the older API tells of a connection with its columns, and of a job with its log', async () => {
  const server = await open()
  const old = (path: string, body: object) => server.askAirbyte(`/api/v1${path}`, { body })
  const connectionId = server.idOf('shop')
  const asked = (await old('/connections/sync', { connectionId })).body as { job: { id: number } }
  const run = await startNext(server, [syncStep('shop')])
  await run.change('sync:shop', 'running')
  await server.store.record(run.lease, {
    events: [
      {
        type: 'asset_materialized',
        step: 'sync:shop',
        asset: 'raw/shop_orders',
        metadata: {
          rows_committed: 7,
          bytes_read: 70,
          columns: {
            type: 'columns',
            columns: [
              { name: 'id', type: 'BIGINT' },
              { name: 'note', type: 'VARCHAR' },
            ],
          },
        },
      },
      { type: 'log', step: 'sync:shop', level: 'info', message: 'read 7 rows' },
    ],
    steps: [],
  })
  await run.change('sync:shop', 'failed')
  await run.end('failed')
  expect((await old('/jobs/get', { id: asked.job.id })).body).toMatchObject({
    job: { id: asked.job.id, configType: 'sync', configId: connectionId, status: 'failed' },
    attempts: [
      {
        attempt: {
          status: 'failed',
          recordsSynced: 7,
          streamStats: [{ streamName: 'orders', stats: { recordsEmitted: 7, bytesEmitted: 70 } }],
        },
        logs: { logLines: ['read 7 rows'] },
      },
    ],
  })
  expect((await old('/jobs/list', { configTypes: ['sync'], configId: connectionId })).body).toMatchObject({
    jobs: [{ job: { id: asked.job.id }, attempts: [{ status: 'failed' }] }],
  })
  expect((await old('/connections/get', { connectionId })).body).toMatchObject({
    name: 'shop',
    scheduleData: { cron: { cronExpression: '0 30 4 ? * MON-FRI', cronTimeZone: 'Europe/Berlin' } },
    syncCatalog: {
      streams: [
        {
          stream: { name: 'orders', jsonSchema: { properties: { id: { type: 'integer' }, note: { type: 'string' } } } },
          config: { selected: true, syncMode: 'incremental', destinationSyncMode: 'append_dedup' },
        },
      ],
    },
  })
  expect((await old('/connections/create', {})).status).toBe(501)
  expect((await old('/jobs/get', { id: 'x' })).status).toBe(400)
})
