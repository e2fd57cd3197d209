import { mkdir } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  checkConnection,
  connectorProblem,
  discoverConnection,
  keptStates,
  previewConnectionStreams,
} from '../../src/extract-load/index.js'
import { ShopApi, shopManifest } from '../support/shop-api.js'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
let api: ShopApi
beforeEach(async () => {
  bench = await SyncBench.open()
  api = await ShopApi.start()
})
afterEach(async () => {
  await bench.close()
  await api.close()
})

const order = (id: number, day: number, more: object = {}) => ({
  id,
  amount: id * 1.5,
  updated_at: `2026-01-${String(day).padStart(2, '0')}`,
  ...more,
})

/** Adds the manifest as the connector `shop`, and answers a source that reads with it. */
async function shop(config: Readonly<Record<string, unknown>> = {}, manifest = shopManifest()): Promise<string> {
  await mkdir(bench.path('el/connectors/shop'), { recursive: true })
  await bench.write('el/connectors/shop/manifest.yaml', manifest)
  return `{ connector: shop, config: ${JSON.stringify({ url: api.url, end: '2026-01-10', ...config })} }`
}

const customersLoader =
  'InlineSchemaLoader\n      schema: { type: object, properties: { id: { type: integer }, name: { type: [string, "null"] } } }'
const limits = { records: 9, slices: 9, pagesPerSlice: 9 }
const orders = 'select id, amount from raw.orders order by id'
const dedup = '{ orders: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id } }'

it('streams are loaded in the types of their schemas, numbers to the last digit', async () => {
  api.orders = [order(1, 1, { address: { city: 'Lima', score: 1 } }), order(2, 2), order(3, 3, { more: 'unknown' })]
  const [read, customers] = await bench.syncStreams(await shop(), '{ orders: {}, customers: {} }')
  expect([read, customers]).toMatchObject([
    { status: 'succeeded', recordsRead: 3, tableRows: 3 },
    { status: 'succeeded', recordsRead: 2 },
  ])
  expect(bench.warnings).toEqual([expect.stringContaining('the schema of orders in the manifest lacks `more`')])
  expect(await bench.query('select id, amount, address, updated_at::varchar from raw.orders order by id')).toEqual([
    [1, 1.5, '{"city":"Lima","score":1}', '2026-01-01'],
    [2, 3, null, '2026-01-02'],
    [3, 4.5, null, '2026-01-03'],
  ])
  expect(await bench.query('select id, name from raw.customers order by id')).toEqual([
    [2, null],
    [9007199254740993n, 'Ada'],
  ])
})

it('records at a path that the answer lacks are a warning of the sync and of the check; an empty list is none', async () => {
  api.orders = [order(1, 1)]
  const wrong = shopManifest().replaceAll(/field_path: \[[^\]]*\]/g, 'field_path: [itemz]')
  expect(wrong).not.toBe(shopManifest())
  const why = expect.stringMatching(/^.*The answer has no `itemz`; it has: /)
  const source = await shop({}, wrong)
  expect(await bench.syncStreams(source, '{ orders: {} }')).toMatchObject([{ status: 'succeeded', note: why }])
  expect(bench.warnings).toEqual([why])
  const connection = await bench.connect(source, '{ orders: {} }')
  const { warnings } = await checkConnection({ connection, projectDir: bench.dir })
  expect(warnings).toEqual([why])
  api.orders = []
  const [empty] = await bench.syncStreams(await shop(), '{ orders: {} }')
  expect([empty?.status, empty?.note]).toEqual(['succeeded', undefined])
  expect(bench.warnings).toHaveLength(1)
})

it('values that do not fit their column are NULL, and it is said of which fields', async () => {
  api.orders = [order(1, 1, { amount: 'EUR 40' }), order(2, 2, { amount: 'free' }), order(3, 3)]
  expect(await bench.syncStreams(await shop(), '{ orders: {} }')).toMatchObject([{ status: 'succeeded', tableRows: 3 }])
  expect(await bench.query(orders)).toEqual([
    [1, null],
    [2, null],
    [3, 4.5],
  ])
  expect(bench.warnings).toEqual([expect.stringContaining('2 values of `amount` did not fit the column and are NULL')])
})

