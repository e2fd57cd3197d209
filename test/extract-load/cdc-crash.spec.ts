import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { jsonMembers } from '../../src/extract-load/protocol/exact-json.js'
import { differences, KilledSyncs, kills, patienceMs, seed } from '../support/killed-syncs.js'
import { logicalLog, type StartedServer, startPostgres } from '../support/postgres-server.js'
import { Dice, tables, writeRandomly } from '../support/random-writes.js'
import { SyncBench } from '../support/sync-bench.js'
import { scriptedDestination, written } from '../support/written-streams.js'

let server: StartedServer
let bench: SyncBench
let syncs: KilledSyncs
const clients: pg.Client[] = []
let end: AbortController
let writers: Promise<number>[] = []
beforeAll(async () => {
  server = await startPostgres(logicalLog)
}, 60_000)
beforeEach(async () => {
  bench = await SyncBench.open()
  syncs = new KilledSyncs(bench, 100_000)
  end = new AbortController()
})
afterEach(async () => {
  syncs.end()
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

/** Tables that are written to and altered, followed by a connection into the destination; killed, and synced to the end at last. */
async function follow(destination: string, prepare = ''): Promise<pg.Client> {
  const { host, port, database, user, password } = await server.database()
  const options = { host, port, database, user, password }
  const source = await connect(options)
  await source.query(`${tables}${prepare}`)
  const config = `{ host: ${host}, port: ${port}, database: ${database}, username: ${user}, password: "${password}", replication_method: { method: CDC, replication_slot: ${database}, publication: p } }`
  await bench.connect(
    `{ connector: postgres, config: ${config} }`,
    '{ a: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }, b: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, part] } }',
    destination,
  )
  const dice = new Dice(seed)
  writers = [1, 2].map(async (n) => writeRandomly(await connect(options), new Dice(seed * 10 + n), end.signal))
  for (let i = 0; i < kills; i++) {
    await syncs.kill(dice.below(900))
    // Now and then one gets through.
    if (dice.below(3) === 0) expect((await syncs.finish()).error).toBeUndefined()
  }
  end.abort()
  expect((await Promise.all(writers)).every((transactions) => transactions > 10)).toBe(true)
  expect((await syncs.finish()).error).toBeUndefined()
  await source.query(`select pg_drop_replication_slot('${database}')`)
  return source
}

const columnsOf = async (source: pg.Client, table: string): Promise<string[]> => {
  const { rows } = await source.query(
    'select column_name as name from information_schema.columns where table_schema = $1 and table_name = $2 order by 1',
    ['public', table],
  )
  return rows.map(({ name }) => name)
}
const keys = { a: 'id', b: 'id, part' } as const

it.each([
  ['hard', (rows: string) => rows],
  ['soft', (rows: string) => `${rows} where _ab_cdc_deleted_at is null`],
])(
  'changes are followed through kills, whatever is written and altered meanwhile (%s deletes)',
  async (deletes, living) => {
    const source = await follow(`{ schema: raw, cdc_deletes: ${deletes} }`)
    for (const [table, key] of Object.entries(keys)) {
      const list = (await columnsOf(source, table)).map((name) => `${name}::text as ${name}_`).join(', ')
      const there = await source.query({ text: `select ${list} from ${table} order by ${key}`, rowMode: 'array' })
      const here = await syncs.loaded(`${living(`select ${list} from raw.${table}`)} order by ${key}`)
      expect(differences(here, there.rows)).toEqual([])
    }
  },
  patienceMs,
)

it(
  'they are followed into an Airbyte connector too, which gets some of them twice',
  async () => {
    // What the log leaves out, the connector cannot be asked for.
    const source = await follow(scriptedDestination(), 'alter table a replica identity full')
    for (const table of Object.keys(keys)) {
      const names = await columnsOf(source, table)
      const list = names.map((name) => `to_json(${name})::text`).join(', ')
      const { rows: there } = await source.query({ text: `select ${list} from ${table}`, rowMode: 'array' })
      const here = written(bench, table).map(({ raw }) => {
        const members = jsonMembers(raw)
        return names.map((name) => (members?.get(name) === 'null' ? null : (members?.get(name) ?? null)))
      })
      const comparable = (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => row.map((value) => String(value).replace(/\+00:00"$/, 'Z"')))
      expect(differences(comparable(here), comparable(there))).toEqual([])
      expect(here).toHaveLength(there.length)
    }
  },
  patienceMs,
)
