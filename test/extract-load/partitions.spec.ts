import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ChosenPartitions } from '../../src/extract-load/index.js'
import { openDuckDb, openPostgres } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SourceDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

const at = (text: string) => new Date(text.length === 10 ? `${text}T00:00:00Z` : text)
/** A stretch of time as it is chosen of the stream `s`, or another. */
const window = (start: string, end: string): ChosenPartitions => ({
  keys: [start],
  part: { start: at(start), end: at(end) },
})
const of = (stream: string, ...parts: readonly ChosenPartitions[]) => ({ partitions: new Map([[stream, parts]]) })
const day = (text: string) => window(text, new Date(at(text).getTime() + 86_400_000).toISOString().slice(0, 10))

const daily = 'partitions: { by: daily, start: 2024-01-01, field: day }'
const merged = `{ sync_mode: incremental, primary_key: id, cursor_field: changed, ${daily} }`

describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' })],
  ['PostgreSQL', async () => openPostgres(await server.database())],
] as const)('partitions of tables of PostgreSQL, into %s', (_, open) => {
  let bench: SyncBench
  let source: SourceDatabase
  beforeAll(async () => {
    source = await SourceDatabase.open(server, 'select 1')
  })
  afterAll(() => source?.close())
  beforeEach(async () => {
    bench = await SyncBench.open(open)
    await source.run(
      `drop table if exists orders, times;
       create table orders (id int primary key, day date, changed timestamptz, note text);
       insert into orders select n, date '2024-01-01' + (n - 1) / 2, timestamptz '2024-01-01 12:00Z' + (n - 1) / 2 * interval '1 day', 'new' from generate_series(1, 10) n;`,
    )
  })
  afterEach(() => bench.close())
  const sync = (settings: string, options = {}) => bench.syncSource(source.source(), 'orders', settings, options)
  const rows = (columns = 'id, cast(day as varchar), note') =>
    bench.query(`select ${columns} from raw.orders order by id`)
  const ids = async () => (await rows('id')).map(([id]) => id)

  it('a window is read alone, and made anew takes the place of its rows', async () => {
    expect(await sync(merged, of('orders', day('2024-01-02')))).toMatchObject({
      status: 'succeeded',
      recordsRead: 2,
      recordsCommitted: 2,
      tableRows: 2,
    })
    await source.run(
      "update orders set note = 'again' where id = 3; delete from orders where id = 4; insert into orders values (20, '2024-01-02', null, 'late')",
    )
    expect(await sync(merged, of('orders', day('2024-01-02')))).toMatchObject({ status: 'succeeded', tableRows: 2 })
    expect(await rows()).toEqual([
      [3, '2024-01-02', 'again'],
      [20, '2024-01-02', 'late'],
    ])
    await sync(merged, of('orders', window('2024-01-03', '2024-01-06')))
    expect(await ids()).toEqual([3, 5, 6, 7, 8, 9, 10, 20])
  })

  it('ordinary syncs go on beside them as if nothing was', async () => {
    await sync(merged)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    await source.run(
      "update orders set note = 'behind the cursor' where id = 1; insert into orders values (11, '2024-01-06', '2024-01-06 12:00Z', 'new'), (12, '2024-01-07', '2024-01-07 12:00Z', 'new')",
    )
    await sync(merged, of('orders', day('2024-01-01'), day('2024-01-07')))
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
    const next = await sync(merged)
    expect(next).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect((await rows())[0]).toEqual([1, '2024-01-01', 'behind the cursor'])
  })

  it('a first ordinary sync after partitions reads all there is, once', async () => {
    await sync(merged, of('orders', day('2024-01-03')))
    await sync(merged)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('a row whose key moved to another window is there once, whichever is made first', async () => {
    const moved = async () => {
      await sync(merged, { ...of('orders', window('2024-01-01', '2024-01-06')) })
      await source.run("update orders set day = '2024-01-05', changed = now() where id = 1")
    }
    await moved()
    await sync(merged, of('orders', day('2024-01-05')))
    expect((await rows()).filter(([id]) => id === 1)).toEqual([[1, '2024-01-05', 'new']])
    await sync(merged, of('orders', day('2024-01-01')))
    expect((await rows()).filter(([id]) => id === 1)).toEqual([[1, '2024-01-05', 'new']])
    expect(await ids()).toHaveLength(10)
  })

  it('streams that each sync replaces, and those that are added to by the field itself, keep what they have', async () => {
    const replaced = `{ ${daily} }`
    await sync(replaced)
    await source.run("update orders set note = 'again'")
    await sync(replaced, of('orders', day('2024-01-02')))
    expect((await rows('note')).filter(([note]) => note === 'again')).toHaveLength(2)
    await sync(replaced)
    expect((await rows('note')).filter(([note]) => note === 'again')).toHaveLength(10)
  })

  it('what is added by the field of its partitions is not there twice, also where they were loaded ahead of it', async () => {
    const added = `{ sync_mode: incremental, cursor_field: day, ${daily} }`
    await sync(added, of('orders', day('2024-01-04')))
    expect(await ids()).toEqual([7, 8])
    await source.run("delete from orders where day > '2024-01-03'")
    await sync(added)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6])
    await source.run(
      "insert into orders values (30, '2024-01-04', null, 'x'), (31, '2024-01-05', null, 'x'), (32, null, null, 'x')",
    )
    await sync(added, of('orders', day('2024-01-05'), day('2024-01-01')))
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 31])
    await sync(added)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 30, 31, 32])
    await sync(added)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 30, 31, 32])
  })

  it('new columns, mappers, chosen fields and notes are as in every sync', async () => {
    const settings = (more = '') =>
      `{ sync_mode: incremental, primary_key: id, cursor_field: changed, ${daily}, mappers: [{ type: hashing, field: note, method: MD5 }, { type: field-renaming, field: day, to: the_day }, { type: row-filtering, where: { not: { field: id, equal: 4 } } }]${more} }`
    await sync(settings(), of('orders', day('2024-01-02')))
    expect(await rows('id, cast(the_day as varchar), note')).toEqual([
      [3, '2024-01-02', '22af645d1859cb5ca6da0c484f1f37ea'],
    ])
    await source.run("alter table orders add column more text; update orders set more = 'm'")
    const result = await sync(settings(), of('orders', day('2024-01-02'), day('2024-01-03')))
    expect(result.schemaChanges).toEqual([{ kind: 'column_added', column: 'more', to: 'VARCHAR' }])
    expect(await rows('id, more')).toEqual([
      [3, 'm'],
      [5, 'm'],
      [6, 'm'],
    ])
    expect(await sync(settings(', backfill_new_columns: true'))).toMatchObject({ status: 'succeeded' })
    await source.run("alter table orders add column most text; update orders set most = 'x'")
    await sync(settings(', backfill_new_columns: true'), of('orders', day('2024-01-02')))
    // The column is new to the sync all the same, which fills it everywhere.
    await sync(settings(', backfill_new_columns: true'))
    expect(new Set((await rows('most')).flat())).toEqual(new Set(['x']))
  })

  it('times with and without a zone, days and whole numbers are in the windows where clocks put them', async () => {
    await source.run(
      `create table times (id int primary key, tz timestamptz, ts timestamp, d date, s bigint, region text);
       insert into times values
         (1, '2024-06-01 21:59:59.999999Z', '2024-06-01 23:59:59.999999', '2024-06-01', extract(epoch from timestamptz '2024-06-01 21:59:59Z'), 'eu'),
         (2, '2024-06-01 22:00:00Z', '2024-06-02 00:00:00', '2024-06-02', extract(epoch from timestamptz '2024-06-01 22:00:00Z'), 'us'),
         (3, '2024-06-02 21:59:59Z', '2024-06-02 23:59:59', '2024-06-02', extract(epoch from timestamptz '2024-06-02 21:59:59Z'), 'eu '),
         (4, '2024-06-02 22:00:00Z', '2024-06-03 00:00:00', '2024-06-03', extract(epoch from timestamptz '2024-06-02 22:00:00Z'), 'EU'),
         (5, null, null, null, null, null)`,
    )
    const berlin = window('2024-06-01T22:00:00Z', '2024-06-02T22:00:00Z')
    const settings = (field: string, more = '') =>
      `{ primary_key: id, destination_sync_mode: overwrite_dedup, partitions: { by: daily, start: 2024-01-01, timezone: Europe/Berlin, field: ${field}${more} } }`
    const loadedBy = async (field: string, more?: string) => {
      await bench.query('drop table if exists raw.times')
      const result = await bench.syncSource(source.source(), 'times', settings(field, more), of('times', berlin))
      if (result.error) return `${result.error.code}: ${result.error.message}`
      return (await bench.query('select id from raw.times order by id')).flat()
    }
    for (const field of ['tz', 'ts', 'd']) expect([field, await loadedBy(field)]).toEqual([field, [2, 3]])
    expect(await loadedBy('s', ', unit: seconds')).toEqual([2, 3])
    expect(await loadedBy('s')).toMatch(/^PARTITION_FIELD_INVALID: The field `s`, by which .* holds whole numbers/)
    expect(await loadedBy('region')).toMatch(/^PARTITION_FIELD_INVALID: .*holds no times \(text\)/)
    expect(await loadedBy('gone')).toMatch(/^PARTITION_FIELD_INVALID: .*is none of the columns of public.times/)
    const half = window('2024-06-01T10:00:00Z', '2024-06-01T22:00:00Z')
    expect(await bench.syncSource(source.source(), 'times', settings('d'), of('times', half))).toMatchObject({
      error: { code: 'PARTITION_FIELD_INVALID', message: expect.stringContaining('cut in two') },
    })
    const byRegion = '{ partitions: { by: static, keys: [eu, us], field: region } }'
    await bench.query('drop table if exists raw.times')
    await bench.syncSource(source.source(), 'times', byRegion, of('times', { keys: ['eu'], part: { values: ['eu'] } }))
    expect((await bench.query('select id from raw.times')).flat()).toEqual([1])
  })

  it('a table of others, and one that was loaded in another way, are not touched', async () => {
    await bench.query('create schema if not exists raw')
    await bench.query('create table raw.orders as select 1 as id')
    expect(await sync(merged, of('orders', day('2024-01-02')))).toMatchObject({
      error: { code: 'DESTINATION_TABLE_FOREIGN' },
    })
    await bench.query('drop table raw.orders')
    await sync(merged)
    expect(
      await sync(
        `{ sync_mode: incremental, primary_key: id, cursor_field: day, ${daily} }`,
        of('orders', day('2024-01-02')),
      ),
    ).toMatchObject({
      error: { code: 'STREAM_MODE_CHANGED' },
    })
  })

  it('a table that lacks the field is not guessed at', async () => {
    await sync('{ fields: [id] }')
    expect(await sync(`{ fields: [id, day], ${daily} }`, of('orders', day('2024-01-02')))).toMatchObject({
      error: { code: 'PARTITION_FIELD_INVALID', message: expect.stringContaining('does not have the field `day` yet') },
    })
    expect(await ids()).toHaveLength(10)
  })

  it('after a clear the next sync begins from the start, whatever partitions were loaded meanwhile', async () => {
    await sync(merged)
    await bench.clear()
    await sync(merged, of('orders', day('2024-01-02')))
    expect(await ids()).toEqual([3, 4])
    await sync(merged)
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('a sync tells which partitions its rows are of, again where it was not heard', async () => {
    const first = await sync(merged, { runId: 'a' })
    expect(first.reach).toMatchObject({ isWhole: true, touched: [] })
    await source.run('update orders set changed = now() where id in (1, 6)')
    const second = await sync(merged, { runId: 'b' })
    expect(second.reach).toMatchObject({ isWhole: false, since: first.reach?.until })
    expect([...(second.reach?.touched ?? [])].sort()).toEqual(['2024-01-01', '2024-01-03'])
    const again = await sync(merged, { runId: 'b' })
    expect([...(again.reach?.touched ?? [])].sort()).toContain('2024-01-01')
    expect(again.reach?.since).toBe(first.reach?.until)
    expect((await sync(merged, { runId: 'c' })).reach).toMatchObject({ touched: [], since: again.reach?.until })
    const requestedAt = new Date('2024-05-01')
    expect((await sync(merged, { requestedAt })).reach?.until).toBe(requestedAt.toISOString())
    expect((await sync(merged)).reach?.since).toBe(requestedAt.toISOString())
  })
})