it('an incremental stream goes on from its state, and a changed row takes the place of the former one', async () => {
  api.orders = [order(1, 1), order(2, 4)]
  expect(await bench.syncStreams(await shop(), dedup)).toMatchObject([{ status: 'succeeded', recordsRead: 2 }])
  api.asked.length = 0
  api.orders = [order(1, 1), order(2, 5, { amount: 7 }), order(3, 6)]
  expect(await bench.syncStreams(await shop(), dedup)).toMatchObject([{ status: 'succeeded' }])
  expect(api.asked[0]).toContain('since=2026-01-04')
  expect(await bench.query(orders)).toEqual([
    [1, 1.5],
    [2, 7],
    [3, 4.5],
  ])
})

it('a preview begins where the next sync goes on; a stream that is read anew begins at the start', async () => {
  api.orders = [order(1, 1), order(2, 4)]
  const streams = '{ orders: { sync_mode: incremental, destination_sync_mode: append }, customers: {} }'
  const connection = await bench.connect(await shop(), streams)
  await bench.syncStreams(await shop(), streams)
  api.asked.length = 0
  const options = { connection, projectDir: bench.dir, warehouse: bench.warehouse }
  const states = await keptStates(options)
  expect(states).toEqual({ orders: { updated_at: '2026-01-04' } })
  const { streams: shown } = await previewConnectionStreams(options, { streams: ['orders'], states, limits })
  expect(shown).toMatchObject([{ begin: states.orders, records: [{ id: 2 }] }])
  expect(api.asked[0]).toContain('since=2026-01-04')
})

it('a stream that fails says which request it was; the others are loaded', async () => {
  api.orders = [order(1, 1)]
  const source = await shop({ url: '${SHOP_URL}', end: '${END:-2026-01-10}' })
  const env = { SHOP_URL: api.url }
  const results = await bench.syncStreams(source, '{ secrets: {}, orders: {}, customers: {} }', { env })
  expect(results.map(({ stream, status }) => [stream, status])).toEqual([
    ['secrets', 'failed'],
    ['orders', 'succeeded'],
    ['customers', 'succeeded'],
  ])
  expect(results[0]?.error).toMatchObject({
    code: 'API_REFUSED',
    message: expect.stringContaining('403'),
    hint: expect.stringMatching(
      / The settings of the source name SHOP_URL \(of the environment\), END \(its default\)\.$/,
    ),
  })
  expect(await bench.query('select count(*) from raw.customers')).toEqual([[2]])
})

it('a preview and a discovery whose source refuses its settings name the variables of them', async () => {
  const hint = expect.stringMatching(/The settings of the source name SHOP_URL \(of the environment\)\.$/)
  const connect = async (manifest?: string) => {
    const source = await shop({ url: '${SHOP_URL}' }, manifest)
    const connection = await bench.connect(source, '{ secrets: {} }', undefined, { SHOP_URL: api.url })
    return { connection, projectDir: bench.dir }
  }
  const { streams } = await previewConnectionStreams(await connect(), { streams: ['secrets'], limits })
  expect(streams).toMatchObject([{ error: { code: 'API_REFUSED', hint } }])
  const asksForItsSchema = `DynamicSchemaLoader
      retriever: { $ref: "#/definitions/retriever" }
      schema_type_identifier: { key_pointer: [name] }`
  api.instead = (_path, _request, response) => Boolean(response.writeHead(403).end('{}'))
  const options = await connect(shopManifest().replace(customersLoader, asksForItsSchema))
  await expect(discoverConnection(options)).rejects.toMatchObject({ code: 'API_REFUSED', hint })
  const { error } = await checkConnection(options)
  expect(error?.hint?.match(/SHOP_URL/g)).toHaveLength(1)
})

it('whatever schema a preview offers of records, they are loaded with it to the last value', async () => {
  const times = ['', 'T03:04', ' 23:59:59', 'T03:04:05.1234567', 'T24:00:00', 'T99:99:99', 'T03:04:60'].flatMap(
    (time) => ['', 'Z', '+02:00', '-0930', '+14:00', '+99:00'].map((zone) => `${time}${zone}`),
  )
  const texts = ['2026-01-02', '2024-02-29', '2026-02-31', '0001-01-01', '9999-12-31'].flatMap((day) =>
    times.map((time) => `${day}${time}`),
  )
  const record = Object.fromEntries(texts.map((text, i) => [`c${i}`, text]))
  api.instead = (_path, _request, response) => Boolean(response.end(JSON.stringify({ data: [record] })))
  const connection = await bench.connect(await shop(), '{ customers: {} }')
  const preview = await previewConnectionStreams(
    { connection, projectDir: bench.dir },
    { streams: ['customers'], limits },
  )
  const schema = preview.streams[0]?.inferredSchema
  expect(JSON.stringify(schema).match(/"date-time"/g)?.length).toBeGreaterThan(40)
  const loader = `InlineSchemaLoader\n      schema: ${JSON.stringify(schema)}`
  await bench.syncStreams(await shop({}, shopManifest().replace(customersLoader, loader)), '{ customers: {} }')
  expect(bench.warnings).toEqual([])
  const columns = Object.keys(record)
  const [row] = await bench.query(`select ${columns.join(', ')} from raw.customers`)
  expect(columns.flatMap((name, i) => (row?.[i] == null ? [record[name]] : []))).toEqual([])
})

