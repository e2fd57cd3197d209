import mysql from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appended, merged } from '../../support/cdc.suite.js'
import { differences, KilledSyncs, kills, patienceMs, seed } from '../../support/killed-syncs.js'
import { serverProgram } from '../../support/mysql-server.js'
import { Dice } from '../../support/random-writes.js'
import { SyncBench } from '../../support/sync-bench.js'
import { tables, writeRandomly } from './random-writes.js'
import { ReplicatedServers } from './replicated-servers.js'

describe.skipIf(serverProgram === undefined)('another server that takes over', () => {
  let servers: ReplicatedServers
  let bench: SyncBench
  let account: { readonly database: string; readonly username: string; readonly password: string }

  beforeEach(async () => {
    servers = await ReplicatedServers.start()
    account = await servers.primary.database()
    bench = await SyncBench.open()
  }, 120_000)
  afterEach(async () => {
    await bench.close()
    await servers.stop()
  })

  const run = (sql: string, on = servers.primary) => on.admin.query(`use ${account.database}; ${sql}`)
  const source = (more = '') =>
    `{ connector: mysql, config: ${JSON.stringify({ host: '127.0.0.1', port: servers.primary.port, ...account })
      .slice(0, -1)
      .concat(`, replication_method: { method: CDC${more} } }`)} }`
  const sync = (streams: string, more = '', options: Parameters<SyncBench['syncStreams']>[2] = {}) =>
    bench.syncStreams(source(more), streams, options)
  const synced = async (streams: string, options: Parameters<SyncBench['syncStreams']>[2] = {}) => {
    const results = await sync(streams, '', options)
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined))
    return results
  }
  const rowsOf = async (sql: string): Promise<unknown[][]> => {
    const [rows] = (await servers.primary.admin.query({ sql, rowsAsArray: true })) as unknown as [unknown[][]]
    return rows
  }
  const expectSame = async (table: string) =>
    expect(await bench.query(`select id, v from raw.${table} order by id`)).toEqual(
      await rowsOf(`select id, v from ${account.database}.${table} order by id`),
    )
  const states = async () =>
    new Map(
      (await bench.query('select stream, state from _millrace.stream_state')).map(([stream, state]) => [
        String(stream),
        JSON.parse(String(state)) as { file: string; gtid?: string; log: { server_id: number } },
      ]),
    )
  const both = `{ t: ${merged}, log: ${appended} }`
  const definitions =
    "create table t (id int primary key, v varchar(20)); create table log (id int primary key, v varchar(20)); insert into t values (1, 'a'), (2, 'b'); insert into log values (1, 'a')"

  it('goes on where the other one was left, and each change comes once', async () => {
    await run(definitions)
    await synced(both)
    await run("insert into t values (3, 'c'); insert into log values (2, 'b'); update t set v = 'x' where id = 1")
    await synced(both)
    expect((await states()).get('t')).toMatchObject({ file: expect.stringMatching(/^first/), log: { server_id: 11 } })
    // Not seen by a sync yet.
    await run("delete from t where id = 2; insert into log values (3, 'c')")
    await servers.caughtUp()
    await servers.failOver()
    await run("insert into t values (4, 'd'); insert into log values (4, 'd'); update log set v = 'y' where id = 1")
    const results = await synced(both)
    expect(results.map(({ stream, recordsRead, generationId }) => [stream, recordsRead, generationId])).toEqual([
      ['t', 2, 1],
      ['log', 3, 1],
    ])
    await expectSame('t')
    const log = 'select id, v from raw.log order by id, _airbyte_extracted_at, rowid'
    const rows = [
      [1, 'a'],
      [1, 'y'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]
    expect(await bench.query(log)).toEqual(rows)
    // From here on by the place in the log of this one.
    expect((await states()).get('log')).toMatchObject({
      file: expect.stringMatching(/^second/),
      log: { server_id: 12 },
    })
    expect((await synced(both)).map(({ recordsRead }) => recordsRead)).toEqual([0, 0])
    await run("insert into log values (5, 'e'); flush binary logs; insert into log values (6, 'f'); truncate t")
    await synced(both)
    await expectSame('t')
    expect(await bench.query(log)).toEqual([...rows, [5, 'e'], [6, 'f']])
  })

  it('an idle one is not read twice, and goes back as well as forth', async () => {
    await run(definitions)
    await synced(both)
    for (const value of ['one', 'two', 'three']) {
      await servers.switchOver()
      expect((await synced(both)).map(({ recordsRead }) => recordsRead)).toEqual([0, 0])
      await run(`insert into log select max(id) + 1, '${value}' from log; update t set v = '${value}' where id = 1`)
      await synced(both)
    }
    await expectSame('t')
    expect((await bench.query('select v from raw.log order by id')).flat()).toEqual(['a', 'one', 'two', 'three'])
  })

  it('streams that are at different places are read from there each', async () => {
    await run(`${definitions}; create table late (id int primary key, v varchar(20))`)
    await synced(both)
    await run("insert into log values (2, 'b'); insert into t values (3, 'c')")
    await synced(both, { streams: ['log'] })
    await run("insert into log values (3, 'c'); insert into t values (4, 'd'); insert into late values (1, 'a')")
    await servers.switchOver()
    await run("insert into log values (4, 'd'); insert into t values (5, 'e')")
    const three = `{ t: ${merged}, log: ${appended}, late: ${appended} }`
    const results = await synced(three)
    expect(results.map(({ stream, recordsRead }) => [stream, recordsRead])).toEqual([
      ['t', 3],
      ['log', 2],
      ['late', 1],
    ])
    await run("insert into log values (5, 'e'); insert into late values (2, 'b'); insert into t values (6, 'f')")
    // One goes on alone, while the others stay with the numbers that they have.
    await synced(three, { streams: ['late'] })
    await synced(three)
    for (const table of ['t', 'log', 'late']) await expectSame(table)
  })

  it('streams that one server and the other one were read from go on together', async () => {
    await run(definitions)
    await synced(both)
    await servers.switchOver()
    await run("insert into log values (2, 'b'); insert into t values (3, 'c')")
    // Read anew here, while the other one still is where it was there.
    await sync(both, '', { streams: ['t'], fullRefresh: true })
    await run("insert into log values (3, 'c'); insert into t values (4, 'd')")
    await synced(both)
    for (const table of ['t', 'log']) await expectSame(table)
  })

  const lost = async (streams: string) => {
    const results = await sync(streams)
    for (const { error } of results) expect(error).toMatchObject({ code: 'CDC_POSITION_LOST' })
    return results[0]?.error?.message
  }
  const anew = ', invalid_cdc_cursor_position_behavior: Re-sync data'

  it('one that does not have what was read is not taken for the same', async () => {
    await run(definitions)
    await servers.caughtUp()
    await servers.replica.admin.query(servers.primary.isMariaDb ? 'stop slave' : 'stop replica')
    await run("insert into t values (3, 'only here')")
    await synced(both)
    await servers.failOver()
    await run("insert into t values (4, 'd')")
    expect(await lost(both)).toMatch(/does not have the transactions .*, which were read/)
    expect((await sync(both, anew)).map(({ status, generationId }) => [status, generationId])).toEqual([
      ['succeeded', 2],
      ['succeeded', 2],
    ])
    await expectSame('t')
    await run("insert into t values (5, 'e')")
    await synced(both)
    await expectSame('t')
  })

  it('one that has nothing to do with it is not, either, nor one whose log begins later', async () => {
    await run(definitions)
    await synced(both)
    await run("insert into t values (3, 'c')")
    await servers.caughtUp()
    const file = (await servers.replica.admin.query('show binary logs'))[0] as { Log_name: string }[]
    await servers.replica.admin.query('flush binary logs; flush binary logs')
    const files = (await servers.replica.admin.query('show binary logs'))[0] as { Log_name: string }[]
    await expect
      .poll(
        async () => {
          await servers.replica.admin.query(`purge binary logs to '${files.at(-1)?.Log_name}'`)
          return ((await servers.replica.admin.query('show binary logs'))[0] as unknown[]).length
        },
        { timeout: 20_000 },
      )
      .toBe(1)
    expect(file.length).toBeGreaterThan(1)
    await servers.failOver()
    expect(await lost(both)).toMatch(/no longer has|purged/)

    const other = await ReplicatedServers.start()
    try {
      await servers.stop()
      servers = other
      await other.primary.database()
      await run(definitions)
      expect(await lost(both)).toMatch(/which were read|another one/)
      expect((await sync(both, anew)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
      await expectSame('t')
    } finally {
      servers = other
    }
  })

  it('states without numbers go on at their server; another one is another log', async () => {
    await run(definitions)
    await synced(both)
    const forget = `update _millrace.stream_state set state = json_merge_patch(state, '{"gtid": null}')`
    await bench.query(forget)
    expect((await states()).get('t')).not.toHaveProperty('gtid')
    await run("insert into t values (3, 'c'); insert into log values (2, 'b')")
    expect((await synced(both)).map(({ recordsRead }) => recordsRead)).toEqual([1, 1])
    // They get them with the next file of the log, at the latest.
    await run("flush binary logs; insert into t values (4, 'd')")
    await synced(both)
    expect((await states()).get('t')?.gtid).toBeTruthy()
    await bench.query(forget)
    await servers.switchOver()
    expect(await lost(both)).toMatch(/no longer has the file|of another binary log/)
  })

  it(
    'tables are the same and nothing comes twice, whatever is written, altered and killed while servers change their places',
    async () => {
      await run(tables)
      const streams =
        '{ a: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }, b: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, part] }, c: { sync_mode: incremental, destination_sync_mode: append } }'
      const syncs = new KilledSyncs(bench, 100_000)
      const dice = new Dice(seed)
      const connect = async () => {
        const { database, username: user, password } = account
        const options = { host: '127.0.0.1', port: servers.primary.port, database, user, password }
        return mysql.createConnection({ ...options, multipleStatements: true, charset: 'utf8mb4' })
      }
      try {
        for (let round = 0; round < Math.max(3, kills / 3); round++) {
          await bench.connect(source(), streams, '{ schema: raw }')
          const end = new AbortController()
          const connections = [await connect(), await connect()]
          const writers = connections.map((one, n) =>
            writeRandomly(one, new Dice(seed * 10 + round * 2 + n), end.signal),
          )
          for (let i = 0; i < 3; i++) {
            await syncs.kill(dice.below(900))
            if (dice.below(2) === 0)
              expect(await syncs.finish()).toSatisfy(
                ({ status, error }) => status === 'succeeded' || error.code === 'SOURCE_SCHEMA_CHANGED',
              )
          }
          end.abort()
          await Promise.all(writers)
          for (const one of connections) await one.end()
          await servers.switchOver()
        }
        await bench.connect(source(), streams, '{ schema: raw }')
        expect(await syncs.finish()).toMatchObject({ status: 'succeeded' })
        for (const [table, key] of [
          ['a', 'id'],
          ['b', 'id, part'],
        ] as const) {
          const columns = table === 'a' ? ['id', 'v', 'big'] : ['id', 'part', 'a_id', 'w']
          const here = columns.map((name) => `"${name}"::text`).join(', ')
          const there = columns.map((name) => `cast(\`${name}\` as char)`).join(', ')
          expect(
            differences(
              await syncs.loaded(`select ${here} from raw.${table} order by ${key}`),
              await rowsOf(`select ${there} from ${account.database}.${table} order by ${key}`),
            ),
          ).toEqual([])
        }
        // Nothing is ever changed in the third one: each row was read just once.
        expect(await syncs.loaded('select count(*)::text, count(distinct id)::text from raw.c')).toEqual(
          await rowsOf(`select cast(count(*) as char), cast(count(*) as char) from ${account.database}.c`),
        )
      } finally {
        syncs.end()
      }
    },
    patienceMs,
  )
})
