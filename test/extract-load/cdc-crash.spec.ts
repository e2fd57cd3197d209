import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { differences, KilledSyncs, kills, patienceMs, seed } from '../support/killed-syncs.js'
import { logicalLog, startPostgres, type TestServer } from '../support/postgres-server.js'
import { Dice, tables, writeRandomly } from '../support/random-writes.js'
import { SyncBench } from '../support/sync-bench.js'

let server: TestServer
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
  syncs = new KilledSyncs(bench)
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
      await syncs.kill(dice)
      // Now and then one gets through.
      if (dice.below(3) === 0) expect((await syncs.finish()).error).toBeUndefined()
    }
    end.abort()
    expect((await Promise.all(writers)).every((transactions) => transactions > 10)).toBe(true)
    expect((await syncs.finish()).error).toBeUndefined()
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
      const here = await syncs.loaded(`${living(`select ${list} from raw.${table}`)} order by ${key}`)
      expect(differences(here, there.rows)).toEqual([])
    }
    await source.query(`select pg_drop_replication_slot('${database}')`)
  },
  patienceMs,
)