describe('partitions of what cannot be asked for them', () => {
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())
  const ids = async () => (await bench.query('select id from raw.s order by id')).flat()

  it('files are read as a whole, and only the rows of the window are loaded; the newest version of a key stays', async () => {
    await bench.write('1.csv', 'id,day,v,name\n1,2024-01-01,1,a\n2,2024-01-02,1,b\n3,,1,none\n')
    await bench.write('2.csv', 'id,day,v,name\n1,2024-01-02,2,a2\n4,2024-01-03,1,d\n')
    const settings = `{ sync_mode: incremental, primary_key: id, cursor_field: v, ${daily} }`
    const load = (...parts: readonly ChosenPartitions[]) => bench.sync('*.csv', settings, of('s', ...parts))
    expect(await load(day('2024-01-02'))).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    // The first version of 1 is of the first day; the newer one is there already.
    await load(day('2024-01-01'), day('2024-01-03'))
    expect(await bench.query('select id, v, name from raw.s order by id')).toEqual([
      [1, 2, 'a2'],
      [2, 1, 'b'],
      [4, 1, 'd'],
    ])
    await bench.sync('*.csv', settings)
    expect(await ids()).toEqual([1, 2, 3, 4])
    await bench.write('3.csv', 'id,v,name\n9,1,without a day\n')
    expect((await load(day('2024-01-01'))).error).toMatchObject({
      code: 'PARTITION_FIELD_INVALID',
      message: expect.stringMatching(/is none of the columns of 3\.csv/),
    })
  })

  it('JSON, Parquet and times as texts', async () => {
    await bench.write(
      'a.json',
      '{"id": 1, "at": "2024-01-01T23:30:00Z"}\n{"id": 2, "at": "2024-01-02T00:30:00+00:00"}\n',
    )
    const settings = '{ partitions: { by: hourly, start: 2024-01-01, field: at } }'
    await bench.sync('a.json', settings, of('s', window('2024-01-02T00:00:00Z', '2024-01-02T01:00:00Z')))
    expect(await ids()).toEqual([2])
    await bench.parquet(
      'a.parquet',
      "select range as id, timestamp '2024-01-01' + range * interval 1 hour as at from range(48)",
    )
    await bench.query('drop table raw.s')
    await bench.sync('a.parquet', settings, of('s', window('2024-01-01T22:00:00Z', '2024-01-02T02:00:00Z')))
    expect(await ids()).toEqual([22, 23, 24, 25])
    await bench.write('b.csv', 'id,at\n1,soon\n2,later\n')
    await bench.query('drop table raw.s')
    const wrong = await bench.sync('b.csv', settings, of('s', window('2024-01-01T22:00:00Z', '2024-01-02T02:00:00Z')))
    expect(wrong.error).toMatchObject({ code: 'PARTITION_FIELD_INVALID' })
  })

  it('sample data', async () => {
    const faker = '{ connector: faker, config: { count: 500 } }'
    const settings = '{ sync_mode: incremental, partitions: { by: monthly, start: 2020-01-01, field: created_at } }'
    const all = await bench.syncSource(
      faker,
      'users',
      settings.replace(', partitions', ', primary_key: id, partitions'),
    )
    expect(all).toMatchObject({ status: 'succeeded', recordsCommitted: 500 })
    const [[month] = []] = await bench.query(
      "select date_trunc('month', created_at)::date::varchar from raw.users group by 1 order by count(*) desc limit 1",
    )
    const start = String(month)
    const end = new Date(at(start).setUTCMonth(at(start).getUTCMonth() + 1)).toISOString().slice(0, 10)
    const before = await bench.query(`select count(*) from raw.users`)
    await bench.query(`delete from raw.users where created_at >= '${start}' and created_at < '${end}'`)
    await bench.syncSource(
      faker,
      'users',
      settings.replace(', partitions', ', primary_key: id, partitions'),
      of('users', window(start, end)),
    )
    expect(await bench.query('select count(*) from raw.users')).toEqual(before)
  })
})