it.each([
  ['text/html', '<!DOCTYPE html><p>Please log in: t0p-secret</p>', 'API_ANSWER_INVALID', 'a page of HTML'],
  ['application/json', '[{"id": 1}, {"id"', 'API_UNAVAILABLE', 'breaks off after 17 characters'],
])('an answer of %s that cannot be read leaves the table as it is', async (type, body, code, words) => {
  await bench.syncStreams(await shop(), '{ customers: {} }')
  api.instead = (path, _request, response) => {
    if (path !== '/customers') return false
    response.writeHead(200, { 'content-type': type }).end(body)
    return true
  }
  const [result] = await bench.syncStreams(await shop({ token: 't0p-secret' }), '{ customers: {} }')
  expect(result).toMatchObject({ status: 'failed', error: { code, message: expect.stringContaining(words) } })
  expect(JSON.stringify(result?.error)).not.toContain('t0p-secret')
  expect(await bench.query('select count(*) from raw.customers')).toEqual([[2]])
})

it('a broken manifest is told of the connector, in words and paths of the project', async () => {
  await shop({}, shopManifest().replace('DpathExtractor', 'DpathExtracter'))
  const place = { projectDir: bench.dir, folder: bench.path('el') }
  const file = 'el/connectors/shop/manifest.yaml'
  const error = await connectorProblem('shop', place, { showsText: true })
  expect(error).toMatchObject({ at: { file }, message: expect.stringMatching(`^${file} cannot be used`) })
  expect(JSON.stringify(error)).not.toContain(bench.dir)
  await shop()
  expect(await connectorProblem('shop', place, { showsText: true })).toBeUndefined()
  expect(await connectorProblem('postgres', place, { showsText: true })).toBeUndefined()
})

it('a check tells of a template that is none, also where only a stream needs it that the check does not read', async () => {
  const check = async (manifest: string) => {
    const connection = await bench.connect(await shop({}, manifest), '{ orders: {} }')
    return checkConnection({ connection, projectDir: bench.dir })
  }
  expect(await check(shopManifest())).toMatchObject({ status: 'succeeded' })
  const broken = shopManifest().replace("config['end'] }}", "config['end' }}")
  expect(await check(broken)).toMatchObject({
    status: 'failed',
    error: {
      code: 'MANIFEST_INVALID',
      at: { file: 'el/connectors/shop/manifest.yaml', line: 31, column: 21 },
      message: expect.stringContaining('is no template'),
    },
  })
})

it('a check that fails, and a preview, tell of a setting that nobody can give', async () => {
  const misspelled = shopManifest().replace("config['url']", "config['ulr']")
  const connection = await bench.connect(await shop({}, misspelled), '{ orders: {} }')
  const warning = expect.stringMatching(/manifest\.yaml:\d+:\d+: a template asks for the setting `ulr`.* 'url'\?$/)
  const options = { connection, projectDir: bench.dir }
  expect(await checkConnection(options)).toMatchObject({ status: 'failed', warnings: [warning] })
  const limits = { records: 1, slices: 1, pagesPerSlice: 1 }
  const { logs } = await previewConnectionStreams(options, { streams: ['customers'], limits })
  expect(logs).toContainEqual({ level: 'warn', message: warning })
})

it('a check tells of both ends', async () => {
  const files = '{ connector: file, config: { path: out } }'
  const connection = await bench.connect(await shop(), '{ orders: {} }', files)
  expect(await checkConnection({ connection, projectDir: bench.dir })).toMatchObject({
    status: 'succeeded',
    message: 'The source can be read; out can be written',
  })
})

