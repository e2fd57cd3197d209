import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postgresConnector } from '../../src/extract-load/connectors/postgres/index.js'
import { isSince } from '../../src/extract-load/connectors/postgres/xmin.js'
import { openPostgres } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SourceDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

let bench: SyncBench
let source: SourceDatabase
beforeEach(async () => {
  bench = await SyncBench.open()
  source = await SourceDatabase.open(server, 'select 1')
})
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.end()))
  await source.close()
  await bench.close()
})

const sessions: pg.Client[] = []
/** A session of somebody who writes. */
async function writer(): Promise<pg.Client> {
  const session = new pg.Client(source.options)
  await session.connect()
  sessions.push(session)
  return session
}

const run = (sql: string) => source.run(sql)
const byXmin = () => source.source().replace('schemas:', 'replication_method: { method: Xmin }, schemas:')
const merged = '{ sync_mode: incremental, primary_key: id }'
const appended = '{ sync_mode: incremental, destination_sync_mode: append }'
const sync = (settings: string, stream = 't', more: { fullRefresh?: boolean } = {}) =>
  bench.syncSource(byXmin(), stream, settings, more)
const loaded = async (columns = 'id', table = 't') =>
  (await bench.query(`select ${columns} from raw.${table} order by all`)).map((row) =>
    row.length === 1 ? row[0] : row,
  )
const state = async () =>
  JSON.parse(String((await bench.query('select state from _millrace.stream_state'))[0]?.[0])) as Record<string, unknown>
const setState = async (changed: object) => {
  const text = JSON.stringify({ ...(await state()), ...changed })
  await bench.query(`update _millrace.stream_state set state = '${text}'`)
}

it('tables need no cursor, and are offered so; views and foreign tables are not', async () => {
  await run(`create table t (id int primary key, at timestamptz); create view v as select * from t;
    create materialized view m as select * from t; create table p (id int) partition by range (id)`)
  const { host, port, database, user: username, password } = source.options
  const config = { host, port, database, username, password, replication_method: { method: 'Xmin' } }
  const found = await postgresConnector.discover({ config, projectDir: bench.dir, file: 'c.yaml' })
  const whole = { supportedSyncModes: ['full_refresh'], sourceDefinedCursor: false, cursorCandidates: [] }
  const incremental = {
    supportedSyncModes: ['full_refresh', 'incremental'],
    sourceDefinedCursor: true,
    defaultCursorField: [],
  }
  expect(found.map(({ name }) => name)).toEqual(['m', 'p', 't', 'v'])
  expect(found).toMatchObject([incremental, incremental, incremental, whole])
})

describe('what was written since', () => {
  it('is read: new rows and changed ones, by their key', async () => {
    await run(
      `create table t (id int primary key, v text); insert into t select i, 'a' from generate_series(1, 3000) i`,
    )
    expect(await sync(merged)).toMatchObject({ status: 'succeeded', recordsRead: 3000, tableRows: 3000 })
    expect(await sync(merged)).toMatchObject({ recordsRead: 0, isUnchanged: true })
    await run(`update t set v = 'b' where id = 2; insert into t values (3001, 'c'); delete from t where id = 3`)
    expect(await sync(merged)).toMatchObject({ recordsRead: 2, tableRows: 3001 })
    expect(await loaded('id, v')).toEqual(
      expect.arrayContaining([
        [2, 'b'],
        [3, 'a'],
        [3001, 'c'],
      ]),
    )
    const before = await state()
    await run('create table other (id int)')
    await sync(merged)
    expect(BigInt(String((await state()).xmin))).toBeGreaterThan(BigInt(String(before.xmin)))
  })
  it('is appended as further versions', async () => {
    await run(`create table t (id int, v text); insert into t values (1, 'a'), (2, 'a')`)
    await sync(appended)
    await run(`update t set v = 'b' where id = 1; update t set v = 'c' where id = 1`)
    expect(await sync(appended)).toMatchObject({ recordsRead: 1, tableRows: 3 })
    expect(await loaded('id, v')).toEqual([
      [1, 'a'],
      [1, 'c'],
      [2, 'a'],
    ])
  })
  it('is told from what is old where the server counts over 2^32', async () => {
    const written = async (since: bigint, xids: readonly bigint[]) =>
      (
        await run(
          `select xmin::text from (select unnest('{${xids.join(',')}}'::xid[]) as xmin) t where ${isSince(String(since))}`,
        )
      ).rows.flat()
    const next = BigInt(String((await run('select txid_snapshot_xmax(txid_current_snapshot())::text')).rows[0]?.[0]))
    // As if the server had begun to count anew: 100 before its zero is where the last sync was.
    const since = 2n ** 32n - 100n
    const [frozen, tooOld, older, before, first, last, future] = [
      2n,
      next + 2n ** 31n + 9n,
      3_000_000_000n,
      since - 1n,
      since,
      next - 1n,
      next + 1000n,
    ]
    expect(await written(since, [frozen, tooOld, older, before, first, last, future])).toEqual([
      String(first),
      String(last),
    ])
    expect(await written(2n ** 32n + next - 5n, [next - 6n, next - 5n, next - 1n].map(BigInt))).toEqual([
      String(next - 5n),
      String(next - 1n),
    ])
  })
})

