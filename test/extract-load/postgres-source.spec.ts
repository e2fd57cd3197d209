import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postgresConnector } from '../../src/extract-load/connectors/postgres/index.js'
import {
  openPostgres,
  type PostgresWarehouseOptions,
  type Warehouse,
  withConnection,
} from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

let bench: SyncBench
let source: Warehouse
let options: PostgresWarehouseOptions & { readonly user: string; readonly password: string }
beforeEach(async () => {
  bench = await SyncBench.open()
  options = await server.database()
  source = await openPostgres(options)
})
afterEach(async () => {
  await source.close()
  await bench.close()
})

const run = (sql: string) => withConnection(source, (connection) => connection.query(sql))
const yaml = (config = '', schemas = '[public]') =>
  `{ connector: postgres, config: { host: ${options.host}, port: ${options.port}, database: ${options.database}, username: ${options.user}, password: "${options.password}", schemas: ${schemas}${config} } }`
const sync = (stream: string, settings = '{}', more: { fullRefresh?: boolean; schemas?: string } = {}) =>
  bench.syncSource(yaml('', more.schemas), stream, settings, more)
const loaded = (
  table: string,
  columns = '* exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id)',
) => bench.query(`select ${columns} from raw."${table}" order by all`)

it('tables are discovered with the columns of their key alone, and views also where they have no rows to show', async () => {
  await run(`create table t (id int, v text, primary key (id) include (v)); insert into t values (1, 'a');
    create materialized view never_refreshed as select id from t with no data; create view failing as select v::int from t`)
  const { host, port, database, user: username, password } = options
  const config = { host, port, database, username, password }
  const found = await postgresConnector.discover({ config, projectDir: bench.dir, file: 'c.yaml' })
  expect(
    found.map(({ name, sourceDefinedPrimaryKey, sample }) => [name, sourceDefinedPrimaryKey, sample?.rows]),
  ).toEqual([
    ['failing', [], undefined],
    ['never_refreshed', [], undefined],
    ['t', [['id']], [['1', 'a']]],
  ])
})

