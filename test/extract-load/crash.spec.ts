import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, withConnection } from '../../src/warehouse/index.js'
import { SyncBench } from '../support/sync-bench.js'
import { scriptedDestination, written } from '../support/written-streams.js'

const child = fileURLToPath(new URL('../support/sync-child.mjs', import.meta.url))
const rowsPerFile = 200_000
/** A test starts a handful of processes, which takes its time on a busy machine. */
const patienceMs = 600_000

let bench: SyncBench
const children: ChildProcess[] = []
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(async () => {
  for (const process of children.splice(0)) process.kill('SIGKILL')
  await bench.close()
})

const addFile = (n: number) =>
  bench.parquet(
    `a${n}.parquet`,
    `select ${n * rowsPerFile} + i as id, md5(i::varchar) as v from range(${rowsPerFile}) t(i)`,
  )

/** Starts a sync in a process of its own; its files may not grow beyond `maxFileKb`. */
function startSync(maxFileKb?: number, args: readonly string[] = []): ChildProcess {
  const command = [process.execPath, child, bench.dir, bench.path('w.duckdb'), ...args]
  const started =
    maxFileKb === undefined
      ? spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('bash', ['-c', `ulimit -f ${maxFileKb}; exec "$@"`, 'bash', ...command], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
  children.push(started)
  return started
}

/** Lets a sync end by itself; answers its result. */
async function finish(started: ChildProcess) {
  let output = ''
  started.stdout?.on('data', (text) => {
    output += text
  })
  await once(started, 'close')
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}

async function query(sql: string) {
  const warehouse = await openDuckDb({ path: bench.path('w.duckdb') })
  try {
    return (await withConnection(warehouse, (connection) => connection.query(sql))).rows
  } finally {
    await warehouse.close()
  }
}

const toFiles = '{ connector: file, config: { path: out } }'

/** Starts over with files as the destination. */
async function openFiles(): Promise<void> {
  await bench.close()
  bench = await SyncBench.open(undefined, toFiles)
  isFiles = true
}
let isFiles = false
afterEach(() => {
  isFiles = false
})

async function contents() {
  const rows = isFiles ? `read_parquet('${bench.path('out/s')}/*.parquet')` : 'raw.s'
  return (await query(`select count(*), count(distinct id), sum(id) from ${rows}`))[0]?.map(Number)
}

/** What is seen of the stream, by name. */
const seen = async () =>
  isFiles
    ? (await readdir(bench.path('out/s')).catch(() => [])).filter((name) => !name.startsWith('.')).sort()
    : (await query("select table_name from duckdb_tables() where schema_name = 'raw'")).flat()

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
      await finish(startSync())
      for (const [n, delayMs] of [
        [1, 5],
        [2, 150],
        [3, 400],
      ] as const) {
        await addFile(n)
        const started = startSync()
        // Listened for from the start: on a busy machine the sync may be over before it is killed.
        const closed = once(started, 'close')
        await once(started.stdout as NodeJS.ReadableStream, 'data')
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        started.kill('SIGKILL')
        await closed
        expect([contentsOf(n), contentsOf(n + 1)]).toContainEqual(await contents())
        expect(await finish(startSync())).toMatchObject({ status: 'succeeded' })
        expect(await contents()).toEqual(contentsOf(n + 1))
      }
      expect(await seen()).toEqual(left)
    },
    patienceMs,
  )
})

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

describe('a sync of an Airbyte connector that is killed again and again', () => {
  it.each([
    ['appending', ''],
    ['by key', ', primary_key: id'],
    ['appending files', ''],
  ])(
    '%s: a first load is unseen until it is whole, later ones go on from their last state, and nothing is lost or doubled',
    async (what, key) => {
      if (what.includes('file')) await openFiles()
      const connect = (until: number) => {
        const config = {
          streams: [{ name: 's', json_schema: { properties: { id: { type: 'integer' }, v: { type: 'string' } } } }],
          counts: { stream: 's', until, every: 500, pause_ms: 20 },
        }
        const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
        return bench.connect(source, `{ s: { sync_mode: incremental${key} } }`)
      }
      const start = () => startSync(undefined, ['20000'])
      const kill = async (delayMs: number) => {
        const started = start()
        const closed = once(started, 'close')
        await once(started.stdout as NodeJS.ReadableStream, 'data')
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        started.kill('SIGKILL')
        await closed
      }
      const sum = (rows: number) => [rows, rows, (rows * (rows - 1)) / 2]
      await connect(10_000)
      for (const delayMs of [30, 350, 500, 600]) {
        await kill(delayMs)
        if ((await seen()).some((name) => /^s\b/.test(String(name)))) expect(await contents()).toEqual(sum(10_000))
      }
      expect(await finish(start())).toMatchObject({ status: 'succeeded' })
      expect(await contents()).toEqual(sum(10_000))
      await connect(20_000)
      for (const delayMs of [300, 450, 600]) {
        await kill(delayMs)
        const [rows = 0, different] = (await contents()) ?? []
        expect([different, rows % 500]).toEqual([rows, 0])
      }
      expect(await finish(start())).toMatchObject({ status: 'succeeded' })
      expect(await contents()).toEqual(sum(20_000))
      if (!isFiles) expect(await seen()).toEqual(['s'])
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
      const seen = bench.path('seen')
      const connect = (until: number) => {
        const config = {
          streams: [{ name: 's', json_schema: { properties: { id: { type: 'integer' }, v: { type: 'string' } } } }],
          counts: { stream: 's', until, every: 500, pause_ms: 5 },
        }
        const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`
        // Between what it keeps and what it says of that there is time to die.
        const destination = scriptedDestination({ seen, pause_at_state_ms: 700 })
        return bench.connect(source, `{ s: { sync_mode: incremental${key} } }`, destination)
      }
      const countWrites = async () =>
        (await readFile(seen, 'utf8').catch(() => '')).split('\n').filter((line) => line.includes('"verb":"write"'))
          .length
      const killWhileItWrites = async (delayMs: number) => {
        const before = await countWrites()
        const started = startSync(undefined, ['20000'])
        const closed = once(started, 'close')
        while ((await countWrites()) === before && started.exitCode === null)
          await new Promise((resolve) => setTimeout(resolve, 20))
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        started.kill('SIGKILL')
        await closed
        // The program that it leaves behind reads the end of its input.
        await new Promise((resolve) => setTimeout(resolve, 1500))
      }
      for (const until of [2000, 4000]) {
        await connect(until)
        for (const delayMs of [150, 450]) await killWhileItWrites(delayMs)
        expect(await finish(startSync(undefined, ['20000']))).toMatchObject({ status: 'succeeded' })
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
    await finish(startSync())
    for (const n of [1, 2]) await addFile(n)
    const result = await finish(startSync(2_000))
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        code: 'WAREHOUSE_DISK_FULL',
        message: expect.stringContaining(bench.path('w.duckdb')),
        hint: expect.stringContaining('Nothing was committed'),
      },
    })
    expect(await contents()).toEqual([1, 1, 0])
    expect(await finish(startSync())).toMatchObject({ status: 'succeeded', recordsCommitted: 2 * rowsPerFile })
  },
  patienceMs,
)
