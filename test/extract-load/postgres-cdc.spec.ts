import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postgresConnector } from '../../src/extract-load/connectors/postgres/index.js'
import { TimeLimits } from '../../src/extract-load/loading/request/time-limits.js'
import {
  openDuckDb,
  openPostgres,
  type PostgresWarehouseOptions,
  type Warehouse,
  withConnection,
} from '../../src/warehouse/index.js'
import { appended, followedDatabase, merged, type TableChange } from '../support/cdc.suite.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { logicalLog } from '../support/postgres-server.js'
import { SyncBench } from '../support/sync-bench.js'
import { scriptedDestination, written } from '../support/written-streams.js'

const server = postgresOfFile(logicalLog)

let source: Warehouse
let options: PostgresWarehouseOptions & { readonly user: string; readonly password: string }
beforeEach(async () => {
  options = await server.database()
  source = await openPostgres(options)
})
afterEach(async () => {
  await run(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()`)
  await source.close()
})

const run = (sql: string) => withConnection(source, (connection) => connection.query(sql))
const rowsOf = async (sql: string) => (await run(sql)).rows
const yaml = (more = '', schemas = '[public]') =>
  `{ connector: postgres, config: { host: ${options.host}, port: ${options.port}, database: ${options.database}, username: ${options.user}, password: "${options.password}", schemas: ${schemas}, replication_method: { method: CDC, replication_slot: ${options.database}, publication: millrace${more} } } }`

const changes: readonly TableChange[] = [
  ['a column without a value', 'alter table t add w int', ['id', 'v', 'w'], false],
  ['a column with a value for all rows', "alter table t add w text default 'x'", ['id', 'v', 'w'], true],
  ['a computed column', 'alter table t add w float8 default random()', ['id', 'v'], true],
  ['another name', 'alter table t rename v to w', ['id', 'w'], true],
  ['another type', 'alter table t alter v type int using length(v)', ['id', 'v'], true],
  ['other values of the same type', "alter table t alter v type varchar(20) using v || '!'", ['id', 'v'], true],
  [
    'another type and back again',
    'alter table t alter v type int using length(v); alter table t alter v type varchar(20) using v::text',
    ['id', 'v'],
    true,
  ],
  ['the same values, written anew', 'cluster t using t_pkey', ['id', 'v'], false],
  ['a wider type', 'alter table t alter v type text', ['id', 'v'], false],
  ['a column less', 'alter table t drop x', ['id', 'v'], false],
  ['a column of the same name', 'alter table t drop x; alter table t add x int', ['id', 'v', 'x'], true],
  [
    'a column that went and came again',
    'alter table t add w int; update t set w = 58; alter table t drop w; alter table t add w int',
    ['id', 'v', 'w'],
    true,
  ],
  [
    'a column that got another name at once',
    'alter table t add w int; update t set w = 58; alter table t rename w to y',
    ['id', 'v', 'y'],
    true,
  ],
  [
    'another table',
    "drop table t; create table t (id int primary key, v text); insert into t values (7, 'z')",
    ['id', 'v'],
    true,
  ],
]

describe('a table that somebody keeps locked', () => {
  let bench: SyncBench
  let other: Awaited<ReturnType<Warehouse['connect']>>
  beforeEach(async () => {
    bench = await SyncBench.open()
    bench.settings = 'timeouts: { source_seconds: 1 }'
    await run('create table t (id int primary key); insert into t values (1)')
    other = await source.connect()
    await other.begin()
    await other.query('lock table t in access exclusive mode')
  })
  afterEach(async () => {
    await other.close()
    await bench.close()
  })

  const nobodyWaits = () =>
    expect
      .poll(() => rowsOf("select count(*)::int from pg_stat_activity where application_name = 'millrace sync'"), {
        timeout: 10_000,
      })
      .toEqual([[0]])

  it('ends the sync, and nobody goes on waiting for it', async () => {
    const sync = () => bench.syncStreams(yaml(), `{ t: ${merged} }`)
    expect(await sync()).toMatchObject([
      {
        status: 'failed',
        error: { code: 'SOURCE_SILENT', message: expect.stringContaining('while the log was opened') },
      },
    ])
    await nobodyWaits()
    await other.rollback()
    expect(await sync()).toMatchObject([{ status: 'succeeded', tableRows: 1 }])
  })

  it('ends the waiting for its snapshot, too', async () => {
    const timeouts = { source: 1, destination: 1000, sync: 1000 }
    const limits = new TimeLimits({ name: 'c', timeouts }, undefined)
    const { host, port, database, user: username, password } = options
    const replication_method = { method: 'CDC', replication_slot: database, publication: 'millrace' }
    const config = { host, port, database, username, password, replication_method }
    const stream = { name: 't', syncMode: 'incremental', destinationSyncMode: 'append' } as const
    const context = { config, projectDir: bench.dir, file: 'c.yaml', signal: limits.signal }
    const opening = limits.opened('t', () => postgresConnector.read(context, { stream, state: undefined }))
    const waiting =
      "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and query like 'lock table%'"
    await expect.poll(() => rowsOf(waiting)).toEqual([[1]])
    await expect(opening).rejects.toMatchObject({ code: 'SOURCE_SILENT' })
    limits.dispose()
    await nobodyWaits()
  })
})

const destinations = {
  DuckDB: () => SyncBench.open(),
  PostgreSQL: async () => SyncBench.open(async () => openPostgres(await server.database())),
}

describe.each(Object.entries(destinations))('into %s', (_, open) => {
  let bench: SyncBench
  beforeEach(async () => {
    bench = await open()
  })
  afterEach(() => bench.close())

  const sync = (streams: string, more: Parameters<SyncBench['syncStreams']>[2] = {}) =>
    bench.syncStreams(yaml(), streams, more)

  /** Both sides, as texts. */
  const expectSame = async (table: string, columns: readonly string[]) => {
    const list = columns.map((column) => `"${column}"::text`).join(', ')
    expect(await bench.query(`select ${list} from raw."${table}" order by 1`)).toEqual(
      await rowsOf(`select ${list} from "${table}" order by 1`),
    )
  }

  followedDatabase(
    {
      bench: () => bench,
      run,
      sync,
      expectSame,
      numbers: (to) => `generate_series(1, ${to}) i`,
      nextLogFile: 'select pg_switch_wal()',
    },
    changes,
  )

  it('a value is the same from the log as from the snapshot, of every type', async () => {
    await run(`
      create type mood as enum ('sad', 'ok');
      create domain cents as numeric(12, 2) check (value >= -1e9);
      create type pair as (a int, b text);
      create table t (id int primary key,
        i2 smallint, i8 bigint, o oid, f4 real, f8 double precision, n numeric(12, 2), big numeric(38, 10), c cents, m money, free numeric,
        b bool, d date, ts timestamp, tz timestamptz, ti time, tt timetz, iv interval, u uuid, by bytea, j json, jb jsonb,
        tx text, vc varchar(30), ch char(5), e mood, a int[], aa text[][], ta timestamptz[], p pair, r int4range, ip inet, pt point, bi bit(3), x xml);`)
    const values = `(
        -32768, 9223372036854775807, 4294967295, 1.5, -0.1, -12345678.90, 1234567890123456789012345678.0123456789, -0.05, -1234.56, 0.1,
        true, '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56.789012+02', '23:59:59.999999', '12:00+02', '1 year 2 days 03:04:05.6',
        '0b6f3e1c-1d5a-4b8e-9a52-000000000001', '\\x00ff10', '{"a" : 1.10}', '{"a": 1.10, "big": 12345678901234567890}',
        'ü'' " , short', 'a longer text than twelve', 'ab', 'ok', '{1,null,3}', '{{a,"b,\\"c"},{c,d}}', '{2024-01-01 00:00:00+00,infinity}', row(1, 'x'), '[1,5)', '10.0.0.1/8', '(1,2)', b'101', '<a/>'),
        (1, 1, 0, 'NaN', 'Infinity', 'NaN', 0, 1, 0, 'NaN',
        false, '0044-03-15 BC', '-infinity', 'infinity', '24:00:00', '00:00-12', '-1 mon', null, '', 'null', '[]',
        '', E'\\u001f', '', 'sad', '{}', null, '{}', row(null, null), 'empty', '::1', '(0,0)', b'000', ''),
        (0, -1, 1, 3.4e38, 5e-324, 1, -1, 2, 0, 12345678901234567890.5,
        null, 'infinity', '4713-01-01 00:00:00.5 BC', '0001-01-01 00:00:00+00 BC', '00:00', null, null, null, null, null, null,
        null, null, null, null, null, null, null, null, null, null, null, null, null)`
    const insert = async (from: number) => {
      const tuples = values
        .split(/\),\n\s*\(/)
        .map((tuple, i) => `(${from + i}, ${tuple.replace(/^\(/, '').replace(/\)$/, '')})`)
      await run(`insert into t values ${tuples.join(', ')}`)
    }
    await insert(1)
    await sync(`{ t: ${merged} }`)
    await insert(4)
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({
      status: 'succeeded',
      recordsRead: 3,
      schemaChanges: [],
    })
    const own = (
      await rowsOf("select column_name from information_schema.columns where table_name = 't' and column_name <> 'id'")
    ).map(([name]) => `"${name}"::text`)
    const rows = await bench.query(`select ${own.join(', ')} from raw.t order by id`)
    expect(rows.length).toBe(6)
    expect(rows.slice(3)).toEqual(rows.slice(0, 3))
    const notes = (await bench.query('select _airbyte_meta::text from raw.t order by id')).map(([text]) =>
      (JSON.parse(String(text)).changes as { field: string }[]).map(({ field }) => field).sort(),
    )
    expect(notes[1]).toContain('free')
    expect(notes.slice(3)).toEqual(notes.slice(0, 3))
  })

  it('large values that did not change stay, whatever happened to the key', async () => {
    await run(`create table t (id int primary key, big text, small int);
      alter table t alter big set storage external;
      insert into t select i, repeat(i::text, 20000), 0 from generate_series(1, 6) i`)
    await sync(`{ t: ${merged} }`)
    await run(`update t set small = 1 where id = 1; update t set small = 2 where id = 1;
      update t set id = 20 where id = 2; update t set small = 3 where id = 20; update t set id = 21 where id = 20;
      insert into t values (2, 'new', 0); update t set small = 9 where id = 2;
      insert into t values (30, repeat('x', 30000), 0); update t set small = 1 where id = 30; update t set id = 31 where id = 30; update t set small = 2 where id = 31;
      delete from t where id = 3; insert into t values (3, null, 5); update t set small = 6 where id = 3;
      update t set big = repeat('y', 20000) where id = 4; update t set small = 4 where id = 4`)
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ status: 'succeeded' })
    await expectSame('t', ['id', 'big', 'small'])
    expect(await bench.query(`select count(*) from raw.t where _airbyte_meta::text like '%RETRIEVAL%'`)).toEqual([[0]])
  })

  it('a key that is written in another case than its column finds its rows, and the values that the log left out', async () => {
    await run(
      `create table t ("Id" int primary key, v text, n int); alter table t alter v set storage external; insert into t values (1, repeat('x', 9000), 1), (2, repeat('y', 9000), 1)`,
    )
    const streams = `{ t: ${merged.replace('id', 'ID')} }`
    expect((await sync(streams))[0]).toMatchObject({ status: 'succeeded' })
    await run('update t set n = 2; delete from t where "Id" = 2')
    expect((await sync(streams))[0]).toMatchObject({ status: 'succeeded' })
    await expectSame('t', ['Id', 'v', 'n'])
    // Something reads the table: it stays with its columns when it is read anew.
    await bench.query('create view raw.seen as select * from raw.t')
    await run('alter table t rename "Id" to id')
    expect((await sync(streams))[0]).toMatchObject({ status: 'succeeded', generationId: 2 })
    await run('update t set n = 3')
    expect((await sync(streams))[0]).toMatchObject({ status: 'succeeded', recordsRead: 1 })
    expect((await bench.query('select length(v), n from raw.t')).flat().map(Number)).toEqual([9000, 3])
  })

  it('appended, every change is a row, in the order of the log', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a')")
    await sync(`{ t: ${appended} }`)
    await run("update t set v = 'b' where id = 1; delete from t where id = 1; insert into t values (2, 'c')")
    await sync(`{ t: ${appended} }`)
    expect(await bench.query('select id, v, _ab_cdc_deleted_at is not null from raw.t order by _ab_cdc_lsn')).toEqual([
      [1, 'a', false],
      [1, 'b', false],
      [1, null, true],
      [2, 'c', false],
    ])
  })

  it('a column that comes back by its name after a while does not bring its old values', async () => {
    await run('create table t (id int primary key, v int); insert into t values (1, 1)')
    await sync(`{ t: ${merged} }`)
    await run('alter table t drop v; insert into t values (2)')
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ generationId: 1 })
    await run('alter table t add v int; insert into t values (3, 3)')
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ generationId: 2 })
    await expectSame('t', ['id', 'v'])
  })

  it('a column that is new is there also where no row has a value', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a')")
    await sync(`{ t: ${merged} }`)
    await run('alter table t add w numeric(8, 2)')
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({
      status: 'succeeded',
      generationId: 1,
      isUnchanged: false,
      schemaChanges: [{ kind: 'column_added', column: 'w', to: 'DECIMAL(8,2)' }],
    })
    await expectSame('t', ['id', 'v', 'w'])
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({ isUnchanged: true, schemaChanges: [] })
  })
})

describe('what cannot be followed', () => {
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())
  const sync = async (streams: string, config = '', more = {}) =>
    (await bench.syncStreams(yaml(config), streams, more))[0]

  it('a slot that was dropped, or moved on by somebody else, is an error that says what to do; or the table is read anew', async () => {
    await run('create table t (id int primary key); insert into t values (1)')
    await sync(`{ t: ${merged} }`)
    await run(`select pg_drop_replication_slot('${options.database}'); insert into t values (2)`)
    expect((await sync(`{ t: ${merged} }`))?.error).toMatchObject({
      code: 'CDC_POSITION_LOST',
      message: `What changed in \`t\` since the last sync is lost: the replication slot \`${options.database}\` was gone.`,
    })
    await run('insert into t values (3)')
    expect((await sync(`{ t: ${merged} }`))?.error).toMatchObject({ code: 'CDC_POSITION_LOST' })
    const anew = ', invalid_cdc_cursor_position_behavior: Re-sync data'
    expect(await sync(`{ t: ${merged} }`, anew)).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 3 })
    await run('insert into t values (4)')
    await run(`select pg_replication_slot_advance('${options.database}', pg_current_wal_lsn())`)
    expect((await sync(`{ t: ${merged} }`))?.error?.message).toMatch(/was moved on/)
    expect(await sync(`{ t: ${merged} }`, '', { fullRefresh: true })).toMatchObject({
      status: 'succeeded',
      tableRows: 4,
    })
  })

  it('a table without a key, a view, and a key that the log does not have are refused by name', async () => {
    await run('create table t (id int, v text); create view w as select * from t')
    expect((await sync(`{ t: ${merged} }`))?.error).toMatchObject({
      code: 'CDC_NOT_READY',
      hint: expect.stringContaining('replica identity full'),
    })
    expect((await sync(`{ w: ${merged} }`))?.error).toMatchObject({ code: 'CDC_NOT_READY' })
    await run('create table k (id int primary key, other int)')
    expect((await sync(`{ k: ${merged.replace('id', 'other')} }`))?.error).toMatchObject({ code: 'CDC_NOT_READY' })
    // The log has the key's columns, not those that its index carries along.
    await run('create table i (id int, other int, primary key (id) include (other))')
    const both = merged.replace('id', '[id, other]')
    expect((await sync(`{ i: ${both} }`))?.error).toMatchObject({ code: 'CDC_NOT_READY' })
    await run('alter table t replica identity full; insert into t values (1, null), (2, null)')
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded' })
    await run("update t set id = 5 where id = 1; delete from t where id = 2; insert into t values (7, 'x')")
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id, v from raw.t order by id')).toEqual([
      [5, null],
      [7, 'x'],
    ])
    expect((await sync(`{ none: ${merged} }`))?.error).toMatchObject({ code: 'STREAM_NOT_FOUND' })
  })

  it('partitions are their table, generated columns and columns that are not published are left out', async () => {
    await run(`create table t (id int, d date, g int generated always as (id * 2) stored, secret text, primary key (id, d)) partition by range (d);
      create table t_1 partition of t for values from ('2024-01-01') to ('2025-01-01');
      insert into t values (1, '2024-05-05', default, 's')`)
    await run('create publication millrace for table t (id, d) with (publish_via_partition_root = true)')
    const streams = '{ t: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, d] } }'
    expect(await sync(streams)).toMatchObject({ status: 'succeeded', tableRows: 1 })
    await run(`create table t_2 partition of t for values from ('2025-01-01') to ('2026-01-01');
      insert into t values (2, '2025-05-05', default, 's'); update t set id = 3 where id = 1`)
    expect(await sync(streams)).toMatchObject({ status: 'succeeded', generationId: 1 })
    expect(await bench.query('select id, d::text from raw.t order by id')).toEqual([
      [2, '2025-05-05'],
      [3, '2024-05-05'],
    ])
    expect(
      await bench.query(
        "select column_name from duckdb_columns() where table_name = 't' and column_name in ('g', 'secret')",
      ),
    ).toEqual([])
  })

  it('rows of a table of another schema with the same name stay out', async () => {
    await run(
      "create table t (id int primary key, v text); create schema other; create table other.t (id int primary key, v text); insert into t values (1, 'own')",
    )
    await run('create publication millrace for table t, other.t')
    await sync(`{ t: ${merged} }`)
    await run("insert into other.t values (1, 'foreign'), (2, 'foreign')")
    await sync(`{ t: ${merged} }`)
    expect(await bench.query('select id, v from raw.t')).toEqual([[1, 'own']])
  })

  it('a table that the publication lost for a while is read anew, and so is all of one that is made again', async () => {
    await run('create table t (id int primary key); insert into t values (1)')
    await sync(`{ t: ${merged} }`)
    await run('alter publication millrace drop table t')
    await run('insert into t values (2)')
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ generationId: 2, tableRows: 2 })
    await run('drop publication millrace')
    await run('insert into t values (3)')
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded', generationId: 3, tableRows: 3 })
    await run('insert into t values (4)')
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ generationId: 3, tableRows: 4 })
  })

  it('a transaction that is open while a stream is added loses nothing', async () => {
    await run('create table t (id int primary key); create table u (id int primary key)')
    await sync(`{ t: ${merged} }`)
    const other = await source.connect()
    await other.begin()
    await other.query('insert into u values (1)')
    const added = sync(`{ t: ${merged}, u: ${merged} }`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await other.query('insert into u values (2)')
    await other.commit()
    await other.close()
    await added
    await sync(`{ t: ${merged}, u: ${merged} }`)
    expect(await bench.query('select id from raw.u order by id')).toEqual([[1], [2]])
  })

  it('a table that another connection loaded is left alone, and another key is refused', async () => {
    await run('create table t (id int primary key, other int unique not null); insert into t values (1, 1)')
    await bench.query('create schema raw; create table raw.t as select 5 as id, uuid() as _airbyte_raw_id')
    expect((await sync(`{ t: ${merged} }`))?.error).toMatchObject({ code: 'DESTINATION_TABLE_FOREIGN' })
    expect(await bench.query('select id from raw.t')).toEqual([[5]])
    await bench.query('drop table raw.t')
    await run('alter table t replica identity full')
    await sync(`{ t: ${merged} }`)
    expect((await sync(`{ t: ${merged.replace('id', 'other')} }`))?.error).toMatchObject({
      code: 'STREAM_MODE_CHANGED',
    })
  })

  it('parts of a table that go, or are emptied, are noticed; a table that others inherit from is refused', async () => {
    await run(`create table t (id int, d date, primary key (id, d)) partition by range (d);
      create table t_1 partition of t for values from ('2024-01-01') to ('2025-01-01');
      create table t_2 partition of t for values from ('2025-01-01') to ('2026-01-01');
      insert into t values (1, '2024-05-05'), (2, '2025-05-05')`)
    const streams = '{ t: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id, d] } }'
    await sync(streams)
    await run('alter table t detach partition t_1')
    expect(await sync(streams)).toMatchObject({ generationId: 2, tableRows: 1 })
    await run("alter table t add w text default 'x'")
    expect(await sync(streams)).toMatchObject({ generationId: 3 })
    expect(await bench.query('select id, w from raw.t')).toEqual([[2, 'x']])
    await run('truncate t_2')
    expect(await sync(streams)).toMatchObject({ generationId: 4, tableRows: 0 })
    await run('create table p (id int primary key); create table c () inherits (p)')
    expect((await sync(`{ p: ${merged} }`))?.error).toMatchObject({ code: 'CDC_NOT_READY' })
  })

  it('one table that cannot be published does not stop the others; a publication that does not tell all is refused', async () => {
    await run(
      'create table t (id int primary key); create unlogged table u (id int primary key); create table d (id int primary key deferrable)',
    )
    const results = await bench.syncStreams(yaml(), `{ t: ${merged}, u: ${merged}, d: ${merged} }`)
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'failed'])
    await run("alter publication millrace set (publish = 'insert')")
    expect((await sync(`{ t: ${merged} }`))?.error).toMatchObject({ code: 'CDC_NOT_READY' })
  })

  it('keys are compared whatever their case; JSON that only the server takes goes through', async () => {
    await run(
      `create table t (id int primary key, j json); alter table t replica identity full; insert into t values (1, '{}')`,
    )
    await sync(`{ t: ${merged.replace('id', 'ID')} }`)
    await run(`update t set id = 2; insert into t values (3, '"\\ud800"')`)
    expect(await sync(`{ t: ${merged.replace('id', 'ID')} }`)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id from raw.t order by id')).toEqual([[2], [3]])
    await run(
      "create table big (id int primary key, v text, n int); alter table big alter v set storage external; insert into big values (1, repeat('x', 9000), 1)",
    )
    const streams = `{ big: ${merged.replace('id', 'ID')} }`
    await sync(streams)
    await run('update big set n = 2')
    expect(await sync(streams)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id, length(v), n from raw.big')).toEqual([[1, 9000, 2]])
  })

  it('more keys than a chunk of rows holds change in one transaction; long keys as well', async () => {
    await run(`create table t (id int primary key, v int); create table k (id text primary key, v int); alter table k alter id set storage external;
      insert into t select i, i from generate_series(1, 3000) i; insert into k select repeat(i::text, 2300), i from generate_series(1, 3) i`)
    await sync(`{ t: ${merged}, k: ${merged} }`)
    await run('begin; insert into t values (0, 0); update t set id = id + 10000; update k set v = 7; commit')
    const results = await bench.syncStreams(yaml(), `{ t: ${merged}, k: ${merged} }`)
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined])
    expect(await bench.query('select count(*), min(id), max(id) from raw.t')).toEqual([[3001, 10_000, 13_000]])
    expect(await bench.query('select count(*), count(id), min(v), min(length(id)) from raw.k')).toEqual([
      [3, 3, 7, 2300],
    ])
  })

  it('a type that is another one today is answered by a new snapshot', async () => {
    await run(
      "create type mood as enum ('sad', 'ok'); create table t (id int primary key, m mood[]); insert into t values (1, '{sad}')",
    )
    await sync(`{ t: ${merged} }`)
    await run("insert into t values (2, '{ok}'); alter type mood rename value 'ok' to 'fine'")
    expect(await sync(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded', generationId: 2 })
    expect(await bench.query('select id, m::varchar from raw.t order by id')).toEqual([
      [1, '["sad"]'],
      [2, '["fine"]'],
    ])
  })
})