describe('types', () => {
  it('are exact, whatever is in them', async () => {
    await run(`
      create type mood as enum ('sad', 'ok');
      create domain cents as numeric(12, 2) check (value >= -1e9);
      create type pair as (a int, b text);
      create table t (
        i2 smallint, i4 int, i8 bigint, o oid, f4 real, f8 double precision, n numeric(12, 2), big numeric(38, 10), c cents, m money,
        b bool, d date, ts timestamp, tz timestamptz, ti time, tt timetz, iv interval, u uuid, by bytea, j json, jb jsonb,
        tx text, vc varchar(30), ch char(5), e mood, a int[], aa text[][], p pair, r int4range, ip inet, pt point, bi bit(3), x xml);
      insert into t values (
        -32768, 2147483647, 9223372036854775807, 4294967295, 1.5, -0.1, -12345678.90, 1234567890123456789012345678.0123456789, -0.05, 12.34,
        true, '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56.789012+02', '23:59:59.999999', '12:00+02', '1 year 2 days 03:04:05.6',
        '0b6f3e1c-1d5a-4b8e-9a52-000000000001', '\\x00ff10', '{"a" : 1.10}', '{"a": 1.10, "big": 12345678901234567890}',
        'ü'' " , short', 'a longer text than twelve', 'ab', 'ok', '{1,null,3}', '{{a,b},{c,d}}', row(1, 'x'), '[1,5)', '10.0.0.1/8', '(1,2)', b'101', '<a/>');
      insert into t (i8, ts, tz, d) values (-9223372036854775808, '-infinity', 'infinity', 'infinity'), (0, '4713-01-01 BC', '294276-12-31 23:59:59.999999Z', '0001-01-01 BC'), (2, '294246-12-31 23:59:59.999999', '1999-12-31 23:59:59.999999Z', '1969-12-31');
      insert into t (i8) values (1)`)
    expect(await sync('t')).toMatchObject({ status: 'succeeded', recordsCommitted: 5 })
    const columns = await bench.query(
      "select column_name, data_type from duckdb_columns() where table_name = 't' and column_name not like '\\_%' escape '\\'",
    )
    expect(Object.fromEntries(columns)).toMatchObject({
      i2: 'SMALLINT',
      i8: 'BIGINT',
      o: 'UINTEGER',
      f4: 'FLOAT',
      n: 'DECIMAL(12,2)',
      big: 'DECIMAL(38,10)',
      c: 'DECIMAL(12,2)',
      m: 'DECIMAL(21,2)',
      tz: 'TIMESTAMP WITH TIME ZONE',
      ti: 'TIME',
      u: 'UUID',
      by: 'BLOB',
      j: 'JSON',
      jb: 'JSON',
      a: 'JSON',
      p: 'JSON',
      iv: 'VARCHAR',
      e: 'VARCHAR',
    })
    const [row] = await bench.query(
      `select columns(c -> c not like '\\_%' escape '\\')::varchar from raw.t where i4 is not null`,
    )
    expect(row).toEqual([
      '-32768',
      '2147483647',
      '9223372036854775807',
      '4294967295',
      '1.5',
      '-0.1',
      '-12345678.90',
      '1234567890123456789012345678.0123456789',
      '-0.05',
      '12.34',
      'true',
      '2024-02-29',
      '2024-02-29 12:34:56.789012',
      '2024-02-29 10:34:56.789012+00',
      '23:59:59.999999',
      '12:00:00+02',
      'P1Y2DT3H4M5.6S',
      '0b6f3e1c-1d5a-4b8e-9a52-000000000001',
      '\\x00\\xFF\\x10',
      '{"a" : 1.10}',
      '{"a": 1.10, "big": 12345678901234567890}',
      `ü' " , short`,
      'a longer text than twelve',
      'ab   ',
      'ok',
      '[1,null,3]',
      '[["a","b"],["c","d"]]',
      '{"a":1,"b":"x"}',
      '[1,5)',
      '10.0.0.1/8',
      '(1,2)',
      '101',
      '<a/>',
    ])
    expect(
      await bench.query(
        'select i8::varchar, ts::varchar, tz::varchar, d::varchar from raw.t where i4 is null order by i8',
      ),
    ).toEqual([
      ['-9223372036854775808', '-infinity', 'infinity', 'infinity'],
      ['0', '4713-01-01 (BC) 00:00:00', null, '0001-01-01 (BC)'],
      ['1', null, null, null],
      ['2', '294246-12-31 23:59:59.999999', '1999-12-31 23:59:59.999999+00', '1969-12-31'],
    ])
  })

  it('texts of a database that takes any bytes are NULL with a note where they are no UTF-8', async () => {
    const database = `${options.database}_bytes`
    await run(`create database ${database} encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'`)
    const bytes = await openPostgres({ ...options, database })
    try {
      const sql = `create table t (id int, v text); insert into t values (1, 'grün'), (2, E'gr\\xfcn'), (3, E'gr\\xfcn and longer than twelve'), (4, 'grün and longer than twelve')`
      await withConnection(bytes, (connection) => connection.query(sql))
      const source = yaml().replace(`database: ${options.database}`, `database: ${database}`)
      expect((await bench.syncSource(source, 't', '{}')).error).toBeUndefined()
    } finally {
      await bytes.close()
      await run(`drop database ${database}`)
    }
    expect(await loaded('t', "id, v, _airbyte_meta->>'$.changes[0].field'")).toEqual([
      [1, 'grün', null],
      [2, null, 'v'],
      [3, null, 'v'],
      [4, 'grün and longer than twelve', null],
    ])
  })

  it('numbers without a limit get the decimal that holds them all, and what is no decimal becomes NULL with a note', async () => {
    await run(`create table t (id int, n numeric, k numeric(6, 2));
      insert into t values (1, 12345678901234567890.5, 1.25), (2, -0.000001, 'NaN'), (3, 'NaN', null), (4, null, 1), (5, 'Infinity', 2)`)
    await sync('t')
    expect(await loaded('t', 'id, n::varchar, k::varchar, _airbyte_meta')).toEqual([
      [1, '12345678901234567890.500000', '1.25', '{"sync_id":1,"changes":[]}'],
      [
        2,
        '-0.000001',
        null,
        '{"sync_id":1,"changes":[{"field":"k","change":"NULLED","reason":"DESTINATION_FIELD_SIZE_LIMITATION"}]}',
      ],
      [
        3,
        null,
        null,
        '{"sync_id":1,"changes":[{"field":"n","change":"NULLED","reason":"DESTINATION_FIELD_SIZE_LIMITATION"}]}',
      ],
      [4, null, '1.00', '{"sync_id":1,"changes":[]}'],
      [
        5,
        null,
        '2.00',
        '{"sync_id":1,"changes":[{"field":"n","change":"NULLED","reason":"DESTINATION_FIELD_SIZE_LIMITATION"}]}',
      ],
    ])
    await run(`create table huge (n numeric); insert into huge values (1e40), (1e-40)`)
    await sync('huge')
    expect(await bench.query('select typeof(n), length(n) from raw.huge order by 2')).toEqual([
      ['VARCHAR', 41],
      ['VARCHAR', 42],
    ])
  })
})

