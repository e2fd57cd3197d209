import { expect, it } from 'vitest'
import type { StreamResult } from '../../src/extract-load/index.js'
import type { SyncBench } from './sync-bench.js'

export const merged = '{ sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }'
export const appended = '{ sync_mode: incremental, destination_sync_mode: append }'
export const of = (results: readonly StreamResult[], stream: string) => results.find((one) => one.stream === stream)

/** A database whose log is read, as the tests of every database see it. */
export interface FollowedDatabase {
  bench(): SyncBench
  run(sql: string): Promise<unknown>
  sync(streams: string, more?: Parameters<SyncBench['syncStreams']>[2]): Promise<readonly StreamResult[]>
  /** Both sides, as texts. */
  expectSame(table: string, columns: readonly string[]): Promise<void>
  /** What SQL reads the numbers from 1 to here from, as `i`. */
  numbers(to: number): string
  /** Lets the log go on in another file. */
  readonly nextLogFile: string
}

/** A change of a table, the columns that it has then, and whether its rows must be read anew. */
export type TableChange = readonly [what: string, ddl: string, columns: readonly string[], isAnew: boolean]

/** What holds for every database whose log is read. */
export function followedDatabase(database: FollowedDatabase, changes: readonly TableChange[]): void {
  const { bench, run, sync, expectSame, numbers, nextLogFile } = database

  it('first a snapshot, then what was inserted, changed and deleted since', async () => {
    await run(`create table t (id int primary key, v text, n numeric(10, 2));
      insert into t select i, concat('v', i), i / 4.0 from ${numbers(5000)}`)
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({
      status: 'succeeded',
      recordsCommitted: 5000,
      tableRows: 5000,
    })
    await run(`insert into t values (5001, 'new', 1.5); update t set v = 'changed' where id = 2; delete from t where id = 3;
      update t set id = 9000 where id = 4`)
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded', recordsRead: 5, tableRows: 5000 })
    await expectSame('t', ['id', 'v', 'n'])
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({
      status: 'succeeded',
      recordsRead: 0,
      isUnchanged: true,
    })
  })

  it('deleted rows stay where the connection wants that, with their last values and the time', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a'), (2, 'b')")
    const destination = '{ schema: raw, cdc_deletes: soft }'
    await sync(`{ t: ${merged} }`, { destination })
    await run("delete from t where id = 1; insert into t values (3, 'c'); delete from t where id = 3")
    await sync(`{ t: ${merged} }`, { destination })
    const rows = 'select id, v, _ab_cdc_deleted_at is not null from raw.t order by id'
    expect(await bench().query(rows)).toEqual([
      [1, 'a', true],
      [2, 'b', false],
      [3, 'c', true],
    ])
    await run("truncate t; insert into t values (2, 'again')")
    await sync(`{ t: ${merged} }`, { destination })
    expect(await bench().query(rows)).toEqual([
      [1, 'a', true],
      [2, 'again', false],
      [3, 'c', true],
    ])
  })

  it('a truncated table is empty, and goes on', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a'), (2, 'b')")
    await sync(`{ t: ${merged} }`)
    await run("insert into t values (3, 'c'); truncate t")
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded', tableRows: 0, isUnchanged: false })
    await run("insert into t values (4, 'd'); truncate table t; insert into t values (5, 'e')")
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ generationId: 1 })
    await expectSame('t', ['id', 'v'])
    await run("truncate t; alter table t add w int; insert into t values (5, 'f', 1), (6, 'g', 2)")
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded', tableRows: 2 })
    await expectSame('t', ['id', 'v', 'w'])
  })

  it.each(changes)('a table that gets %s stays the same on both sides', async (_, ddl, columns, isAnew) => {
    const generationId = isAnew ? 2 : 1
    await run(`create table t (id int primary key, v varchar(20), x int);
      insert into t select i, concat(i, 'v'), i from ${numbers(9)}`)
    await sync(`{ t: ${merged} }`)
    await run(
      `insert into t (id, v, x) values (10, '10', 100); ${ddl}; insert into t (id) values (11); update t set id = 12 where id = 7; delete from t where id = 2`,
    )
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded', generationId })
    await expectSame('t', columns)
    await run('insert into t (id) values (13); delete from t where id = 11')
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded', generationId })
    await expectSame('t', columns)
  })

  it('several streams are committed together; one that is added later gets its snapshot, and one that is read alone loses nothing of the others', async () => {
    await run(
      'create table a (id int primary key, v int); create table b (id int primary key, v int); insert into a values (1, 1)',
    )
    await sync(`{ a: ${merged} }`)
    await run('insert into a values (2, 2); insert into b values (1, 1)')
    const both = `{ a: ${merged}, b: ${merged} }`
    const results = await sync(both)
    expect(of(results, 'a')).toMatchObject({ recordsRead: 1, status: 'succeeded' })
    expect(of(results, 'b')).toMatchObject({ recordsRead: 1, status: 'succeeded' })
    await run('insert into a values (3, 3)')
    await run(nextLogFile)
    await run('insert into b values (2, 2)')
    await sync(both, { streams: ['b'] })
    await expectSame('b', ['id', 'v'])
    await run('insert into b values (3, 3); alter table a add w int; update a set w = 1 where id = 2')
    await sync(both)
    await expectSame('a', ['id', 'v', 'w'])
    await expectSame('b', ['id', 'v'])
  })

  it('a field that is selected later is filled by a new snapshot; a column that comes is told by the log', async () => {
    const filling = (more = '') => merged.replace(' }', `, backfill_new_columns: true${more} }`)
    await run(
      "create table t (id int primary key, v varchar(20), x int); insert into t values (1, 'a', 1), (2, 'b', 2)",
    )
    await sync(`{ t: ${filling(', fields: [id, v]')} }`)
    await run("delete from t where id = 1; update t set x = 22 where id = 2; insert into t values (3, 'c', 3)")
    expect((await sync(`{ t: ${filling()} }`))[0]).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
    await expectSame('t', ['id', 'v', 'x'])
    await run("delete from t where id = 2; alter table t add w int; insert into t values (4, 'd', 4, 44)")
    expect((await sync(`{ t: ${filling()} }`))[0]).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
    await expectSame('t', ['id', 'v', 'x', 'w'])
  })

  it('a table that was cleared is empty, gets a new snapshot, and goes on from there', async () => {
    await run('create table t (id int primary key, v int); insert into t values (1, 1), (2, 2)')
    await sync(`{ t: ${merged} }`)
    await run('delete from t where id = 1; insert into t values (3, 3)')
    expect(await bench().clear()).toMatchObject([{ stream: 't', generationId: 2 }])
    expect(await bench().query('select count(*) from raw.t')).toEqual([[0]])
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ recordsCommitted: 2, tableRows: 2, generationId: 2 })
    await run('insert into t values (4, 4); delete from t where id = 2')
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ recordsRead: 2, tableRows: 2, generationId: 2 })
    await expectSame('t', ['id', 'v'])
  })

  it('a full refresh reads the table anew and goes on from there', async () => {
    await run('create table t (id int primary key, v int); insert into t values (1, 1)')
    await sync(`{ t: ${merged} }`)
    await bench().query('delete from raw.t')
    await run('insert into t values (2, 2)')
    expect((await sync(`{ t: ${merged} }`, { fullRefresh: true }))[0]).toMatchObject({ generationId: 2, tableRows: 2 })
    await run('insert into t values (3, 3)')
    await sync(`{ t: ${merged} }`)
    await expectSame('t', ['id', 'v'])
  })
}
