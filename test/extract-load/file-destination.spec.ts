import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireFileLock, isLock } from '../../src/base/index.js'
import { readConnections, readSyncState } from '../../src/extract-load/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { SyncBench } from '../support/sync-bench.js'

const duckDb = () => openDuckDb({ path: ':memory:' })
let bench: SyncBench
afterEach(() => bench.close())

const openBench = async (settings = '', prefix = '') => {
  bench = await SyncBench.open(duckDb, `{ connector: file, config: { path: out${settings} }${prefix} }`)
}
const files = async (folder = 's') => (await readdir(bench.path(`out/${folder}`))).sort()
const text = (name: string) => readFile(bench.path(`out/s/${name}`), 'utf8')
const ids = async () => {
  await bench.showFiles('out')
  return (await bench.query('select id from raw.s order by id')).flat()
}
const byFile = '{ sync_mode: incremental }'
const byDay = '{ sync_mode: incremental, cursor_field: day }'

describe('what is written', () => {
  const record = String.raw`{"id": 9007199254740993, "long": 12345678901234567890123456789012345678, "f": 0.1, "t": "ü \"q\", \\ \n", "e": "", "z": null, "b": true, "d": "2024-02-29", "ts": "2024-01-01T10:00:00.123456", "tz": "2024-01-01T10:00:00+02:00", "o": {"x": [1.5, null]}}`

  it('JSON lines have every digit, and times as ISO 8601 has them', async () => {
    await openBench(', format: jsonl')
    await bench.write('a.json', record)
    await bench.sync('a.json')
    expect(await files()).toEqual(['s.jsonl'])
    expect(await text('s.jsonl')).toMatch(
      /^\{"id":9007199254740993,"long":12345678901234567890123456789012345678,"f":0\.1,"t":"ü \\"q\\", \\\\ \\n","e":"","z":null,"b":true,"d":"2024-02-29","ts":"2024-01-01T10:00:00\.123456","tz":"2024-01-01T08:00:00Z","o":\{"x": ?\[1\.5, ?null\]\},"_ab_source_file_last_modified":"[^"]+Z","_airbyte_raw_id":"[0-9a-f-]{36}","_airbyte_extracted_at":"[^"]+Z","_airbyte_meta":\{"sync_id":1,"changes":\[\]\},"_airbyte_generation_id":1\}\n$/,
    )
  })

  it('CSV tells an empty text from none', async () => {
    await openBench(', format: csv')
    await bench.write('a.json', record)
    await bench.sync('a.json')
    const [header, ...rows] = (await text('s.csv')).split('\n')
    expect(header).toMatch(/^id,long,f,"?t"?,"?e"?,"?z"?,b,d,ts,tz,"?o"?,/)
    expect(rows.join('\n')).toMatch(
      /^9007199254740993,12345678901234567890123456789012345678,0\.1,"ü ""q"", \\ \n","",,true,2024-02-29,2024-01-01T10:00:00\.123456,2024-01-01T08:00:00Z,"\{""x"":/,
    )
  })

  it('what JSON has no word for is text there, and what it has keeps every digit', async () => {
    await openBench(', format: jsonl')
    const duck = await SyncBench.open()
    await duck.query(
      `copy (select 'Infinity'::double as f, 'NaN'::double as n, '\\x00\\xff'::blob as b, date '0044-03-15 (BC)' as d, null::double as z,
         '{"x":\n 1.12345678901234567890123}'::json as j, -12345678901234567890123456789.123456789::decimal(38,9) as m) to '${bench.path('t.parquet')}' (format parquet)`,
    )
    await duck.close()
    await bench.sync('t.parquet')
    expect(await text('s.jsonl')).toContain(
      '"j":{"x":  1.12345678901234567890123},"m":-12345678901234567890123456789.123456789,',
    )
    expect(JSON.parse(await text('s.jsonl'))).toMatchObject({
      f: 'inf',
      n: 'nan',
      b: 'AP8=',
      d: '0044-03-15 (BC)',
      z: null,
    })
  })

  it.each([
    ['csv', 'gzip', 's.csv.gz', gunzipSync],
    ['jsonl', 'zstd', 's.jsonl.zst', undefined],
    ['jsonl', 'gzip', 's.jsonl.gz', gunzipSync],
  ] as const)('%s is compressed by %s', async (format, compression, name, unpack) => {
    await openBench(`, format: ${format}, compression: ${compression}`)
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv')
    expect(await files()).toEqual([name])
    const bytes = await readFile(bench.path(`out/s/${name}`))
    if (unpack) expect(unpack(bytes).toString()).toContain('1')
    else expect(bytes.readUInt32LE()).toBe(0xfd2fb528)
  })

  it('our own source reads back what was written', async () => {
    await openBench(', format: csv, compression: zstd')
    await bench.write('a.csv', 'id,seen,v\n1,2024-01-01T10:00:00Z,x\n2,,\n')
    await bench.sync('a.csv')
    const again = await SyncBench.open()
    await cp(bench.path('out/s/s.csv.zst'), again.path('s.csv.zst'))
    expect(await again.sync('s.csv.zst')).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(await again.query('select id, seen, v from raw.s order by id')).toEqual([
      [1, '2024-01-01T10:00:00Z', 'x'],
      [2, null, null],
    ])
    await again.close()
  })
})

