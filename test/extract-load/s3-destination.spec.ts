import { open, readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/base/index.js'
import { StoreConflict } from '../../src/extract-load/destinations/recorded/record-store.js'
import { partBytes, s3Store } from '../../src/extract-load/destinations/s3/s3-store.js'
import { checkConnection, readConnections } from '../../src/extract-load/index.js'
import { S3Server, s3Credentials } from '../support/s3-server.js'
import { SyncBench } from '../support/sync-bench.js'

let server: S3Server
let bench: SyncBench
beforeAll(async () => {
  server = await S3Server.start()
})
afterAll(() => server.stop())
beforeEach(async () => {
  server.objects.clear()
  server.calls.length = 0
  server.intercept = undefined
  bench = await SyncBench.open(undefined, to())
})
afterEach(() => bench.close())

const secret = s3Credentials.secretAccessKey
const to = (settings = '', { path = 's3://lake/a/b', key = secret } = {}) =>
  `{ connector: file, config: { path: "${path}"${settings}, s3: { endpoint: "${server.endpoint}", access_key_id: AKIATEST, secret_access_key: ${key} } } }`
const byFile = '{ sync_mode: incremental }'
/** Attempts follow each other at once. */
const clock: Clock = { ...systemClock, sleep: async () => {} }
const storeOf = (bucket = 'lake') =>
  s3Store(
    { bucket, region: 'eu-central-1', endpoint: server.endpoint, credentials: s3Credentials, clock },
    'p',
    's3://lake/p',
  )

it('what is replaced is one object, what is added an object each; the record counts them', async () => {
  await bench.write('a1.csv', 'id\n1\n')
  expect(await bench.sync('a*.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
  expect(server.names).toEqual(['a/b/_millrace/c.json', 'a/b/s/s.parquet'])
  expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 1, generationId: 2 })
  await bench.write('a2.csv', 'id\n2\n')
  expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 1, tableRows: 2 })
  await bench.write('a3.csv', 'id\n3\n')
  await bench.sync('a*.csv', byFile)
  expect(server.names).toEqual([
    'a/b/_millrace/c.json',
    ...[2, 3, 4].map((n) => expect.stringMatching(`^a/b/s/s-00000${n}-0001-[0-9a-f]{8}\\.parquet$`)),
  ])
  await bench.write('got.parquet', server.objects.get(server.names[3] ?? '') ?? '')
  expect(await bench.query(`select id from '${bench.path('got.parquet')}'`)).toEqual([[3]])
})

it('an upload comes before the record, and what no record names is removed by the next sync', async () => {
  await bench.write('a1.csv', 'id\n1\n')
  await bench.sync('a*.csv', byFile)
  const record = server.objects.get('a/b/_millrace/c.json') as Buffer
  await bench.write('a2.csv', 'id\n2\n')
  await bench.sync('a*.csv', byFile)
  const [put, written] = server.calls.filter((call) => call.startsWith('PUT')).slice(-2)
  expect([put, written]).toEqual([
    expect.stringMatching(/^PUT a\/b\/s\/s-000002-0001-[0-9a-f]{8}\.parquet$/),
    'PUT a/b/_millrace/c.json',
  ])
  const left = [server.names[2], 'a/b/s/s-000002-0007-0a1b2c3d.parquet']
  server.objects.set('a/b/_millrace/c.json', record)
  server.objects.set(left[1] ?? '', Buffer.from('left'))
  await bench.sync('a*.csv', byFile)
  expect(server.names).toHaveLength(3)
  for (const name of left) expect(server.names).not.toContain(name)
})

