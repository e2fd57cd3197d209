import { readdir, readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isProcessAlive } from '../../src/base/index.js'
import { KilledSyncs, patienceMs } from '../support/killed-syncs.js'
import { eventually } from '../support/millrace.js'
import { SyncBench } from '../support/sync-bench.js'
import { scriptedDestination, written } from '../support/written-streams.js'

const rowsPerFile = 200_000

let bench: SyncBench
let syncs: KilledSyncs
beforeEach(async () => {
  bench = await SyncBench.open()
  syncs = new KilledSyncs(bench)
})
afterEach(async () => {
  syncs.end()
  await bench.close()
})

const addFile = (n: number) =>
  bench.parquet(
    `a${n}.parquet`,
    `select ${n * rowsPerFile} + i as id, md5(i::varchar) as v from range(${rowsPerFile}) t(i)`,
  )

const toFiles = '{ connector: file, config: { path: out } }'

/** Starts over with files as the destination. */
async function openFiles(): Promise<void> {
  await bench.close()
  bench = await SyncBench.open(undefined, toFiles)
  syncs = new KilledSyncs(bench)
  isFiles = true
}
let isFiles = false
afterEach(() => {
  isFiles = false
})

async function contents() {
  const rows = isFiles ? `read_parquet('${bench.path('out/s')}/*.parquet')` : 'raw.s'
  return (await syncs.loaded(`select count(*), count(distinct id), sum(id) from ${rows}`))[0]?.map(Number)
}

/** What is seen of the stream, by name. */
const seen = async () =>
  isFiles
    ? (await readdir(bench.path('out/s')).catch(() => [])).filter((name) => !name.startsWith('.')).sort()
    : (await syncs.loaded("select table_name from duckdb_tables() where schema_name = 'raw'")).flat()

function contentsOf(files: number): number[] {
  const rows = files * rowsPerFile
  return [rows, rows, (rows * (rows - 1)) / 2]
}

describe('a sync that is killed', () => {
  it.each([
    ['appending', '{ sync_mode: incremental }', ['s']],
    ['by key', '{ sync_mode: incremental, primary_key: id }', ['s']],
    ['replacing', '{ sync_mode: full_refresh }', ['s']],
    ['replacing a file', '{ sync_mode: full_refresh }', ['s.parquet']],
    [
      'appending files',
      '{ sync_mode: incremental }',
      [1, 2, 3, 4].map(() => expect.stringMatching(/^s-\d{6}-0001\.parquet$/)),
    ],
  ])(
    '%s: the table is the old one or the new one, and the next sync makes it exactly the source',
    async (what, settings, left) => {
      if (what.includes('file')) await openFiles()
      await bench.connection('a*.parquet', settings)
      await addFile(0)
      await syncs.finish()
      for (const [n, delayMs] of [
        [1, 5],
        [2, 150],
        [3, 400],
      ] as const) {
        await addFile(n)
        await syncs.kill(delayMs)
        expect([contentsOf(n), contentsOf(n + 1)]).toContainEqual(await contents())
        expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
        expect(await contents()).toEqual(contentsOf(n + 1))
      }
      expect(await seen()).toEqual(left)
    },
    patienceMs,
  )
})

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

/** Every second row, with a column called otherwise. */
const mappers =
  ', mappers: [ { type: row-filtering, where: { field: half, equal: 1 } }, { type: field-renaming, field: v, to: w } ]'

/** A connection whose source counts. @param settings more of its stream, as YAML */
function connectCounting(settings: string, counts: object) {
  const properties = { id: { type: 'integer' }, v: { type: 'string' }, half: { type: 'number' } }
  const config = {
    streams: [{ name: 's', json_schema: { properties } }],
    counts: { stream: 's', every: 500, ...counts },
  }
  const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
  return bench.connect(source, `{ s: { sync_mode: incremental${settings} } }`)
}

/** What is loaded of the first rows that it counts. */
function counted(rows: number, settings: string): number[] {
  const kept = settings.includes('mappers') ? rows / 2 : rows
  return [kept, kept, settings.includes('mappers') ? kept * kept : (rows * (rows - 1)) / 2]
}

describe('a sync of an Airbyte connector that is killed again and again', () => {
  it.each([
    ['appending', ''],
    ['by key', ', primary_key: id'],
    ['appending what mappers leave', mappers],
    ['by key what mappers leave', `, primary_key: id${mappers}`],
    ['appending files', ''],
  ])(
    '%s: a first load is unseen until it is whole, later ones go on from their last state, and nothing is lost or doubled',
    async (what, key) => {
      if (what.includes('file')) await openFiles()
      const connect = (until: number) => connectCounting(key, { until, pause_ms: 20 })
      syncs = new KilledSyncs(bench, 20_000)
      const sum = (rows: number) => counted(rows, key)
      await connect(10_000)
      for (const delayMs of [30, 450]) {
        await syncs.kill(delayMs)
        if ((await seen()).some((name) => /^s\b/.test(String(name)))) expect(await contents()).toEqual(sum(10_000))
      }
      expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
      expect(await contents()).toEqual(sum(10_000))
      await connect(20_000)
      for (const delayMs of [300, 550]) {
        await syncs.kill(delayMs)
        const [rows = 0, different] = (await contents()) ?? []
        expect([different, rows % 250]).toEqual([rows, 0])
      }
      expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
      expect(await contents()).toEqual(sum(20_000))
      if (!isFiles) expect(await seen()).toEqual(['s'])
    },
    patienceMs,
  )
})

