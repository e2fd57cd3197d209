import { chmod, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConnection, readConnections, readSyncState, type StreamResult } from '../../src/extract-load/index.js'
import { jsonMembers } from '../../src/extract-load/protocol/exact-json.js'
import { isRunning } from '../support/is-running.js'
import { SyncBench, type SyncOptions } from '../support/sync-bench.js'
import {
  scriptedDestination,
  program as scriptedProgram,
  showWritten,
  written,
  writtenSchema,
} from '../support/written-streams.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())

const source = (path = 'a.csv') => `{ connector: file, config: { streams: [ { name: s, path: "${path}" } ] } }`
type Into = Parameters<typeof scriptedDestination>

/** Syncs the stream over `path` into a destination that misbehaves as told. */
async function sync(
  settings: string,
  [config, surroundings]: Into | [] = [],
  { path, ...options }: SyncOptions & { path?: string } = {},
): Promise<StreamResult> {
  const destination = scriptedDestination(config, surroundings)
  const results = await bench.syncStreams(source(path), `{ s: ${settings} }`, { destination, ...options })
  return results[0] as StreamResult
}
const replaced = '{}'
const appended = '{ sync_mode: incremental, cursor_field: id }'
const merged = '{ sync_mode: incremental, cursor_field: id, primary_key: id }'

