import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { destinationKinds, kindOf } from '../support/destination-kinds.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()
let bench: SyncBench
afterEach(() => bench.close())

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
const airbyte = (config: object) =>
  `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
const record = (stream: string, data: object) => ({ type: 'RECORD', record: { stream, data, emitted_at: 1 } })
const fileStreams =
  '{ connector: file, config: { streams: [ { name: a, path: "a*.csv" }, { name: b, path: "b*.csv" } ] } }'
const byFile = '{ sync_mode: incremental }'

/** One contract for every destination: what clearing leaves behind is the same, whatever the rows are in. */
describe.each(destinationKinds(() => server))('of %s', (name, open, destination) => {
  const { isFiles, isProgram, hasTables, query } = kindOf(name)
  beforeEach(async () => {
    bench = await SyncBench.open(open, destination)
  })
  const ids = async (table = 's') => (await query(bench, `select id from raw.${table} order by id`)).flat()
  /** Files that are gone are no empty table. */
  const expectEmpty = async (table = 's') => {
    if (isFiles) expect(readdirSync(bench.path(`out/${table}`))).toEqual([])
    else expect(await ids(table)).toEqual([])
  }

  it.each([
    '{ sync_mode: full_refresh, destination_sync_mode: overwrite }',
    '{ sync_mode: full_refresh, destination_sync_mode: append }',
    '{ sync_mode: incremental, destination_sync_mode: append }',
    '{ sync_mode: incremental, destination_sync_mode: append, cursor_field: day }',
    // Rows of a file are never replaced one by one.
    ...(isFiles ? [] : ['{ sync_mode: incremental, primary_key: id, cursor_field: day }']),
  ])('rows and state are gone, and the next sync loads everything again: %s', async (settings) => {
    await bench.write('a.csv', 'id,day\n1,2024-01-01\n2,2024-01-02\n')
    const { generationId: loaded } = await bench.sync('a.csv', settings)
    const [cleared, ...others] = await bench.clear()
    expect(cleared).toMatchObject({ stream: 's', generationId: loaded + 1 })
    expect(others).toEqual([])
    await expectEmpty()
    const again = await bench.sync('a.csv', settings)
    expect(again).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(again.generationId).toBeGreaterThan(loaded)
    expect(await ids()).toEqual([1, 2])
    const generations = await query(bench, 'select distinct _airbyte_generation_id from raw.s')
    expect(generations.flat()).toEqual([again.generationId])
    expect(await bench.clear()).toMatchObject([{ generationId: again.generationId + 1 }])
    await expectEmpty()
  })

  it('only what was chosen is cleared; what was never loaded is not', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.write('b.csv', 'id\n2\n')
    const both = `{ a: ${byFile}, b: ${byFile} }`
    await bench.connect(fileStreams, both)
    expect(await bench.clear()).toEqual([])
    await bench.syncStreams(fileStreams, both)
    expect((await bench.clear(['b'])).map(({ stream }) => stream)).toEqual(['b'])
    await expectEmpty('b')
    expect(await ids('a')).toEqual([1])
    const results = await bench.syncStreams(fileStreams, both)
    expect(results.map(({ stream, recordsCommitted }) => [stream, recordsCommitted])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
    await expect(bench.clear(['c'])).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' })
  })

  it('what comes then may be of other types, and be identified by another key', async () => {
    await bench.write('a.csv', 'id,v,k\n1,5,1\n2,6,1\n')
    await bench.sync('a.csv', byFile)
    await bench.clear()
    await bench.write('a.csv', 'id,v,k\n1,2024-01-05,x\n2,2024-01-06,x\n')
    expect(await bench.sync('a.csv', byFile)).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    const [[meta] = []] = await query(bench, 'select cast(_airbyte_meta as varchar) from raw.s limit 1')
    expect(JSON.parse(String(meta)).changes).toEqual([])
    expect(await query(bench, 'select v, k from raw.s order by id')).toEqual([
      ['2024-01-05', 'x'],
      ['2024-01-06', 'x'],
    ])
    if (isFiles) return
    await bench.clear()
    const other = '{ sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: v, cursor_field: k }'
    expect(await bench.sync('a.csv', other)).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(await ids()).toEqual([1, 2])
  })

  it('of streams that share a state, the one that was cleared is read from the start, and the others go on', async () => {
    const streams = ['a', 'b'].map((one) => ({ name: one, json_schema: { properties: { id: { type: 'integer' } } } }))
    const parts = ['a', 'b'].map((one) => ({ stream_descriptor: { name: one }, stream_state: { at: one } }))
    const global = { shared_state: { lsn: 1 }, stream_states: parts }
    const state = { type: 'STATE', state: { type: 'GLOBAL', global } }
    const sync = async (...records: object[]) => {
      const seen = bench.path('seen')
      await rm(seen, { force: true })
      const script = [...records, state]
      const results = await bench.syncStreams(airbyte({ streams, script, seen }), `{ a: ${byFile}, b: ${byFile} }`)
      expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
      const calls = readFileSync(seen, 'utf8').trimEnd().split('\n')
      return JSON.parse(calls.at(-1) ?? '{}').state as string | undefined
    }
    await sync(record('a', { id: 1 }), record('b', { id: 2 }))
    await bench.clear(['b'])
    expect(await ids('a')).toEqual([1])
    await expectEmpty('b')
    const given = await sync(record('b', { id: 2 }), record('b', { id: 3 }))
    expect(given).toContain('{"at":"a"}')
    expect(given).not.toContain('{"at":"b"}')
    expect([await ids('a'), await ids('b')]).toEqual([[1], [2, 3]])
    // Cleared one by one, they leave nothing that they share.
    await bench.clear(['a'])
    await bench.clear(['b'])
    expect(await sync(record('a', { id: 1 }), record('b', { id: 2 }))).toBeUndefined()
    expect([await ids('a'), await ids('b')]).toEqual([[1], [2]])
  })

  it('a sync that somebody else runs meanwhile does not bring rows back', async () => {
    const streams = [{ name: 's', json_schema: { properties: { id: { type: 'integer' } } } }]
    const source = (...script: object[]) => airbyte({ streams, script })
    await bench.syncStreams(source(record('s', { id: 1 })), `{ s: ${byFile} }`)
    const goOn = bench.path('go-on')
    const reading = { type: 'LOG', log: { level: 'INFO', message: 'reading' } }
    const syncing = bench.syncStreams(source(reading, { until: goOn }, record('s', { id: 2 })), `{ s: ${byFile} }`)
    await vi.waitFor(() => expect(bench.logged).toContain('reading'), { timeout: 20_000 })
    await bench.clear()
    await bench.write('go-on', '')
    expect(await syncing).toMatchObject([{ status: 'failed', error: { code: 'DESTINATION_WRITE_FAILED' } }])
    await expectEmpty()
  })

  it.runIf(hasTables)('views and rights stay, also over the next sync', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', byFile)
    await bench.query('create view raw.readers as select id from raw.s')
    if (name === 'PostgreSQL') await bench.query('grant select on raw.s to public')
    await bench.clear()
    expect(await ids('readers')).toEqual([])
    await bench.sync('a.csv', byFile)
    expect(await ids('readers')).toEqual([1])
    if (name !== 'PostgreSQL') return
    const rights = "select 1 from information_schema.table_privileges where table_name = 's' and grantee = 'PUBLIC'"
    expect(await bench.query(rights)).toHaveLength(1)
  })

  it.runIf(hasTables)('all or none: a table that no sync made is left as it is, and so are the others', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.write('b.csv', 'id\n2\n')
    const both = `{ a: ${byFile}, b: ${byFile} }`
    await bench.syncStreams(fileStreams, both)
    await bench.query('drop table raw.b')
    await bench.query('create table raw.b as select 7 as id')
    await expect(bench.clear()).rejects.toMatchObject({ code: 'DESTINATION_TABLE_FOREIGN' })
    expect([await ids('a'), await ids('b')]).toEqual([[1], [7]])
    await bench.query('drop table raw.b')
    expect(await bench.clear()).toHaveLength(2)
    expect(await ids('a')).toEqual([])
  })

  it('a clear that is cancelled clears nothing', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.sync('a.csv', byFile)
    await expect(bench.clear(undefined, { signal: AbortSignal.abort(new Error('somebody')) })).rejects.toThrow()
    expect(await ids()).toEqual([1])
    expect(await bench.sync('a.csv', byFile)).toMatchObject({ status: 'succeeded', recordsCommitted: 0 })
  })

  it.runIf(isProgram)(
    'a destination that fails while it is emptied is loaded from the start all the same',
    async () => {
      await bench.write('a.csv', 'id\n1\n')
      await bench.sync('a.csv', byFile)
      const failing = destination.replace('"out":"out"', '"out":"out","exit":3')
      await bench.connect(
        '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }',
        `{ s: ${byFile} }`,
        failing,
      )
      await expect(bench.clear()).rejects.toMatchObject({ code: 'DESTINATION_PROGRAM_FAILED' })
      expect(await bench.sync('a.csv', byFile)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
      expect(await ids()).toEqual([1])
    },
  )
})

it('where nothing is kept, the state is forgotten', async () => {
  bench = await SyncBench.open(undefined, '{ connector: dev-null }')
  await bench.write('a.csv', 'id\n1\n')
  await bench.sync('a.csv', byFile)
  expect(await bench.sync('a.csv', byFile)).toMatchObject({ recordsRead: 0 })
  expect(await bench.clear()).toMatchObject([{ stream: 's' }])
  expect(await bench.sync('a.csv', byFile)).toMatchObject({ recordsRead: 1 })
})

it('what a load that was broken off has staged is gone, and nothing goes on from it', async () => {
  bench = await SyncBench.open()
  const streams = [{ name: 's', json_schema: { properties: { id: { type: 'integer' }, v: { type: 'string' } } } }]
  const load = async (more: object) => {
    const counts = { stream: 's', until: 10, every: 2, ...more }
    const options = { checkpoint: { bytes: 1, ms: 0 } }
    return (await bench.syncStreams(airbyte({ streams, counts }), `{ s: ${byFile} }`, options))[0]
  }
  const staged = () =>
    bench.query("select count(*)::int from duckdb_tables() where table_name like '\\_airbyte\\_tmp%' escape '\\'")
  expect(await load({ dies_after: 6 })).toMatchObject({ status: 'failed', keptProgress: true })
  expect(await staged()).toEqual([[1]])
  expect(await bench.clear()).toMatchObject([{ stream: 's' }])
  expect(await staged()).toEqual([[0]])
  expect(await load({})).toMatchObject({ status: 'succeeded', recordsRead: 10, tableRows: 10 })
})