describe('which files are there', () => {
  beforeEach(() => openBench())

  it('what is replaced is one file with one name', async () => {
    await bench.write('a.csv', 'id,old\n1,x\n')
    await bench.sync('a.csv')
    await bench.write('a.csv', 'id,new\n2,x\n3,y\n')
    const result = await bench.sync('a.csv')
    expect(result).toMatchObject({ tableRows: 2, generationId: 2 })
    expect(result.columns?.map(({ name }) => name)).toEqual(expect.arrayContaining(['id', 'new', '_airbyte_raw_id']))
    expect(result.schemaChanges.map(({ kind, column }) => [kind, column])).toEqual([
      ['column_added', 'new'],
      ['column_removed', 'old'],
    ])
    expect(await files()).toEqual(['s.parquet'])
    expect(await ids()).toEqual([2, 3])
  })

  it('what is added to gets a file for each load', async () => {
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv', byFile)
    await bench.sync('a*.csv', byFile)
    await bench.write('a2.csv', 'id\n2\n')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 1, tableRows: 2, generationId: 1 })
    expect(await files()).toEqual(['s-000001-0001.parquet', 's-000002-0001.parquet'])
    expect(await bench.sync('a*.csv', byFile, { fullRefresh: true })).toMatchObject({ tableRows: 2, generationId: 2 })
    expect(await files()).toEqual(['s-000003-0001.parquet'])
  })

  it('of rows with one key the newest is written', async () => {
    await bench.write('a.csv', 'id,at,v\n1,2024-01-02,new\n1,2024-01-01,old\n2,2024-01-01,x\n')
    const settings = '{ destination_sync_mode: overwrite_dedup, primary_key: id, cursor_field: at }'
    expect(await bench.sync('a.csv', settings)).toMatchObject({ recordsCommitted: 2, tableRows: 2 })
    await bench.showFiles('out')
    expect(await bench.query('select id, v from raw.s order by id')).toEqual([
      [1, 'new'],
      [2, 'x'],
    ])
  })

  it('a stream that is emptied has a file without rows', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv')
    await bench.write('a.csv', 'id\n')
    expect(await bench.sync('a.csv')).toMatchObject({ status: 'succeeded', tableRows: 0 })
    expect(await ids()).toEqual([])
  })

  it('of another mode or format than before, only the new ones stay', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', byFile)
    await bench.sync('a.csv')
    expect(await files()).toEqual(['s.parquet'])
    await bench.syncStreams(`{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }`, '{ s: {} }', {
      destination: '{ connector: file, config: { path: out, format: csv } }',
    })
    expect(await files()).toEqual(['s.csv'])
  })

  it('a column without a value takes the type that comes', async () => {
    await bench.write('a1.csv', 'id,v\n1,\n')
    await bench.sync('a*.csv', byFile)
    await bench.write('a2.csv', 'id,v\n2,7\n')
    await bench.sync('a*.csv', byFile)
    await bench.write('a3.csv', 'id,v\n3,8\n')
    expect((await bench.sync('a*.csv', byFile)).schemaChanges).toEqual([])
    const types = await bench.query(
      `select distinct typeof(v) from read_parquet(['${bench.path('out/s/s-000002-0001.parquet')}', '${bench.path('out/s/s-000003-0001.parquet')}'])`,
    )
    expect(types).toEqual([['BIGINT']])
  })

  it('a name that would lead elsewhere does not', async () => {
    await bench.write('a.csv', 'id\n1\n')
    const streams = ['../s', '_millrace', '.hidden', 'a/b', 'ü t', 'con:']
    const results = await bench.syncStreams(
      `{ connector: file, config: { streams: ${JSON.stringify(streams.map((name) => ({ name, path: 'a.csv' })))} } }`,
      `{ ${streams.map((name) => `${JSON.stringify(name)}: {}`).join(', ')} }`,
    )
    expect(results.map(({ status }) => status)).toEqual(streams.map(() => 'succeeded'))
    expect((await readdir(bench.path('out'))).sort()).toEqual(
      ['_millrace', '%2E.%2Fs', '%5Fmillrace', '%2Ehidden', 'a%2Fb', 'ü t', 'con%3A'].sort(),
    )
    expect(await readdir(bench.path('out/_millrace'))).toEqual(['c.json'])
    expect(existsSync(bench.path('s'))).toBe(false)
  })
})