it('texts of a database that takes any bytes are NULL with a note where they are no UTF-8', async () => {
  const database = `${options.database}_bytes`
  await run(`create database ${database} encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'`)
  const bytes = await openPostgres({ ...options, database })
  const bench = await SyncBench.open()
  const inBytes = (sql: string) => withConnection(bytes, (connection) => connection.query(sql))
  try {
    await inBytes(`create table t (id int primary key, v text); insert into t values (1, 'grün'), (2, E'gr\\xfcn')`)
    const source = yaml().replace(`database: ${options.database}`, `database: ${database}`)
    const sync = () =>
      bench.syncSource(
        source,
        't',
        '{ sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [id] }',
      )
    expect((await sync()).error).toBeUndefined()
    await inBytes(`insert into t values (3, E'gr\\xfcn'), (4, E'gr\\xfcn and longer than twelve'), (5, 'grün')`)
    expect((await sync()).error).toBeUndefined()
    expect(await bench.query("select id, v, _airbyte_meta->>'$.changes[0].field' from raw.t order by id")).toEqual([
      [1, 'grün', null],
      [2, null, 'v'],
      [3, null, 'v'],
      [4, null, 'v'],
      [5, 'grün', null],
    ])
  } finally {
    await bench.close()
    await inBytes(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()',
    )
    await bytes.close()
    await run(`drop database ${database}`)
  }
})