describe('a sync that dies when everything is ready to be committed', () => {
  it.each([
    ['as they come', ''],
    ['what mappers leave', mappers],
    ['by key what mappers leave', `, primary_key: id${mappers}`],
  ])(
    '%s: the next ones go on from there, whatever becomes of them, and nothing is lost or doubled',
    async (_, settings) => {
      syncs = new KilledSyncs(bench, 20_000)
      await connectCounting(settings, { until: 2000 })
      expect(await syncs.dieAt('rename to "s"')).toBe(true)
      expect((await seen()).includes('s')).toBe(false)
      // What it sends behind its last state is staged as well.
      await connectCounting(settings, { until: 5000, dies_after: 1300 })
      expect(await syncs.finish()).toMatchObject({ status: 'failed', recordsRead: 1300 })
      await connectCounting(settings, { until: 5000 })
      expect(await syncs.dieAt('rename to "s"')).toBe(true)
      await connectCounting(settings, { until: 6000 })
      expect(await syncs.finish()).toMatchObject({ status: 'succeeded', recordsRead: 1000 })
      expect(await contents()).toEqual(counted(6000, settings))
      await connectCounting(settings, { until: 8000 })
      expect(await syncs.dieAt('insert into "raw"."s"')).toBe(true)
      expect(await contents()).toEqual(counted(6000, settings))
      expect(await syncs.finish()).toMatchObject({ status: 'succeeded', recordsRead: 2000 })
      expect(await contents()).toEqual(counted(8000, settings))
      expect(await seen()).toEqual(['s'])
    },
    patienceMs,
  )
})

describe('a sync that is killed while an Airbyte connector writes', () => {
  it.each([
    ['by key, the rows are there once', ', primary_key: id', true],
    ['appending, no row is lost', '', false],
  ])(
    '%s',
    async (_, key, isExact) => {
      syncs = new KilledSyncs(bench, 20_000)
      const seen = bench.path('seen')
      const connect = (until: number) => {
        const config = {
          streams: [{ name: 's', json_schema: { properties: { id: { type: 'integer' }, v: { type: 'string' } } } }],
          counts: { stream: 's', until, every: 500, pause_ms: 5 },
        }
        const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
        // Between what it keeps and what it says of that there is time to die.
        const destination = scriptedDestination({ seen, pause_at_state_ms: 300 })
        return bench.connect(source, `{ s: { sync_mode: incremental${key} } }`, destination)
      }
      const writers = async () =>
        (await readFile(seen, 'utf8').catch(() => ''))
          .split('\n')
          .filter((line) => line.includes('"verb":"write"'))
          .map((line) => (JSON.parse(line) as { readonly pid: number }).pid)
      const positions = {
        begun: async () => (await writers()).length,
        kept: async () => (await stat(bench.path('out/s.jsonl')).catch(() => undefined))?.mtimeMs,
      }
      for (const until of [2000, 4000]) {
        await connect(until)
        for (const position of Object.values(positions)) {
          const before = await position()
          await syncs.killOnce(() =>
            eventually('it comes so far', async () => (await position()) !== before, { everyMs: 10 }),
          )
          // The program that it leaves behind reads the end of its input.
          const [left = 0] = (await writers()).slice(-1)
          await eventually('what it left behind ends', () => !isProcessAlive(left))
        }
        expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
        const ids = written(bench).map(({ data }) => data.id)
        expect(new Set(ids).size).toBe(until)
        if (isExact) expect(ids).toHaveLength(until)
      }
    },
    patienceMs,
  )
})

it(
  'a full disk ends in an error that names the path, and what was committed stays',
  async () => {
    await bench.connection('a*.parquet', '{ sync_mode: incremental }')
    await bench.parquet('a0.parquet', 'select 0 as id, md5(0::varchar) as v')
    await syncs.finish()
    for (const n of [1, 2]) await addFile(n)
    const result = await syncs.finishApart({ maxFileKb: 2_000 })
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        code: 'WAREHOUSE_DISK_FULL',
        message: expect.stringContaining(bench.path('w.duckdb')),
        hint: expect.stringContaining('Nothing was committed'),
      },
    })
    expect(await contents()).toEqual([1, 1, 0])
    expect(await syncs.finish()).toMatchObject({ status: 'succeeded', recordsCommitted: 2 * rowsPerFile })
  },
  patienceMs,
)
