import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres, withConnection } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SourceDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

let bench: SyncBench
let source: SourceDatabase
beforeEach(async () => {
  bench = await SyncBench.open(async () => openPostgres(await server.database()))
  source = await SourceDatabase.open(server, 'select 1')
})
afterEach(async () => {
  await source.close()
  await bench.close()
})

const run = (sql: string) => source.run(sql)
const sync = (stream: string, settings = '{}') => bench.syncSource(source.source(), stream, settings)
/** Makes the rows take the longer way, and changes none of them. */
const staged = 'mappers: [{ type: row-filtering, where: { not: { field: i8, equal: -1 } } }]'

/** Whether the rows of a table came as they were sent: its constant columns have no value in the rows. */
const wasSent = async (table: string) => {
  const [row] = await bench.query(
    `select bool_or(atthasmissing) from pg_attribute where attrelid = 'raw.${table}'::regclass and attname = '_airbyte_meta'`,
  )
  return row?.[0]
}
const types = (table: string) =>
  bench.query(
    `select attname, format_type(atttypid, atttypmod), atthasdef from pg_attribute where attrelid = 'raw.${table}'::regclass and attnum > 0 order by attnum`,
  )
const rows = (table: string) =>
  bench.query(
    `select (to_jsonb(t) - '_airbyte_raw_id' - '_airbyte_extracted_at' - '_airbyte_generation_id' - '_airbyte_meta')::text, _airbyte_meta::text from raw.${table} t order by i8`,
  )