const ids = (stream = 's') => written(bench, stream).map(({ data }) => data.id)
const seen = async () =>
  (await readFile(bench.path('seen'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const writes = async () => (await seen()).filter(({ verb }) => verb === 'write')
const csv = (...rows: readonly number[]) => bench.write('a.csv', `id,v\n${rows.map((id) => `${id},v${id}\n`).join('')}`)
const failedWith = (code: string, more: object = {}) => ({ status: 'failed', error: { code, ...more } })

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
const connector = (streams: object[], script: object[]) =>
  `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify({ streams, script })} } }`
const record = (data: object, stream = 's') => ({ type: 'RECORD', record: { stream, data, emitted_at: 1 } })
const state = (value: object, stream = 's') => ({
  type: 'STATE',
  state: { type: 'STREAM', stream: { stream_descriptor: { name: stream }, stream_state: value } },
})
const streamOf = (name: string, properties: object = { id: { type: 'integer' }, v: { type: 'string' } }) => ({
  name,
  json_schema: { properties },
})

describe('records', () => {
  const exact = async (query: string) => {
    await bench.parquet('t.parquet', query)
    expect(await sync(replaced, [], { path: 't.parquet' })).toMatchObject({ status: 'succeeded' })
    return Object.fromEntries(jsonMembers(written(bench)[0]?.raw ?? '') ?? [])
  }

  it('have every type as Airbyte has it, and all digits', async () => {
    const values = await exact(
      `select true as b, 255::utinyint as i, 9223372036854775807 as l, -12345678901234567890123456789012345678::decimal(38,0) as h,
         -12345678901234567890123456789.123456789::decimal(38,9) as d, 0.1 as dd, 0.1::double as f, 1e300::double as e, 'ü "q" \\ ' || chr(10) || chr(0) as t,
         '' as empty, null::int as n, '\\x00\\xFF'::blob as bin, uuid '0b6f3e1c-1d5a-4b8e-9a52-000000000001' as u, time '23:59:59.999999' as c,
         date '2024-02-29' as day, date '0044-03-15 (BC)' as ides, timestamp '2024-01-01 00:00:00.000001' as ts, timestamp '0044-03-15 (BC) 10:00:00' as old,
         timestamptz '2024-01-01 02:00:00+02' as tz, [1, 2] as list, {'x': 1.10} as s, '{"n": 12345678901234567890.10, "a": [null]}'::json as j`,
    )
    expect(values).toMatchObject({
      b: 'true',
      i: '255',
      l: '9223372036854775807',
      h: '-12345678901234567890123456789012345678',
      d: '-12345678901234567890123456789.123456789',
      dd: '0.1',
      f: '0.1',
      e: expect.stringMatching(/^1(\.0)?e\+?300$/),
      t: String.raw`"ü \"q\" \\ \n\u0000"`,
      empty: '""',
      n: 'null',
      bin: '"AP8="',
      u: '"0b6f3e1c-1d5a-4b8e-9a52-000000000001"',
      c: '"23:59:59.999999"',
      day: '"2024-02-29"',
      ides: '"0044-03-15 BC"',
      ts: '"2024-01-01T00:00:00.000001"',
      old: '"0044-03-15T10:00:00 BC"',
      tz: '"2024-01-01T00:00:00Z"',
      list: '[1,2]',
      s: '{"x":1.1}',
      j: '{"n": 12345678901234567890.10, "a": [null]}',
    })
    expect(writtenSchema(bench).properties).toMatchObject({
      l: { type: ['null', 'integer'] },
      d: { type: ['null', 'number'] },
      bin: { type: ['null', 'string'], contentEncoding: 'base64' },
      ts: { format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      tz: { format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
      j: { oneOf: expect.arrayContaining([{ type: 'array' }]) },
    })
  })

  it('have no value where JSON has no word for it, with a note', async () => {
    const values = await exact(
      `select 'nan'::double as f, '-inf'::float as g, 'infinity'::date as d, '-infinity'::timestamptz as t, 1.5::double as ok`,
    )
    expect(values).toMatchObject({ f: 'null', g: 'null', d: 'null', t: 'null', ok: '1.5' })
    const note = (field: string) => ({ field, change: 'NULLED', reason: 'PLATFORM_SERIALIZATION_ERROR' })
    expect(written(bench)[0]?.changes).toEqual(['f', 'g', 'd', 't'].map(note))
  })

  it('keep the time and the notes of their source', async () => {
    const change = { field: 'v', change: 'TRUNCATED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' }
    const noted = { stream: 's', data: { id: 1, v: 'x' }, emitted_at: 1_700_000_000_123, meta: { changes: [change] } }
    const from = connector([streamOf('s')], [{ type: 'RECORD', record: noted }])
    await bench.syncStreams(from, '{ s: {} }', { destination: scriptedDestination() })
    expect(written(bench)).toMatchObject([{ emitted_at: 1_700_000_000_123, changes: [change] }])
  })

  it('are many, and large, and all of them are counted', async () => {
    await bench.parquet(
      't.parquet',
      `select i as id, case when i = 7 then repeat('x', 20000000) end as v from range(25000) t(i)`,
    )
    const result = await sync(replaced, [{ counts: true }], { path: 't.parquet' })
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 25_000 })
    await showWritten(bench)
    expect(await bench.query('select count(*), sum(id), max(length(v)) from raw.s')).toEqual([
      [25_000, (25_000 * 24_999) / 2, 20_000_000],
    ])
  })
})

describe('what the destination is told', () => {
  it('is the stream with its key, its cursor and its generation', async () => {
    await csv(1)
    await sync(merged, [{ seen: bench.path('seen') }])
    await csv(1, 2)
    await sync(merged, [{ seen: bench.path('seen') }])
    await sync(merged, [{ seen: bench.path('seen') }], { fullRefresh: true })
    const catalogs = (await writes()).map(({ catalog }) => catalog.streams[0])
    expect(catalogs).toMatchObject([
      {
        stream: { name: 's', json_schema: { properties: { id: { type: ['null', 'integer'] } } } },
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
        cursor_field: ['id'],
        primary_key: [['id']],
        generation_id: 1,
        minimum_generation_id: 0,
        sync_id: 1,
      },
      { generation_id: 1, minimum_generation_id: 0, sync_id: 2 },
      { destination_sync_mode: 'overwrite', generation_id: 2, minimum_generation_id: 2, sync_id: 3 },
    ])
    expect(catalogs[0].stream).not.toHaveProperty('namespace')
  })
  it.each([
    [', prefix: p_', '', 'p_s'],
    [', schema: n, prefix: p_', '', 'n.p_s'],
    ['', 'schema: own, table: t', 'own.t'],
  ])('is its name: %s %s', async (beside, settings, name) => {
    await csv(1)
    await sync(`{ ${settings} }`, [{}, { beside }])
    expect(ids(name)).toEqual([1])
  })
  it('is in files that nobody else may read', async () => {
    await csv(1)
    await sync(replaced, [{ seen: bench.path('seen') }])
    for (const { mode } of await writes()) expect(mode).toBe(0o600)
  })
  it('is nothing, where nothing is new', async () => {
    await csv(1)
    const into: Into = [{ seen: bench.path('seen') }]
    await sync(appended, into)
    expect(await sync(appended, into)).toMatchObject({ status: 'succeeded', isUnchanged: true, recordsCommitted: 0 })
    expect(await writes()).toHaveLength(1)
  })
})

describe('modes', () => {
  it('that the destination does not have are refused, and nothing is read', async () => {
    await csv(1)
    const into: Into = [{ seen: bench.path('seen') }, { modes: ['append', 'overwrite'] }]
    expect(await sync(merged, into)).toMatchObject(
      failedWith('STREAM_MODE_UNSUPPORTED', { at: { line: 4 }, hint: expect.stringContaining('append, overwrite') }),
    )
    expect(await writes().catch(() => [])).toEqual([])
    expect(await sync(appended, into)).toMatchObject({ status: 'succeeded' })
  })

  it.each([
    ['knows generations', {}],
    ['does not', { old: true }],
  ])('replace rows as a whole in a destination that %s', async (_, config) => {
    await csv(1, 2)
    await sync(replaced, [config])
    await csv(3)
    await sync(replaced, [config])
    expect(ids()).toEqual([3])
    for (const settings of [appended, merged]) {
      await csv(1, 2)
      await sync(settings, [config], { fullRefresh: true })
      await csv(2)
      await sync(settings, [config], { fullRefresh: true })
      expect(ids()).toEqual([2])
      await csv(2, 3)
      await sync(settings, [config])
      expect(ids()).toEqual([2, 3])
    }
  })

  it('add rows to those of a stream that nobody loaded before', async () => {
    await csv(1)
    await sync(appended)
    await bench.query('drop table _millrace.destination_records')
    await csv(2)
    await sync(appended)
    expect(ids()).toEqual([1, 2])
  })

  it('by a cursor: of rows with its last value, or none, those that were not sent', async () => {
    const byDay = '{ sync_mode: incremental, cursor_field: day }'
    const rows = ['1,2024-01-01,a', '2,2024-01-02,b', '3,,c']
    const load = async (...more: readonly string[]) => {
      await bench.write('a.csv', ['id,day,v', ...rows, ...more, ''].join('\n'))
      return (await sync(byDay)).recordsCommitted
    }
    expect(await load()).toBe(3)
    expect(await load()).toBe(0)
    expect(await load('4,2024-01-02,d', '5,,e')).toBe(2)
    expect(await load('4,2024-01-02,d', '5,,e', '6,2024-01-03,f')).toBe(1)
    expect(await load('4,2024-01-02,d', '5,,e', '6,2024-01-03,f', '7,2024-01-02,late', '8,2024-01-03,g')).toBe(1)
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 8])
  })

  it('by key: what is read later is newer, also within one sync and where the source says one time for all', async () => {
    const script = [
      record({ id: 1, v: 'a' }),
      state({ n: 1 }),
      record({ id: 1, v: 'b' }),
      state({ n: 2 }),
      record({ id: 1, v: 'c' }),
      state({ n: 3 }),
    ]
    const dedup = '{ s: { sync_mode: incremental, primary_key: id } }'
    const options = { destination: scriptedDestination(), checkpoint: { bytes: 1, ms: 0 } }
    await bench.syncStreams(connector([streamOf('s')], [record({ id: 1, v: 'z' }), state({ n: 0 })]), dedup, options)
    await bench.syncStreams(connector([streamOf('s')], script), dedup, options)
    expect(written(bench).map(({ data }) => data.v)).toEqual(['c'])
  })
})

describe('a destination that fails', () => {
  const first = async (settings = appended) => {
    await csv(1)
    expect(await sync(settings)).toMatchObject({ status: 'succeeded' })
    await csv(1, 2)
  }
  it.each([
    ['ends in the middle', { die_after: 1 }, 'DESTINATION_PROGRAM_FAILED', 'exit code 9'],
    ['ends well in the middle', { die_after: 1, exit: 0 }, 'DESTINATION_FAILED', 'without confirming'],
    ['ends badly after it confirmed', { exit: 3, stderr: 'no space' }, 'DESTINATION_PROGRAM_FAILED', 'no space'],
    [
      'says so, and ends well',
      { error: { message: 'The disk is full', failure_type: 'transient_error' } },
      'DESTINATION_FAILED',
      'The disk is full',
    ],
    [
      'means its settings',
      { error: { message: 'No such user', failure_type: 'config_error' }, exit: 1 },
      'DESTINATION_CONFIG_REFUSED',
      'No such user',
    ],
    ['confirms nothing', { mute: true }, 'DESTINATION_FAILED', 'without confirming'],
    ['confirms what it was not given', { other_state: true }, 'DESTINATION_PROTOCOL_BROKEN', 'not given'],
    ['counts other records', { counts: true, miscounts: 1 }, 'DESTINATION_COUNT_WRONG', '2 records of the 1'],
  ])('because it %s: the state stays, and the next sync sends the rows again', async (_, config, code, message) => {
    await first()
    expect(await sync(appended, [config])).toMatchObject({
      ...failedWith(code, { message: expect.stringContaining(message) }),
      recordsCommitted: 0,
    })
    expect(await sync(appended)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(new Set(ids())).toEqual(new Set([1, 2]))
  })
  it('leaves rows of a key once, whatever it had of them', async () => {
    await first(merged)
    await sync(merged, [{ exit: 1 }])
    expect(ids()).toEqual([1, 2])
    await sync(merged)
    expect(ids()).toEqual([1, 2])
  })
  it.each([
    ['a first load', appended, false],
    ['a full refresh', merged, true],
    ['a table that is replaced', replaced, false],
  ])('in %s: the next sync starts over, and what came of it goes', async (_, settings, hasLoaded) => {
    await csv(1, 2)
    if (hasLoaded) {
      await sync(settings)
      await csv(2, 3)
      expect(await sync(settings, [{ exit: 1 }], { fullRefresh: true })).toMatchObject({ status: 'failed' })
    } else expect(await sync(settings, [{ exit: 1 }])).toMatchObject({ status: 'failed' })
    await csv(3, 4)
    expect(await sync(settings)).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(ids()).toEqual([3, 4])
  })
  it('takes its stream with it, and not the state of the others', async () => {
    const streams = [streamOf('a'), streamOf('b')]
    const both = '{ a: { sync_mode: incremental }, b: { sync_mode: incremental } }'
    const script = (n: number) => ['a', 'b'].flatMap((name) => [record({ id: n }, name), state({ n }, name)])
    const run = (n: number, config: object = {}, options: SyncOptions = {}) =>
      bench.syncStreams(connector(streams, script(n)), both, { destination: scriptedDestination(config), ...options })
    await run(1)
    // The first stream that is published ends the program, the second one gets through.
    const once = bench.path('once')
    const results = await run(2, { die_once: once }, { fullRefresh: true })
    expect(results.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded'])
    const failed = results.find(({ status }) => status === 'failed')?.stream ?? ''
    const { connections } = await readConnections(bench.dir, bench.path('el'), { env: {} })
    const [connection] = connections
    if (!connection) throw new Error('no connection')
    const states = await readSyncState({ connection, projectDir: bench.dir, warehouse: bench.warehouse })
    expect(states.find(({ stream }) => stream === failed)).toMatchObject({ state: undefined })
    await run(3)
    expect(ids(failed)).toEqual([3])
    expect(ids(failed === 'a' ? 'b' : 'a')).toEqual([2, 3])
  })
  it.each([
    ['takes nothing any more', { hang_after: 1 }],
    ['does not end', { hang_at_end: true }],
  ])('because it %s is ended', async (_, config) => {
    await bench.parquet('t.parquet', `select i as id, repeat('x', 100) as v from range(20000) t(i)`)
    const result = await sync(replaced, [config, { more: ', heartbeat_seconds: 2' }], { path: 't.parquet' })
    expect(result).toMatchObject(failedWith('DESTINATION_SILENT', { message: expect.stringContaining('2 s') }))
  })
  it('because it is slow is waited for', async () => {
    await csv(...Array.from({ length: 60 }, (_, i) => i))
    const into: Into = [{ pause_ms: 60 }, { more: ', heartbeat_seconds: 2' }]
    expect(await sync(replaced, into)).toMatchObject({ status: 'succeeded' })
  })
  it('because it is not there is named', async () => {
    await csv(1)
    const results = await bench.syncStreams(source(), '{ s: {} }', {
      destination: '{ connector: airbyte, config: { command: no-such-destination } }',
    })
    expect(results[0]).toMatchObject(
      failedWith('DESTINATION_PROGRAM_MISSING', { message: expect.stringContaining('no-such-destination') }),
    )
  })
})

it('a sync that is cancelled ends the destination with everything that it started', async () => {
  await bench.parquet('t.parquet', `select i as id, repeat('x', 100) as v from range(20000) t(i)`)
  const controller = new AbortController()
  const started = sync(replaced, [{ seen: bench.path('seen'), child: true, hang_after: 1 }], {
    path: 't.parquet',
    signal: controller.signal,
  })
  await expect.poll(async () => (await writes().catch(() => [])).length, { timeout: 20_000 }).toBe(1)
  controller.abort()
  expect(await started).toMatchObject({ status: 'cancelled' })
  const [{ pid, child }] = await writes()
  await expect.poll(() => [isRunning(pid), isRunning(child)], { timeout: 20_000 }).toEqual([false, false])
})

it('an image gets its rows through the program that runs images', async () => {
  await csv(1, 2)
  // As docker takes it: run … --volume FOLDER:/config IMAGE verb …
  const engine = `#!/usr/bin/env node
const [verb, ...args] = process.argv.slice(2)
if (verb !== 'run' || !args.includes('--interactive')) process.exit(0)
const folder = args[args.indexOf('--volume') + 1].split(':')[0]
const words = args.slice(args.indexOf('airbyte/destination-x:1') + 1).map((word) => word.replace('/config', folder))
const { stdin, stdout, stderr } = process
const child = require('node:child_process').spawn('node', ['${scriptedProgram}', ...words], { stdio: [stdin, stdout, stderr] })
child.on('close', (code) => process.exit(code))`
  await bench.write('engine', engine)
  await chmod(bench.path('engine'), 0o755)
  const destination = `{ connector: airbyte, config: { image: 'airbyte/destination-x:1', container_engine: '${bench.path('engine')}', config: { out: out } } }`
  const [result] = await bench.syncStreams(source(), '{ s: {} }', { destination })
  expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
  expect(ids()).toEqual([1, 2])
})

describe('what a destination says', () => {
  it('stands in the log of the run, without secrets', async () => {
    await csv(1)
    const says = [
      'Loading…',
      { type: 'LOG', log: { level: 'WARN', message: 'slow with hunter2-and-more' } },
      '{"a": 1}',
    ]
    const config = { says, password: 'hunter2-and-more', stderr: 'JVM hunter2-and-more\n' }
    expect(await sync(replaced, [config])).toMatchObject({ status: 'succeeded' })
    expect(bench.logged).toEqual(expect.arrayContaining(['Loading…', '{"a": 1}']))
    expect(bench.warnings).toEqual([expect.stringMatching(/^slow with \*+$/)])
    expect([...bench.logged, ...bench.warnings].join('\n')).not.toContain('hunter2')
  })
  it('of records that it did not take is told', async () => {
    await csv(1, 2, 3)
    const result = await sync(replaced, [{ counts: true, rejects: 1 }])
    expect(result).toMatchObject({ status: 'succeeded', recordsRead: 3, recordsCommitted: 2 })
    expect(bench.warnings).toEqual([expect.stringContaining('1 of 3')])
  })
  it('of its settings is kept at once, apart from those of the source', async () => {
    await csv(1)
    const kept = new Map<string, string>()
    const settingsKeeper = {
      read: async (name: string) => kept.get(name),
      write: async (name: string, text: string) => void kept.set(name, text),
    }
    const renewed = { out: 'out', seen: bench.path('seen'), token: 'renewed-token' }
    const config = { control: renewed, exit: 1 }
    expect(await sync(replaced, [config], { settingsKeeper })).toMatchObject({ status: 'failed' })
    expect([...kept.keys()]).toEqual(['c.destination'])
    expect(await sync(replaced, [config], { settingsKeeper })).toMatchObject({ status: 'succeeded' })
    expect((await writes()).at(-1).config).toEqual(renewed)
    expect(await sync(replaced, [{ control: renewed }])).toMatchObject(failedWith('DESTINATION_PROTOCOL_BROKEN'))
  })
  it('when it is checked', async () => {
    const check = async (config: object, streams = '{ s: {} }', modes?: string[]) => {
      await csv(1)
      await bench.connect(source(), streams, scriptedDestination(config, modes ? { modes } : {}))
      const { connections } = await readConnections(bench.dir, bench.path('el'), { env: {} })
      return checkConnection({ connection: connections[0] as never, projectDir: bench.dir })
    }
    expect(await check({})).toMatchObject({ status: 'succeeded' })
    const refused = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'no route to host' } }
    expect(await check({ check: refused })).toMatchObject({ status: 'failed', message: 'no route to host' })
    expect(await check({}, `{ s: ${merged} }`, ['append'])).toMatchObject({
      status: 'failed',
      error: { code: 'STREAM_MODE_UNSUPPORTED' },
    })
  })
})

it('another connector gets everything from the start', async () => {
  await csv(1)
  await sync(appended)
  await csv(1, 2)
  const moved = scriptedDestination({ out: 'other' }).replace('["node"', '["node","--no-warnings"')
  await bench.syncStreams(source(), `{ s: ${appended} }`, { destination: moved })
  expect(await readFile(bench.path('other/s.jsonl'), 'utf8').then((text) => text.trim().split('\n').length)).toBe(2)
})

it.each([
  ['{ connector: airbyte, config: { command: x, image: y } }', 'CONNECTION_INVALID', '`command` is needed'],
  ['{ connector: airbyte, config: { comand: x } }', 'CONNECTION_INVALID', '`comand` is not a setting'],
])('%s is refused', async (destination, code, message) => {
  await csv(1)
  expect(await bench.syncStreams(source(), '{ s: {} }', { destination }).catch((error) => error)).toMatchObject({
    code,
    message: expect.stringContaining(message),
    hint: expect.stringContaining('docs/destinations/airbyte.md'),
  })
})