describe.each(['parquet', 'csv', 'jsonl'])('a cursor in %s files', (format) => {
  beforeEach(() => openBench(`, format: ${format}`))
  it('leaves out the rows that are there, of every kind of value', async () => {
    const rows = [
      '{"id": 1, "day": "2024-01-01", "t": "a,\\"\\n", "j": {"a": 1.10}, "at": "2024-01-01T10:00:00Z", "n": 1.5, "e": ""}',
      '{"id": 2, "day": "2024-01-02", "t": "", "j": [1, null], "at": "2024-01-01T10:00:00.5Z", "n": null, "e": "x"}',
      '{"id": 9, "t": null}',
    ]
    await bench.write('a.json', rows.join('\n'))
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 3 })
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 0 })
    await bench.write('a.json', [...rows, '{"id": 3, "day": "2024-01-02", "more": 1}'].join('\n'))
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 1, tableRows: 4 })
    await bench.write(
      'a.json',
      [...rows, '{"id": 3, "day": "2024-01-02", "more": 1}', '{"id": 4, "day": "2024-01-02", "more": 2}'].join('\n'),
    )
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 1, tableRows: 5 })
  })
})

describe('what counts is what the record names', () => {
  beforeEach(() => openBench())
  const record = () => bench.path('out/_millrace/c.json')

  it('a load that was broken off before it was recorded is repeated, not doubled', async () => {
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv', byFile)
    const before = await readFile(record())
    await bench.write('a2.csv', 'id\n2\n')
    await bench.sync('a*.csv', byFile)
    // As a crash leaves it: the file has its name, and the draft of another one lies beside it.
    await writeFile(record(), before)
    await writeFile(bench.path('out/s/.millrace-s-000002-0002.parquet.part'), 'half')
    await writeFile(bench.path('out/s/s-000002-0002.parquet'), 'more that was not recorded')
    await writeFile(bench.path('out/s/notes.txt'), 'of somebody')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 1, tableRows: 2 })
    expect(await files()).toEqual(['notes.txt', 's-000001-0001.parquet', 's-000002-0001.parquet'])
    expect(await ids()).toEqual([1, 2])
  })

  it('what another sync is just writing is left alone', async () => {
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv', byFile)
    const draft = bench.path('out/s/.millrace-s-000002-0001.parquet.part')
    const lock = await acquireFileLock(bench.path('out/_millrace/c.lock'))
    await writeFile(draft, 'being written')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ status: 'succeeded', isUnchanged: true })
    expect(existsSync(draft)).toBe(true)
    await bench.write('a2.csv', 'id\n2\n')
    expect((await bench.sync('a*.csv', byFile)).error).toMatchObject({ code: 'DESTINATION_WRITE_FAILED' })
    expect(await readFile(draft, 'utf8')).toBe('being written')
    if (isLock(lock)) await lock.release()
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 1 })
    expect(await files()).toEqual(['s-000001-0001.parquet', 's-000002-0001.parquet'])
  })

  it('what a first load left goes on', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', byFile)
    const whole = JSON.parse(await readFile(record(), 'utf8'))
    await writeFile(
      record(),
      JSON.stringify({ ...whole, states: [], tables: { s: { table: 's', columns: [], files: [] } } }),
    )
    expect(await bench.sync('a.csv', byFile)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(await ids()).toEqual([1])
  })

  it('a folder that was removed is loaded from the start', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', byFile)
    await rm(bench.path('out/s'), { recursive: true })
    expect(await bench.sync('a.csv', byFile)).toMatchObject({ recordsCommitted: 1, tableRows: 1, generationId: 2 })
  })

  it('files that nobody recorded, and those of another connection, are left as they are', async () => {
    await mkdir(bench.path('out/s'), { recursive: true })
    await writeFile(bench.path('out/s/s.parquet'), 'mine')
    await bench.write('a.csv', 'id\n1\n')
    expect(await bench.sync('a.csv')).toMatchObject({ error: { code: 'DESTINATION_TABLE_FOREIGN' } })
    expect(await text('s.parquet')).toBe('mine')
    await rm(bench.path('out/s'), { recursive: true })
    await bench.sync('a.csv')
    const whole = JSON.parse(await readFile(record(), 'utf8'))
    await writeFile(bench.path('out/_millrace/other.json'), JSON.stringify({ ...whole, connection: 'other' }))
    await rm(record())
    const { error } = await bench.sync('a.csv')
    expect(error).toMatchObject({ code: 'DESTINATION_TABLE_FOREIGN', message: expect.stringContaining('`other`') })
  })

  it('a record that cannot be read stops everything, and nothing is removed', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv')
    await writeFile(record(), '{"version": 2}')
    await expect(bench.sync('a.csv')).rejects.toMatchObject({ code: 'DESTINATION_RECORD_INVALID' })
    expect(await files()).toEqual(['s.parquet'])
  })

  it('a folder that cannot be written is an error that names it', async () => {
    await bench.write('out', 'a file')
    await bench.write('a.csv', 'id\n1\n')
    expect(await bench.sync('a.csv').catch((error: unknown) => ({ error }))).toMatchObject({
      error: { code: 'DESTINATION_FILES_FAILED', message: expect.stringContaining('out') },
    })
  })
})