describe('into what has no tables', () => {
  let bench: SyncBench
  afterEach(() => bench.close())
  const open = async (destination: string) => {
    bench = await SyncBench.open(() => openDuckDb({ path: ':memory:' }), destination)
  }
  const large = "(select string_agg(md5(i::text), '') from generate_series(1, 400) i)"

  it('files: each change is a row of its own, and a truncated table leaves the rows that are there', async () => {
    await open('{ connector: file, config: { path: out } }')
    const rows = async () => {
      await bench.showFiles('out')
      const sql = 'select id, v, _ab_cdc_deleted_at is not null, big is null from raw.t'
      return bench.query(`${sql} order by _ab_cdc_lsn, _airbyte_extracted_at, id`)
    }
    const sync = () => bench.syncStreams(yaml(), `{ t: ${appended}, u: ${appended} }`)
    await run(`create table t (id int primary key, v text, big text); create table u (id int primary key);
      insert into t select i, 'a', ${large} from generate_series(1, 2) i; insert into u values (1)`)
    const [first] = await sync()
    expect(first).toMatchObject({ status: 'succeeded', recordsCommitted: 2, tableRows: 2 })
    expect(first?.columns?.map(({ name }) => name)).toEqual(expect.arrayContaining(['id', 'v', '_ab_cdc_lsn']))
    await run("update t set v = 'b' where id = 1")
    await run('delete from t where id = 2')
    await run("insert into t values (3, 'c', '')")
    const second = await sync()
    expect(second).toMatchObject([
      { status: 'succeeded', recordsCommitted: 3, tableRows: 5, generationId: 1 },
      { status: 'succeeded', recordsCommitted: 0, tableRows: 1, isUnchanged: true },
    ])
    const held = [
      [1, 'a', false, false],
      [2, 'a', false, false],
      [1, 'b', false, true],
      [2, null, true, true],
      [3, 'c', false, false],
    ]
    expect(await rows()).toEqual(held)
    await run('truncate t')
    await run("insert into t values (4, 'd', '')")
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', tableRows: 6 })
    expect(bench.warnings.join()).toContain('the rows that were appended until then stay')
    expect(await rows()).toEqual([...held, [4, 'd', false, false]])
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', isUnchanged: true, tableRows: 6 })
  })

  it('files: what was staged in many parts is all there, each part with its position', async () => {
    await open('{ connector: file, config: { path: out } }')
    const sync = () => bench.syncStreams(yaml(), `{ t: ${appended} }`, { checkpoint: { bytes: 1, ms: 0 } })
    await run('create table t (id int primary key)')
    await sync()
    for (let i = 1; i <= 5; i++) await run(`insert into t values (${i})`)
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', recordsCommitted: 5, tableRows: 5 })
    await bench.showFiles('out')
    expect((await bench.query('select id from raw.t order by id')).flat()).toEqual([1, 2, 3, 4, 5])
  })

  it('what is replaced by each sync is refused by name: its changes would stand beside the rows that they change', async () => {
    await open('{ connector: file, config: { path: out } }')
    for (const mode of ['overwrite', 'overwrite_dedup']) {
      const stream = `{ sync_mode: incremental, destination_sync_mode: ${mode}, primary_key: id }`
      expect(await bench.syncStreams(yaml(), `{ t: ${stream} }`).catch((error) => error)).toMatchObject({
        code: 'STREAM_MODE_UNSUPPORTED',
        at: { file: 'el/c.yaml', line: 4 },
        hint: expect.stringContaining('full_refresh'),
      })
    }
  })

  it('a connector: it is told of deleted rows, a truncated table is emptied, and of what the log leaves out there is a warning', async () => {
    await open(scriptedDestination())
    const sync = async () => (await bench.syncStreams(yaml(), `{ t: ${merged} }`))[0]
    const rows = () => written(bench, 't').map(({ data: { id, v, big } }) => [id, v, typeof big])
    await run(`create table t (id int primary key, v text, big text);
      insert into t select i, 'a', ${large} from generate_series(1, 3) i`)
    expect(await sync()).toMatchObject({ status: 'succeeded', recordsCommitted: 3, tableRows: undefined })
    await run("update t set v = 'b' where id = 1")
    await run('delete from t where id = 2; update t set id = 9, big = null where id = 3')
    expect(await sync()).toMatchObject({ status: 'succeeded', generationId: 1 })
    expect(rows()).toEqual([
      [1, 'b', 'object'],
      [9, 'a', 'object'],
    ])
    const note = { field: 'big', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' }
    expect(written(bench, 't').map(({ changes }) => changes)).toEqual([[note], []])
    expect(bench.warnings).toEqual([expect.stringContaining('values of big that did not change')])
    await run('truncate t')
    await run("insert into t values (4, 'd', ''), (5, 'e', '')")
    await run('delete from t where id = 5')
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    expect(rows()).toEqual([[4, 'd', 'string']])
    await run('truncate t')
    expect(await sync()).toMatchObject({ status: 'succeeded', isUnchanged: false })
    expect(rows()).toEqual([])
    await run("insert into t values (6, 'f', '')")
    await sync()
    expect(rows()).toEqual([[6, 'f', 'string']])
  })

  it('nowhere: changes are counted, and the log goes on', async () => {
    await open('{ connector: dev-null }')
    const sync = () => bench.syncStreams(yaml(), `{ t: ${merged} }`)
    await run(
      `create table t (id int primary key, v text, big text); insert into t values (1, 'a', ${large}), (2, 'a', '')`,
    )
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', recordsCommitted: 2, tableRows: undefined })
    await run("update t set v = 'b' where id = 1")
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', recordsRead: 1, recordsCommitted: 1 })
    await run('truncate t')
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', recordsRead: 0 })
    expect((await sync())[0]).toMatchObject({ status: 'succeeded', recordsRead: 0, isUnchanged: true, generationId: 1 })
  })
})