it('a stream of which no schema can be had fails alone', async () => {
  api.orders = [order(1, 1)]
  const manifest = shopManifest().replace(customersLoader, 'JsonFileSchemaLoader')
  const results = await bench.syncStreams(await shop({}, manifest), '{ customers: {}, orders: {} }')
  expect(results).toMatchObject([
    { stream: 'customers', status: 'failed', error: { message: expect.stringContaining('schemas/customers.json') } },
    { stream: 'orders', status: 'succeeded' },
  ])
})

it('a schema that names no field gives rows without columns of their own, and a warning', async () => {
  const manifest = shopManifest().replace(customersLoader, 'InlineSchemaLoader\n      schema: {}')
  const [customers] = await bench.syncStreams(await shop({}, manifest), '{ customers: {} }')
  expect(customers).toMatchObject({ status: 'succeeded', tableRows: 2 })
  expect(bench.warnings).toEqual([expect.stringContaining('lacks `id`, `name`')])
})

it('what was cut off in the middle goes on from the last state', async () => {
  api.orders = [order(1, 2), order(2, 12), order(3, 22)]
  const source = await shop({ end: '2026-01-30' })
  // The second of three windows is never answered.
  const stop = new AbortController()
  api.instead = (path) => {
    const isLater = path === '/orders' && api.asked.at(-1)?.includes('since=2026-01-11') === true
    if (isLater) setTimeout(() => stop.abort(), 50)
    return isLater
  }
  const streams = '{ orders: { sync_mode: incremental, destination_sync_mode: append } }'
  const checkpoint = { bytes: 1, ms: 0 }
  const [cut] = await bench.syncStreams(source, streams, { signal: stop.signal, checkpoint })
  expect(cut).toMatchObject({ status: 'cancelled' })
  api.instead = undefined
  expect(await bench.syncStreams(source, streams)).toMatchObject([{ status: 'succeeded' }])
  expect(await bench.query('select distinct id from raw.orders order by id')).toEqual([[1], [2], [3]])
})

it('a token that is given in the place of another is kept, and used by the next sync', async () => {
  const kept = new Map<string, string>()
  const settingsKeeper = {
    read: async (name: string) => kept.get(name),
    write: async (name: string, text: string) => void kept.set(name, text),
  }
  const config = { client_id: 'me', client_secret: 'my-client-secret', refresh_token: 'first-refresh-token' }
  const source = await shop(config, shopManifest('oauth'))
  expect(await bench.syncStreams(source, '{ customers: {} }', { settingsKeeper })).toMatchObject([
    { status: 'succeeded' },
  ])
  expect(kept.get('c')).toContain('refresh-token-1')
  expect(await bench.syncStreams(source, '{ customers: {} }', { settingsKeeper })).toMatchObject([
    { status: 'succeeded' },
  ])
})

it('a field that comes becomes a column', async () => {
  api.orders = [order(1, 1)]
  await bench.syncStreams(await shop(), dedup)
  api.orders = [order(2, 9, { note: 'new' })]
  const manifest = shopManifest().replace('amount: {', 'note: { type: [string, "null"] }\n          amount: {')
  const [result] = await bench.syncStreams(await shop({}, manifest), dedup)
  expect(result?.schemaChanges).toMatchObject([{ kind: 'column_added', column: 'note' }])
  expect(await bench.query('select id, note from raw.orders order by id')).toEqual([
    [1, null],
    [2, 'new'],
  ])
})

it('a manifest that came from elsewhere asks nothing of this machine, unless the connection says so', async () => {
  const source = await shop()
  await bench.write('el/connectors/shop/origin.yaml', 'from: https://example.com\nkind: address\nsha256: x\n')
  const [refused] = await bench.syncStreams(source, '{ customers: {} }')
  expect(refused?.error?.code).toBe('API_ADDRESS_REFUSED')
  expect(api.asked).toEqual([])
  const byPath = await bench.syncStreams(
    `{ connector: declarative, config: { manifest: el/connectors/shop/manifest.yaml, config: { url: '${api.url}' } } }`,
    '{ customers: {} }',
  )
  expect(byPath[0]?.error?.code).toBe('API_ADDRESS_REFUSED')
  const [allowed] = await bench.syncStreams(await shop({ allows_private_addresses: true }), '{ customers: {} }')
  expect(allowed).toMatchObject({ status: 'succeeded' })
})