describe('settings', () => {
  it('`table` names the folder of a stream', async () => {
    await openBench('', ', prefix: x_')
    const results = await bench.syncStreams(
      '{ connector: faker, config: { count: 10 } }',
      '{ users: { table: people, fields: [id, email], mappers: [ { type: hashing, field: email } ] } }',
    )
    expect(results).toMatchObject([{ status: 'succeeded', table: 'people', tableRows: 10 }])
    expect(await files('people')).toEqual(['people.parquet'])
    const [users] = results
    expect(users?.columns?.map(({ name }) => name).filter((name) => !name.startsWith('_'))).toEqual(['id', 'email'])
    await bench.showFiles('out')
    const [[email] = []] = await bench.query('select email from raw.people limit 1')
    expect(email).toMatch(/^[0-9a-f]{64}$/)
  })

  const problemOf = async (destination: string, stream = '{}') => {
    await openBench()
    await bench.write(
      'el/c.yaml',
      `name: c\nsource: { connector: faker }\ndestination: ${destination}\nstreams: { users: ${stream} }\n`,
    )
    return (await readConnections(bench.dir, bench.path('el'), { env: {} })).problems[0]
  }
  it.each([
    ['{ connector: file, config: { path: out }, schema: raw }', '{}', 'CONNECTION_INVALID', '`schema` is no setting'],
    ['{ connector: file }', '{}', 'CONNECTION_INVALID', '`path`'],
    ['{ connector: file, config: { path: "ftp://b/x" } }', '{}', 'CONNECTION_INVALID', 'path'],
    [
      '{ connector: file, config: { path: o, format: csv, compression: snappy } }',
      '{}',
      'CONNECTION_INVALID',
      'snappy',
    ],
    ['{ connector: dev-null, config: { path: o } }', '{}', 'CONNECTION_INVALID', '`path` is not a setting'],
    ['{ connector: dev-null, schema: raw }', '{}', 'CONNECTION_INVALID', '`schema` is no setting'],
    ['{ connector: file, config: { path: out } }', '{ schema: raw }', 'CONNECTION_INVALID', '`schema` is no setting'],
    [
      '{ connector: file, config: { path: out } }',
      "{ schema: '${SOURCE_NAMESPACE}' }",
      'CONNECTION_INVALID',
      '`schema` is no setting',
    ],
    [
      '{ connector: file, config: { path: out } }',
      '{ table: Products }, products: {}',
      'CONNECTION_INVALID',
      'The streams `users` and `products` would both be loaded into out/products/.',
    ],
    ['{ prefix: x }', '{}', 'CONNECTION_INVALID', '`schema` is missing'],
    ['{ connector: null, schema: raw }', '{}', 'CONNECTION_INVALID', 'connector'],
    [
      '{ connector: file, config: { path: out } }',
      '{ sync_mode: incremental, primary_key: id }',
      'STREAM_MODE_UNSUPPORTED',
      'cannot take the stream `users` with `append_dedup`',
    ],
  ])('%s %s is refused', async (destination, stream, code, message) => {
    const problem = await problemOf(destination, stream)
    expect(problem).toMatchObject({ code, message: expect.stringContaining(message), at: { line: expect.any(Number) } })
  })
})