describe('transactions that are open while a sync reads', () => {
  /** One that wrote rows by itself and in savepoints, before and after others. */
  async function openTransaction(): Promise<pg.Client> {
    await run('create table t (id int, v int); insert into t values (0, 0)')
    const open = await writer()
    await open.query('begin; insert into t values (1, 0); savepoint a; insert into t values (2, 0)')
    await run('insert into t values (3, 0)')
    await open.query('savepoint b; insert into t values (4, 0)')
    await run('insert into t values (5, 0)')
    return open
  }
  const end = 'rollback to b; savepoint c; insert into t values (6, 0); release c; commit'

  it('lose nothing, and where rows are appended each comes once, when they are over', async () => {
    const open = await openTransaction()
    const note = expect.stringMatching(/^Rows that were written since transaction \d+ began, which is still open/)
    expect(await sync(appended)).toMatchObject({ recordsRead: 1, note })
    expect(await loaded()).toEqual([0])
    await run('insert into t values (7, 0)')
    expect(await sync(appended)).toMatchObject({ recordsRead: 0, note })
    await open.query(end)
    const another = await writer()
    await another.query('begin; savepoint x; insert into t values (8, 0)')
    expect(await sync(appended)).toMatchObject({ recordsRead: 6, note: undefined })
    expect(await loaded()).toEqual([0, 1, 2, 3, 5, 6, 7])
    await another.query('commit')
    await sync(appended)
    expect(await loaded()).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
    expect(await sync(appended)).toMatchObject({ recordsRead: 0 })
  })
  it('hold up nobody where a key puts rows in their place', async () => {
    const open = await openTransaction()
    await sync(merged)
    expect(await loaded()).toEqual([0, 3, 5])
    await run('insert into t values (7, 0); update t set v = 1 where id = 3')
    await sync(merged)
    expect(await loaded('id, v')).toEqual([
      [0, 0],
      [3, 1],
      [5, 0],
      [7, 0],
    ])
    await open.query(end)
    await sync(merged)
    expect(await loaded()).toEqual([0, 1, 2, 3, 5, 6, 7])
  })
  it('come through whatever their order', async () => {
    await run('create table t (id int primary key, v int); insert into t select i, 0 from generate_series(1, 50) i')
    await run('create table log (id int)')
    let seed = 20_240_229
    const draw = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((seed / 2 ** 31) * below)
    }
    const all = await Promise.all([writer(), writer(), writer(), writer()])
    const open = new Set<pg.Client>()
    let id = 0
    for (let step = 0; step < 400; step++) {
      const at = draw(all.length)
      const session = all[at] as pg.Client
      if (!open.has(session)) {
        await session.query('begin')
        open.add(session)
      }
      const row = 1 + at + 4 * draw(12)
      await session.query(`insert into log values (${++id}); update t set v = ${id} where id = ${row}`)
      const what = draw(8)
      if (what < 3) await session.query(`savepoint s${draw(3)}`)
      else if (what === 3) await session.query('savepoint r; insert into log values (-1); rollback to r')
      else if (what === 4) {
        await session.query(draw(4) === 0 ? 'rollback' : 'commit')
        open.delete(session)
      }
      if (step % 20 === 0) {
        await bench.syncStreams(byXmin(), `{ log: ${appended}, t: ${merged} }`)
      }
    }
    for (const session of open) await session.query('commit')
    await bench.syncStreams(byXmin(), `{ log: ${appended}, t: ${merged} }`)
    const inSource = async (sql: string) => (await run(sql)).rows
    expect(await loaded('id', 'log')).toEqual((await inSource('select id from log order by 1')).flat())
    expect(await loaded('id, v')).toEqual(await inSource('select id, v from t order by 1'))
  })
})