it('a table is the same whether its rows are staged or come as they were sent', async () => {
  await run(`
    create type mood as enum ('sad', 'ok');
    create domain cents as numeric(12, 2);
    create type pair as (a int, b text);
    create table t (
      i2 smallint, i4 int, i8 bigint, o oid, f4 real, f8 double precision, n numeric(12, 2), big numeric(38, 10), c cents, m money,
      b bool, d date, ts timestamp, tz timestamptz, ti time, tt timetz, iv interval, u uuid, by bytea, jb jsonb,
      tx text, vc varchar(30), ch char(5), e mood, a int[], aa text[][], p pair, r int4range, ip inet, pt point, bi bit(3), x xml, "Ä b""c" name);
    insert into t values (
      -32768, 2147483647, 9223372036854775807, 4294967295, 1.5, -0.1, -12345678.90, 1234567890123456789012345678.0123456789, -0.05, 12.34,
      true, '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56.789012+02', '23:59:59.999999', '12:00+02', '1 year 2 days 03:04:05.6',
      '0b6f3e1c-1d5a-4b8e-9a52-000000000001', '\\x00ff10', '{"a": 1.10, "big": 12345678901234567890}',
      E'ü'' " , short \\\\. \\t\\n', 'a longer text than twelve', 'ab', 'ok', '{1,null,3}', '{{a,b},{c,d}}', row(1, 'x'), '[1,5)', '10.0.0.1/8', '(1,2)', b'101', '<a/>', 'name');
    insert into t (i8, ts, tz, d, tx) values (5, '-infinity', 'infinity', 'infinity', ''), (6, '4713-01-01 BC', '0044-03-15 BC', '0001-01-01 BC', null);
    insert into t (i8, tx) select i, repeat('x', (i * 997 % 300000)::int) from generate_series(10, 40) i;
    create view sent as select * from t;
    create view longer as select * from t`)
  expect(await sync('sent')).toMatchObject({
    status: 'succeeded',
    recordsRead: 34,
    recordsCommitted: 34,
    tableRows: 34,
  })
  expect(await sync('longer', `{ ${staged} }`)).toMatchObject({ status: 'succeeded', recordsCommitted: 34 })
  expect([await wasSent('sent'), await wasSent('longer')]).toEqual([true, false])
  expect(await types('sent')).toEqual(await types('longer'))
  expect(await rows('sent')).toEqual(await rows('longer'))
  const [ids] = await bench.query(
    `select count(distinct _airbyte_raw_id)::int, min(substr(_airbyte_raw_id::text, 15, 1)), count(distinct _airbyte_extracted_at)::int from raw.sent`,
  )
  expect(ids).toEqual([34, '4', 1])
})
it('keeps what only PostgreSQL has a place for', async () => {
  await run(
    `create table t (i8 int, n numeric(8, 2), tz timestamptz); insert into t values (1, 'NaN', '294276-12-31 23:59:59.999999Z')`,
  )
  await sync('t')
  expect(
    await bench.query(`select n::text, tz at time zone 'UTC' = '294276-12-31 23:59:59.999999' from raw.t`),
  ).toEqual([['NaN', true]])
})
it.each([
  ['json, some of which jsonb refuses', 'x json', `'{"a": "\\u0000", "b" : 1}'`],
  ['numbers without an end', 'x numeric', '123456789012345678901234567890.5'],
])('stages %s', async (_, column, value) => {
  await run(`create table t (i8 int, ${column}); insert into t values (1, ${value})`)
  expect(await sync('t')).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
  expect(await wasSent('t')).toBe(false)
})
it('replaces a table together with its state, and leaves one that views read where it is', async () => {
  await run('create table t (i8 int, v text); insert into t values (1, null), (2, null)')
  expect(await sync('t')).toMatchObject({ generationId: 1 })
  await run('alter table t drop column v; alter table t add w int default 7; insert into t values (3, 8)')
  expect(await sync('t')).toMatchObject({
    generationId: 2,
    schemaChanges: [
      { kind: 'column_added', column: 'w', to: 'INTEGER' },
      { kind: 'column_removed', column: 'v' },
    ],
  })
  expect(await rows('t')).toEqual([
    ['{"w": 7, "i8": 1}', '{"changes": [], "sync_id": 2}'],
    ['{"w": 7, "i8": 2}', '{"changes": [], "sync_id": 2}'],
    ['{"w": 8, "i8": 3}', '{"changes": [], "sync_id": 2}'],
  ])
  expect(await wasSent('t')).toBe(true)
  await bench.query('create view raw.reads as select i8 from raw.t')
  await run('delete from t where i8 < 3')
  expect(await sync('t')).toMatchObject({ status: 'succeeded', generationId: 3 })
  expect(await bench.query('select * from raw.reads')).toEqual([[3]])
})
describe('a view that is made while rows come', () => {
  /** The last of the rows waits until somebody lets it go. */
  const waiting = (columns: string) =>
    run(`
      create function waits(i int) returns int language plpgsql as $$
        begin if i = 5000 then perform pg_advisory_xact_lock_shared(1); end if; return i; end $$;
      drop table t;
      create view t as select waits(i) as i8, ${columns} from generate_series(1, 5000) i`)
  /** Syncs, and makes the view in the middle. */
  const syncWithView = async (settings?: string) => {
    const holder = await source.connect()
    await holder.query('select pg_advisory_lock(1)')
    let made: Promise<unknown> | undefined
    const makeView = async () => {
      await bench.query('create view raw.reads as select i8 from raw.t')
      await holder.query('select pg_advisory_unlock(1)')
    }
    const onProgress = () => {
      made ??= makeView()
    }
    try {
      const result = await bench.syncSource(source.source(), 't', settings, { onProgress })
      await made
      return result
    } finally {
      await holder.close()
    }
  }

  it('reads the new rows, and the table takes the columns and types that came', async () => {
    await run("create table t (i8 int, n int, old text); insert into t values (0, 1, 'x')")
    await sync('t')
    await waiting("repeat('x', 200) as v, 3000000000::bigint as n")
    expect(await syncWithView()).toMatchObject({
      status: 'succeeded',
      recordsCommitted: 5000,
      tableRows: 5000,
      generationId: 2,
      schemaChanges: [
        { kind: 'column_added', column: 'v' },
        { kind: 'type_changed', column: 'n', to: 'BIGINT' },
        { kind: 'column_removed', column: 'old' },
      ],
    })
    expect(await bench.query('select count(*)::int, min(i8) from raw.reads')).toEqual([[5000, 1]])
    const [row] = await bench.query(
      'select n, v, old, _airbyte_generation_id::int, _airbyte_meta::text from raw.t where i8 = 7',
    )
    expect(row).toEqual([3000000000, 'x'.repeat(200), null, 2, '{"changes": [], "sync_id": 2}'])
    expect(await bench.query("select count(*)::int from pg_class where relname like '\\_airbyte\\_tmp%'")).toEqual([
      [0],
    ])
    expect(await sync('t')).toMatchObject({ status: 'succeeded', tableRows: 5000 })
  })

  it('reads rows that were staged, too', async () => {
    await run('create table t (i8 int); insert into t values (1)')
    await sync('t', `{ ${staged} }`)
    await run('insert into t values (2)')
    await withConnection(bench.warehouse, async (reader) => {
      await reader.begin()
      await reader.query('select * from raw.t')
      const syncing = sync('t', `{ ${staged} }`)
      const waiting =
        "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
      await expect.poll(() => bench.query(waiting), { timeout: 20_000 }).toEqual([[1]])
      await reader.query('create view raw.reads as select i8 from raw.t')
      await reader.commit()
      expect(await syncing).toMatchObject({ status: 'succeeded', tableRows: 2, generationId: 2 })
    })
    expect(await bench.query('select i8 from raw.reads order by 1')).toEqual([[1], [2]])
  })

  it('stops the load where types have nothing in common, and the next one goes the longer way', async () => {
    await run('create table t (i8 int, n int); insert into t values (0, 1)')
    await sync('t')
    await waiting("repeat('x', 200) as v, date '2024-01-01' as n")
    expect(await syncWithView()).toMatchObject({
      status: 'failed',
      error: { code: 'DESTINATION_WRITE_FAILED', hint: expect.stringContaining('ync again') },
    })
    expect(await bench.query('select i8, n from raw.t')).toEqual([[0, 1]])
    expect(await sync('t')).toMatchObject({ status: 'succeeded', tableRows: 5000 })
    expect(await bench.query('select count(*)::int from raw.reads')).toEqual([[5000]])
  })
})
it('an empty table is empty', async () => {
  await run('create table t (i8 int, v text)')
  expect(await sync('t')).toMatchObject({ status: 'succeeded', recordsRead: 0, tableRows: 0 })
  expect((await types('t')).map(([name]) => name)).toEqual([
    'i8',
    'v',
    '_airbyte_raw_id',
    '_airbyte_extracted_at',
    '_airbyte_meta',
    '_airbyte_generation_id',
  ])
})
it('takes the rows as they are where the key is that of the table, and looks for the newest of a key where it is another one', async () => {
  await run("create table t (i8 int primary key, v text); insert into t values (1, 'a'), (2, 'a')")
  const settings = (key: string) => `{ destination_sync_mode: overwrite_dedup, primary_key: ${key} }`
  expect(await sync('t', settings('I8'))).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
  expect(await wasSent('t')).toBe(true)
  expect(await bench.query("select indexdef from pg_indexes where schemaname = 'raw'")).toHaveLength(1)
  expect(await sync('t', settings('v'))).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
  expect(await wasSent('t')).toBe(false)
  expect(await sync('t', settings('[i8, nothing]'))).toMatchObject({
    status: 'failed',
    error: { code: 'CURSOR_INVALID' },
  })
})
it('a source that fails in the middle leaves the old table with the old state', async () => {
  await run('create table t (i8 int); insert into t values (1)')
  await sync('t')
  await run(`
    alter table t rename to held;
    insert into held select i from generate_series(2, 50000) i;
    create view t as select case when i8 = 50000 then 1 / (i8 - 50000) else i8 end as i8 from held`)
  expect(await sync('t')).toMatchObject({ status: 'failed', error: { code: 'SOURCE_QUERY_FAILED' } })
  expect(await bench.query('select i8, _airbyte_generation_id::int from raw.t')).toEqual([[1, 1]])
  await run('create or replace view t as select i8 from held where i8 < 3')
  expect(await sync('t')).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
  expect(await bench.query("select count(*)::int from pg_class where relname like '\\_airbyte\\_tmp%'")).toEqual([[0]])
})

it('a table that somebody else holds is waited for no longer than the connection allows', async () => {
  await run('create table t (i8 int); insert into t values (1)')
  await sync('t')
  await run('insert into t values (2)')
  await withConnection(bench.warehouse, async (other) => {
    await other.begin()
    await other.query('lock table raw.t in access exclusive mode')
    bench.settings = 'timeouts: { destination_seconds: 1 }'
    expect(await sync('t')).toMatchObject({
      status: 'failed',
      error: { code: 'DESTINATION_SILENT', retryable: true, message: expect.stringContaining('after 1 s') },
    })
    await other.rollback()
  })
  bench.settings = ''
  expect(await sync('t')).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
})