describe('dev-null', () => {
  const connected = async (count: number) => {
    await bench.write(
      'el/c.yaml',
      `name: c\nsource: { connector: faker, config: { count: ${count} } }\ndestination: { connector: dev-null }\nstreams: { users: { sync_mode: incremental, primary_key: id }, products: {} }\n`,
    )
    const { connections, problems } = await readConnections(bench.dir, bench.path('el'), { env: {} })
    return connections[0] ?? Promise.reject(problems[0])
  }
  const sync = (count: number) =>
    bench.syncStreams(
      `{ connector: faker, config: { count: ${count} } }`,
      '{ users: { sync_mode: incremental, primary_key: id }, products: {} }',
      { destination: '{ connector: dev-null }' },
    )
  beforeEach(() => openBench())

  it('counts rows, keeps none of them, and goes on where the last sync ended', async () => {
    const counts = async (count: number) => (await sync(count)).map((one) => [one.recordsCommitted, one.tableRows])
    expect(await counts(3000)).toEqual([
      [3000, undefined],
      [100, undefined],
    ])
    expect(await counts(3000)).toEqual([
      [0, undefined],
      [100, undefined],
    ])
    expect(await counts(3500)).toEqual([
      [500, undefined],
      [100, undefined],
    ])
    expect(await bench.warehouse.listSchemas()).not.toContain('_millrace')
    const connection = await connected(3500)
    const states = await readSyncState({ connection, projectDir: bench.dir, warehouse: bench.warehouse })
    expect(states.map(({ stream, state }) => [stream, state])).toEqual([
      ['products', {}],
      ['users', expect.objectContaining({ loop_offset: 3500 })],
    ])
  })

  it('does not touch what the connection loaded into the warehouse before', async () => {
    await bench.syncStreams('{ connector: faker, config: { count: 10 } }', '{ users: { sync_mode: incremental } }', {
      destination: '{ schema: raw }',
    })
    await sync(20)
    const [users] = await bench.syncStreams(
      '{ connector: faker, config: { count: 20 } }',
      '{ users: { sync_mode: incremental } }',
      { destination: '{ schema: raw }' },
    )
    expect(users).toMatchObject({ recordsCommitted: 10, tableRows: 20 })
  })
})
