import mysql from 'mysql2/promise'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { differences, KilledSyncs, kills, patienceMs, seed } from '../../support/killed-syncs.js'
import { Dice } from '../../support/random-writes.js'
import { rowsOf } from './cdc-bench.js'
import { account, bench, describeMysql, run, server, yaml } from './mysql-bench.js'
import { tables, writeRandomly } from './random-writes.js'

let syncs: KilledSyncs
let end: AbortController
let writers: Promise<number>[] = []
const connections: mysql.Connection[] = []

async function connect(): Promise<mysql.Connection> {
  const { database, username: user, password } = account
  const options = { host: '127.0.0.1', port: server.port, database, user, password, multipleStatements: true }
  const connection = await mysql.createConnection({ ...options, charset: 'utf8mb4' })
  connections.push(connection)
  return connection
}

describeMysql('a sync that is killed', () => {
  beforeEach(() => {
    syncs = new KilledSyncs(bench, 100_000)
    end = new AbortController()
  })
  afterEach(async () => {
    syncs.end()
    end.abort()
    await Promise.allSettled(writers)
    for (const connection of connections.splice(0)) await connection.end()
  })

  it.each([
    ['hard', (rows: string) => rows],
    ['soft', (rows: string) => `${rows} where _ab_cdc_deleted_at is null`],
  ])(
    'goes on where the tables are, whatever is written and altered meanwhile (%s deletes)',
    async (deletes, living) => {
      await run(tables)
      await bench.connect(
        yaml(', replication_method: { method: CDC }'),
        '{ a: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }, b: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, part] }, c: { sync_mode: incremental, destination_sync_mode: append } }',
        `{ schema: raw, cdc_deletes: ${deletes} }`,
      )
      const dice = new Dice(seed)
      writers = [1, 2].map(async (n) => writeRandomly(await connect(), new Dice(seed * 10 + n), end.signal))
      for (let i = 0; i < kills; i++) {
        await syncs.kill(dice.below(900))
        // Now and then one gets through; or somebody changes a table in the moment in which its snapshot begins.
        if (dice.below(3) === 0)
          expect(await syncs.finish()).toSatisfy(
            ({ status, error }) => status === 'succeeded' || error.code === 'SOURCE_SCHEMA_CHANGED',
          )
      }
      end.abort()
      expect((await Promise.all(writers)).every((transactions) => transactions > 10)).toBe(true)
      expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
      for (const [table, key] of [
        ['a', 'id'],
        ['b', 'id, part'],
      ] as const) {
        const columns = await rowsOf(
          `select column_name from information_schema.columns where table_schema = '${account.database}' and table_name = '${table}' order by 1`,
        )
        const there = columns.map(([name]) => `cast(\`${name}\` as char)`).join(', ')
        // DuckDB leaves out zeros at the end of a second, and in front of a point.
        const text = (name: string) =>
          name === 'seen'
            ? `strftime("${name}", '%Y-%m-%d %H:%M:%S.%f')`
            : name === 'n'
              ? `regexp_replace("${name}"::text, '^(-?)\\.', '\\10.')`
              : `"${name}"::text`
        const here = columns.map(([name]) => text(String(name))).join(', ')
        expect(
          differences(
            await syncs.loaded(`${living(`select ${here} from raw.${table}`)} order by ${key}`),
            await rowsOf(`select ${there} from ${account.database}.${table} order by ${key}`),
          ),
        ).toEqual([])
      }
      // Nothing is ever changed in the third one: each row was read just once.
      expect(await syncs.loaded('select count(*)::text, count(distinct id)::text from raw.c')).toEqual(
        await rowsOf(`select cast(count(*) as char), cast(count(*) as char) from ${account.database}.c`),
      )
    },
    patienceMs,
  )
})