describe('tables that are made of others', () => {
  it('have the rows of partitions that come later, though they were written before', async () => {
    await run(`create table t (id int) partition by range (id); create table t1 partition of t for values from (0) to (10);
      insert into t values (1); create table t2 (id int); insert into t2 values (11), (12)`)
    await sync(appended)
    await run('alter table t attach partition t2 for values from (10) to (20); insert into t values (2), (13)')
    expect(await sync(appended)).toMatchObject({ recordsRead: 4 })
    expect(await loaded()).toEqual([1, 2, 11, 12, 13])
    expect(await sync(appended)).toMatchObject({ recordsRead: 0 })
  })
  it('and a table that gets the name of another one is read as a whole', async () => {
    await run(
      'create table t (id int); create table t_new (id int); insert into t values (1); insert into t_new values (2)',
    )
    await sync(appended)
    await run('alter table t rename to t_old; alter table t_new rename to t')
    await sync(appended)
    expect(await loaded()).toEqual([1, 2])
  })
  it('and a materialized view brings what it was refreshed to', async () => {
    await run('create table b (id int); insert into b values (1); create materialized view t as select id from b')
    await sync(merged)
    await run('insert into b values (2); refresh materialized view t')
    await sync(merged)
    expect(await loaded()).toEqual([1, 2])
  })
})

describe('what cannot be told', () => {
  it('of a view, is refused', async () => {
    await run('create view t as select 1 as id')
    const { error } = await sync(merged)
    expect([error?.code, error?.message]).toEqual([
      'STREAM_MODE_UNSUPPORTED',
      expect.stringContaining('a view has none'),
    ])
    expect(await sync('{ sync_mode: full_refresh }')).toMatchObject({ status: 'succeeded', tableRows: 1 })
  })
  it('of a foreign table, is refused, also where it is a partition', async () => {
    await run(`create foreign data wrapper nothing; create server elsewhere foreign data wrapper nothing;
      create table t (id int) partition by range (id); create foreign table t1 partition of t for values from (0) to (10) server elsewhere`)
    expect((await sync(merged)).error?.message).toContain('a foreign table')
  })
  it.each([
    ['another server', { system: '1' }, 'read from another server'],
    ['an earlier time', { xmax: '4000000000' }, 'set back to an earlier time'],
    ['a cursor until now', { xmin: null, cursor: '1' }, 'not read by `xmin` until now'],
  ])('since %s, is read anew by its key, and not appended once more', async (_, changed, why) => {
    await run('create table t (id int primary key); insert into t values (1), (2)')
    await sync(merged)
    await setState(changed)
    expect(await sync(merged)).toMatchObject({
      recordsRead: 2,
      tableRows: 2,
      note: expect.stringMatching(/^All rows were read: /),
    })
    expect(await sync(merged)).toMatchObject({ recordsRead: 0, note: undefined })
    await sync(appended, 't', { fullRefresh: true })
    await setState(changed)
    const { error } = await sync(appended)
    expect([error?.code, error?.message]).toEqual(['SOURCE_POSITION_LOST', expect.stringContaining(why)])
    expect(await loaded()).toEqual([1, 2])
    expect(await sync(appended, 't', { fullRefresh: true })).toMatchObject({ status: 'succeeded', tableRows: 2 })
  })
})

it('rows that were appended by `xmin` are not appended once more by a cursor', async () => {
  await run('create table t (id int primary key); insert into t values (1), (2)')
  const settings = appended.replace(' }', ', cursor_field: id }')
  await sync(settings)
  const { error } = await bench.syncSource(source.source(), 't', settings)
  expect([error?.code, error?.message]).toEqual([
    'SOURCE_POSITION_LOST',
    expect.stringContaining('not read by a cursor'),
  ])
  expect(await loaded()).toEqual([1, 2])
  const anew = await bench.syncSource(source.source(), 't', settings, { fullRefresh: true })
  expect(anew).toMatchObject({ status: 'succeeded', tableRows: 2 })
})

it('into PostgreSQL, rows come as they are sent, and then what was written since', async () => {
  const target = await SyncBench.open(async () => openPostgres(await server.database()))
  try {
    await run(`create table t (id int primary key, v text); insert into t select i, 'a' from generate_series(1, 100) i`)
    const load = () => target.syncSource(byXmin(), 't', merged)
    expect(await load()).toMatchObject({ recordsCommitted: 100 })
    await run(`update t set v = 'b' where id = 7`)
    expect(await load()).toMatchObject({ recordsRead: 1, tableRows: 100 })
    expect(await target.query(`select id from raw.t where v = 'b'`)).toEqual([[7]])
  } finally {
    await target.close()
  }
})