describe('rows', () => {
  it('more than a chunk, with texts that end at its border, come over complete', async () => {
    await run(
      `create table t as select i, case when i % 3 = 0 then null else repeat('x', i % 40) end as s from generate_series(1, 10000) i`,
    )
    expect(await sync('t')).toMatchObject({ recordsRead: 10000, recordsCommitted: 10000, tableRows: 10000 })
    expect(
      await bench.query(
        'select count(*), count(distinct _airbyte_raw_id), sum(i)::bigint, count(s), sum(length(s))::bigint, min(_airbyte_generation_id) from raw.t',
      ),
    ).toEqual([[10000, 10000, 50005000, 6667, (await run('select sum(length(s))::int from t')).rows[0]?.[0], 1]])
  })
  it('an empty table, a view and a partitioned table are streams like others', async () => {
    await run(`create table empty (a int, b text); create view seen as select 7 as a;
      create table parts (a int) partition by range (a); create table parts_1 partition of parts for values from (0) to (10); insert into parts values (1), (2)`)
    expect(await sync('empty')).toMatchObject({ status: 'succeeded', recordsCommitted: 0, tableRows: 0 })
    await sync('seen')
    await sync('parts')
    expect(await loaded('empty')).toEqual([])
    expect(await loaded('seen')).toEqual([[7]])
    expect(await loaded('parts')).toEqual([[1], [2]])
  })
  it('of several schemas are told apart by their names', async () => {
    await run(
      'create schema sales; create table sales.t (a int); insert into sales.t values (1); create table t (a int)',
    )
    const settings = { schemas: '[public, sales]' }
    expect(await sync("'sales.t'", '{}', settings)).toMatchObject({ stream: 'sales.t', recordsCommitted: 1 })
    expect(await sync("'public.t'", '{}', settings)).toMatchObject({ stream: 'public.t', recordsCommitted: 0 })
    expect((await sync('t', '{}', settings)).error).toMatchObject({ code: 'STREAM_NOT_FOUND' })
  })
  it('a table that is emptied is empty afterwards, and one that lost a column keeps it', async () => {
    await run('create table t (a int, b int); insert into t values (1, 2)')
    await sync('t')
    await run('delete from t; alter table t drop column b')
    expect(await sync('t')).toMatchObject({ schemaChanges: [{ kind: 'column_removed', column: 'b' }], tableRows: 0 })
  })
})