it('of two syncs at once one commits, and its files stay', async () => {
  await bench.write('a1.csv', 'id\n1\n')
  await bench.sync('a*.csv', byFile)
  await bench.write('a2.csv', 'id\n2\n')
  const both = await Promise.all([1, 2].map(() => bench.sync('a*.csv', byFile)))
  expect(both.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded'])
  expect(both.find(({ error }) => error)?.error).toMatchObject({ code: 'DESTINATION_WRITE_FAILED' })
  const record = JSON.parse(server.objects.get('a/b/_millrace/c.json')?.toString() ?? '')
  expect(record.tables.s.files).toHaveLength(2)
  for (const { name } of record.tables.s.files) expect(server.names).toContain(`a/b/s/${name}`)
})

it('a record that somebody else wrote meanwhile is not written over', async () => {
  const [one, other] = [storeOf(), storeOf()]
  for (const store of [one, other]) expect(await store.readText('r')).toBeUndefined()
  await one.writeText('r', '1')
  await expect(other.writeText('r', '2')).rejects.toBeInstanceOf(StoreConflict)
  await one.writeText('r', '3')
  expect(await other.readText('r')).toBe('3')
  await other.writeText('r', '4')
  await expect(one.writeText('r', '5')).rejects.toBeInstanceOf(StoreConflict)
})

it('a column as cursor finds the rows that are there, compressed or not', async () => {
  const byDay = '{ s: { sync_mode: incremental, cursor_field: day } }'
  const source = '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }'
  for (const settings of ['', ', format: csv, compression: gzip', ', format: jsonl, compression: zstd']) {
    const destination = to(settings, { path: `s3://lake/x${settings.length}` })
    const sync = async () => (await bench.syncStreams(source, byDay, { destination }))[0]?.recordsCommitted
    await bench.write('a.csv', 'id,day\n1,2024-01-01\n2,2024-01-02\n')
    expect(await sync()).toBe(2)
    await bench.write('a.csv', 'id,day\n1,2024-01-01\n2,2024-01-02\n3,2024-01-02\n')
    expect(await sync()).toBe(1)
  }
})

it('large files go in parts, and come back in parts', async () => {
  const store = storeOf()
  const draft = await store.draft('d/a b+ü.bin')
  const file = await open(draft, 'w')
  await file.truncate(partBytes + 10)
  await file.write(Buffer.from('the end'), 0, 7, partBytes + 3)
  await file.close()
  await store.put(draft, 'd/a b+ü.bin')
  expect(
    server.objects
      .get('p/d/a b+ü.bin')
      ?.subarray(partBytes + 3)
      .toString(),
  ).toBe('the end')
  const copy = await readFile(await store.localCopy('d/a b+ü.bin'))
  expect([copy.length, copy.subarray(partBytes + 3).toString()]).toEqual([partBytes + 10, 'the end'])
  await store.close?.()
})

it('an upload that fails leaves nothing behind', async () => {
  const store = storeOf()
  const draft = await store.draft('big')
  const file = await open(draft, 'w')
  await file.truncate(partBytes + 1)
  await file.close()
  let parts = 0
  server.intercept = (call) => (call === 'PUT p/big' && ++parts > 1 ? { status: 403 } : undefined)
  await expect(store.put(draft, 'big')).rejects.toMatchObject({ code: 'DESTINATION_FILES_FAILED' })
  expect([server.names, server.openUploads]).toEqual([[], 0])
  await store.close?.()
})

it('names are told apart that are alike in XML and in addresses', async () => {
  const store = storeOf()
  const names = ["a&b's <1>.x", 'a%2Fb', 'a b', 'a+b', 'ü~!*()']
  for (const name of names) await store.writeText(`f/${name}`, name)
  expect(await store.list('f')).toEqual([...names].sort())
  for (const name of names) expect(await store.readText(`f/${name}`)).toBe(name)
  for (const name of names) await store.remove(`f/${name}`)
  expect(await store.list('f')).toBeUndefined()
  expect(await store.readText('f/none')).toBeUndefined()
})

it('a server that is busy for a moment is asked again', async () => {
  let left = 2
  server.intercept = () => (left-- > 0 ? { status: 503 } : undefined)
  await storeOf().writeText('x', 'y')
  expect(server.objects.get('p/x')?.toString()).toBe('y')
})

it('what the server refuses is told with what to do', async () => {
  await expect(storeOf('nobody').writeText('x', 'y')).rejects.toMatchObject({
    message: 'The bucket `nobody` cannot be used: the server answered 404 NoSuchBucket: said the server',
    hint: expect.stringContaining('Make the bucket'),
  })
  await bench.write('a.csv', 'id\n1\n')
  const source = '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }'
  const destination = to('', { key: 'wrong-secret-of-somebody' })
  await expect(bench.syncStreams(source, '{ s: {} }', { destination })).rejects.toMatchObject({
    code: 'DESTINATION_FILES_FAILED',
    hint: expect.stringContaining('secret_access_key'),
  })
  expect(server.names).toEqual([])
})

it('check writes and removes an object; without a key it says so', async () => {
  await bench.write('a.csv', 'id\n1\n')
  const connection = await bench.connection('a.csv')
  const options = { projectDir: bench.dir }
  expect(await checkConnection({ ...options, connection })).toMatchObject({
    status: 'succeeded',
    message: expect.stringContaining('s3://lake/a/b can be written'),
  })
  expect(server.names).toEqual([])
  const { destination } = connection
  const keyless = {
    ...connection,
    destination: { ...destination, config: { path: 's3://lake', s3: { access_key_id: 'x' } } },
  }
  expect(await checkConnection({ ...options, connection: keyless })).toMatchObject({
    status: 'failed',
    error: { code: 'CONNECTION_INVALID', hint: expect.stringContaining('secret_access_key') },
  })
})

it.each([
  ['a bucket that cannot be one', '{ path: "s3://B_/x" }', 'path'],
  ['another address', '{ path: "gs://b/x" }', 'path'],
  ['settings of S3 for a folder', '{ path: out, s3: {} }', 's3'],
  ['an endpoint that is no address', '{ path: "s3://lake", s3: { endpoint: minio } }', 'endpoint'],
])('%s is refused', async (_, config, setting) => {
  await bench.write(
    'el/c.yaml',
    `name: c\nsource: { connector: faker }\ndestination: { connector: file, config: ${config} }\nstreams: { users: {} }\n`,
  )
  const { problems } = await readConnections(bench.dir, bench.path('el'), { env: {} })
  expect(problems[0]).toMatchObject({ code: 'CONNECTION_INVALID', message: expect.stringContaining(setting) })
})
