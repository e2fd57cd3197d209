import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openDuckDb, withConnection } from '../../src/warehouse/index.js'
import { logicalLog, startPostgres, type TestServer } from '../support/postgres-server.js'
import { Dice, tables, writeRandomly } from '../support/random-writes.js'
import { SyncBench } from '../support/sync-bench.js'

const child = fileURLToPath(new URL('../support/sync-child.ts', import.meta.url))
/** More of them take as long as one has time: docs/benchmarks.md says how many were tried. */
const kills = Number(process.env.MILLRACE_CRASHES ?? 6)
const seed = Number(process.env.MILLRACE_CRASH_SEED ?? 7)
const patienceMs = 600_000 + kills * 10_000

let server: TestServer
let bench: SyncBench
const children: ChildProcess[] = []
const clients: pg.Client[] = []
let end: AbortController
let writers: Promise<number>[] = []
beforeAll(async () => {
  server = await startPostgres(logicalLog)
}, 60_000)
beforeEach(async () => {
  bench = await SyncBench.open()
  end = new AbortController()
})
afterEach(async () => {
  for (const process of children.splice(0)) process.kill('SIGKILL')
  end.abort()
  await Promise.allSettled(writers)
  for (const client of clients.splice(0)) await client.end()
  await bench.close()
})
afterAll(() => server.stop())

async function connect(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options)
  await client.connect()
  clients.push(client)
  return client
}

function startSync(): ChildProcess {
  const started = spawn(process.execPath, ['--import', 'tsx', child, bench.dir, bench.path('w.duckdb'), '100000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(started)
  return started
}

async function finishSync() {
  const started = startSync()
  let output = ''
  started.stdout?.on('data', (text) => {
    output += text
  })
  await once(started, 'close')
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}

async function loaded(sql: string) {
  const warehouse = await openDuckDb({ path: bench.path('w.duckdb') })
  try {
    return (await withConnection(warehouse, (connection) => connection.query(sql))).rows
  } finally {
    await warehouse.close()
  }
}

/** The first rows that are on one side only, shortened. */
function differences(here: readonly (readonly unknown[])[], there: readonly (readonly unknown[])[]): string[] {
  const [inHere, inThere] = [here, there].map((rows) => new Set(rows.map((row) => JSON.stringify(row)))) as [
    Set<string>,
    Set<string>,
  ]
  const short = (side: string, rows: readonly string[]) =>
    rows
      .slice(0, 5)
      .map((row) => `${side}: ${row.replace(/"[^"]{40,}"/g, (text) => `${text.slice(0, 20)}… (${text.length})`)}`)
  return [
    ...short(
      'only loaded',
      [...inHere].filter((row) => !inThere.has(row)),
    ),
    ...short(
      'only in the source',
      [...inThere].filter((row) => !inHere.has(row)),
    ),
  ]
}

it.each([
  ['hard', (rows: string) => rows],
  ['soft', (rows: string) => `${rows} where _ab_cdc_deleted_at is null`],
])(
  'changes are followed through kills, whatever is written and altered meanwhile (%s deletes)',
  async (deletes, living) => {
    const { host, port, database, user, password } = await server.database()
    const options = { host, port, database, user, password }
    const source = await connect(options)
    await source.query(tables)
    const config = `{ host: ${host}, port: ${port}, database: ${database}, username: ${user}, password: "${password}", replication_method: { method: CDC, replication_slot: ${database}, publication: p } }`
    await bench.connect(
      `{ connector: postgres, config: ${config} }`,
      '{ a: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }, b: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, part] } }',
      `{ schema: raw, cdc_deletes: ${deletes} }`,
    )
    const dice = new Dice(seed)
    writers = [1, 2].map(async (n) => writeRandomly(await connect(options), new Dice(seed * 10 + n), end.signal))
    for (let i = 0; i < kills; i++) {
      const started = startSync()
      const closed = once(started, 'close')
      await Promise.race([once(started.stdout as NodeJS.ReadableStream, 'data'), closed])
      await new Promise((resolve) => setTimeout(resolve, dice.below(900)))
      started.kill('SIGKILL')
      await closed
      // Now and then one gets through.
      if (dice.below(3) === 0) expect((await finishSync()).error).toBeUndefined()
    }
    end.abort()
    expect((await Promise.all(writers)).every((transactions) => transactions > 10)).toBe(true)
    expect((await finishSync()).error).toBeUndefined()
    for (const [table, key] of [
      ['a', 'id'],
      ['b', 'id, part'],
    ] as const) {
      const { rows: columns } = await source.query(
        'select column_name as name from information_schema.columns where table_schema = $1 and table_name = $2 order by 1',
        ['public', table],
      )
      const list = columns.map(({ name }) => `${name}::text as ${name}_`).join(', ')
      const there = await source.query({ text: `select ${list} from ${table} order by ${key}`, rowMode: 'array' })
      const here = await loaded(`${living(`select ${list} from raw.${table}`)} order by ${key}`)
      expect(differences(here, there.rows)).toEqual([])
    }
    await source.query(`select pg_drop_replication_slot('${database}')`)
  },
  patienceMs,
)