describe('incremental', () => {
  const byTime = '{ sync_mode: incremental, cursor_field: at }'
  it('reads what is above the last value, and of the same value what is not there yet', async () => {
    await run(
      `create table t (id int, at timestamptz); insert into t values (1, '2024-01-01Z'), (2, '2024-01-02Z'), (3, null)`,
    )
    expect(await sync('t', byTime)).toMatchObject({ recordsCommitted: 3 })
    expect(await sync('t', byTime)).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
    await run(
      `insert into t values (4, '2024-01-02Z'), (5, '2024-01-01Z'), (6, '2024-01-03 00:00:00.000001Z'), (7, null)`,
    )
    expect(await sync('t', byTime)).toMatchObject({ recordsCommitted: 3, tableRows: 6 })
    expect((await loaded('t', 'id')).flat()).toEqual([1, 2, 3, 4, 6, 7])
  })
  it('with a key changed rows take the place of the old ones', async () => {
    await run(
      `create table t (id int primary key, at timestamp, v numeric); insert into t select i, '2024-01-01', i from generate_series(1, 3) i`,
    )
    const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
    await sync('t', settings)
    await run(`update t set at = '2024-01-02', v = 20.5 where id = 2; insert into t values (4, '2024-01-02', 4)`)
    expect(await sync('t', settings)).toMatchObject({ tableRows: 4 })
    expect(await loaded('t', 'id, v::varchar')).toEqual([
      [1, '1.0'],
      [2, '20.5'],
      [3, '3.0'],
      [4, '4.0'],
    ])
  })
  it('key and cursor may be written in another case than their columns', async () => {
    await run(`create table t ("Id" int, "At" int, at2 int); insert into t values (1, 1, 1), (2, 1, 1)`)
    const settings = '{ sync_mode: incremental, cursor_field: AT, primary_key: ID }'
    await sync('t', settings)
    await run('update t set "At" = 2 where "Id" = 2')
    expect(await sync('t', settings)).toMatchObject({ status: 'succeeded', tableRows: 2 })
    expect(await loaded('t')).toEqual([
      [1, 1, 1],
      [2, 2, 1],
    ])
  })
  it('puts texts in the order of their bytes, not in that of a language', async () => {
    await run(`create table t (k text collate "en-x-icu"); insert into t values ('B'), ('a')`)
    const settings = '{ sync_mode: incremental, cursor_field: k }'
    await sync('t', settings)
    await run(`insert into t values ('b'), ('A')`)
    await sync('t', settings)
    expect((await loaded('t')).flat()).toEqual(['B', 'a', 'b'])
  })
  it('grows with the table', async () => {
    await run(`create table t (id int, at int); insert into t values (1, 1)`)
    const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
    await sync('t', settings)
    await run(
      `alter table t add column more text; alter table t alter id type bigint; insert into t values (5000000000, 2, 'x')`,
    )
    expect(await sync('t', settings)).toMatchObject({
      schemaChanges: [
        { kind: 'type_changed', column: 'id', from: 'INTEGER', to: 'BIGINT' },
        { kind: 'column_added', column: 'more', to: 'VARCHAR' },
      ],
    })
  })
  it('is refused without a cursor that has an order', async () => {
    await run('create table t (id int, j jsonb)')
    expect((await sync('t', '{ sync_mode: incremental }')).error).toMatchObject({
      code: 'CURSOR_INVALID',
      message: expect.stringContaining('has no `cursor_field`'),
    })
    expect((await sync('t', '{ sync_mode: incremental, cursor_field: j }')).error?.message).toContain('no order')
    expect((await sync('t', '{ sync_mode: incremental, cursor_field: nope }')).error?.message).toContain(
      'no column `nope`',
    )
  })
})

describe('what goes wrong', () => {
  it('says what, and leaves the table as it was', async () => {
    await run('create table orders (id int); insert into orders values (1)')
    await sync('orders')
    expect((await sync('order')).error).toMatchObject({
      code: 'STREAM_NOT_FOUND',
      hint: expect.stringContaining('orders'),
    })
    await run('drop table orders; create view orders as select 1/(2 - i) as id from generate_series(1, 5000) i')
    const { status, error } = await sync('orders')
    expect([status, error?.code]).toEqual(['failed', 'SOURCE_QUERY_FAILED'])
    expect(error?.message).toContain('division by zero')
    expect(await loaded('orders')).toEqual([[1]])
    await run('create table reserved (_airbyte_meta text)')
    expect((await sync('reserved')).error?.code).toBe('SOURCE_COLUMN_RESERVED')
  })
  it('a server that goes away ends the sync with an error', async () => {
    await run('create view slow as select i, pg_sleep(0.01)::text from generate_series(1, 1000000) i')
    const syncing = sync('slow')
    await new Promise((resolve) => setTimeout(resolve, 700))
    await run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'millrace sync'")
    expect((await syncing).error?.code).toBe('SOURCE_CONNECTION_LOST')
  })
  it('a cancelled sync leaves nothing, neither here nor there', async () => {
    await run('create view slow as select i, pg_sleep(0.01)::text from generate_series(1, 1000000) i')
    const stop = new AbortController()
    const syncing = bench.syncSource(yaml(), 'slow', '{}', { signal: stop.signal })
    await new Promise((resolve) => setTimeout(resolve, 700))
    stop.abort()
    expect((await syncing).status).toBe('cancelled')
    expect(await bench.query("select table_name from duckdb_tables() where schema_name = 'raw'")).toEqual([])
    await expect
      .poll(
        async () =>
          (await run("select count(*)::int from pg_stat_activity where application_name = 'millrace sync'")).rows,
      )
      .toEqual([[0]])
  })
})
