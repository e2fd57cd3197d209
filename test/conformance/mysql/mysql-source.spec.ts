import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mysqlConnector } from '../../../src/extract-load/connectors/mysql/index.js'
import { SyncBench } from '../../support/sync-bench.js'
import { type MysqlServer, serverProgram, startMysql } from './server.js'

let server: MysqlServer
let bench: SyncBench
let account: Awaited<ReturnType<MysqlServer['database']>>

const run = (sql: string) => server.admin.query(`use ${account.database}; ${sql}`)
const yaml = (config = '', password = account.password) =>
  `{ connector: mysql, config: { host: 127.0.0.1, port: ${server.port}, database: ${account.database}, username: ${account.username}, password: "${password}"${config} } }`
const sync = (stream: string, settings = '{}', more: { fullRefresh?: boolean } = {}) =>
  bench.syncSource(yaml(), stream, settings, more)
const loaded = (
  table: string,
  columns = '* exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id)',
) => bench.query(`select ${columns} from raw."${table}" order by all`)
/** Names and types of the loaded columns. */
const types = async (table: string) =>
  Object.fromEntries(
    await bench.query(
      `select column_name, data_type from duckdb_columns() where table_name = '${table}' and column_name not like '\\_%' escape '\\'`,
    ),
  ) as Record<string, string>
const noted = (...fields: string[]) =>
  JSON.stringify({
    sync_id: 1,
    changes: fields.map((field) => ({ field, change: 'NULLED', reason: 'DESTINATION_FIELD_SIZE_LIMITATION' })),
  })

describe.skipIf(serverProgram === undefined)('a MySQL or MariaDB server', () => {
  beforeAll(async () => {
    server = await startMysql(serverProgram as string)
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    bench = await SyncBench.open()
    account = await server.database()
    await server.admin.query("set session sql_mode = ''; set names utf8mb4")
  })
  afterEach(() => bench.close())

  /** Loads one row and answers its values by column. */
  async function loadedRow(definitions: string, values: string): Promise<Record<string, unknown>> {
    await run(`create table t (${definitions}); insert into t values (${values})`)
    expect(await sync('t')).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    const columns = (await bench.query(
      "select column_name from duckdb_columns() where table_name = 't' and column_name not like '\\_%' escape '\\' order by column_index",
    )) as string[][]
    const [row] = await bench.query(`select columns(c -> c not like '\\_%' escape '\\')::varchar from raw.t`)
    return Object.fromEntries(columns.map(([name], i) => [name, row?.[i]]))
  }

  describe('types', () => {
    it('integers are exact, signed and unsigned, to their ends', async () => {
      const sizes = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint']
      await run(
        `create table t (${sizes.flatMap((type) => [`${type}_s ${type}`, `${type}_u ${type} unsigned`]).join(', ')}, zf int(8) zerofill, y year, b boolean)`,
      )
      const ends = [7, 15, 23, 31, 63].map(BigInt)
      const rows = [
        [...ends.flatMap((bits) => [-(2n ** bits), 0n]), 7, 1901, 1],
        [...ends.flatMap((bits) => [2n ** bits - 1n, 2n ** (bits + 1n) - 1n]), 123456789, 2155, 2],
      ]
      await run(`insert into t values ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`)
      await sync('t')
      expect(Object.values(await types('t'))).toEqual(
        'TINYINT UTINYINT SMALLINT USMALLINT INTEGER UINTEGER INTEGER UINTEGER BIGINT UBIGINT UINTEGER SMALLINT TINYINT'.split(
          ' ',
        ),
      )
      expect(await bench.query("select columns(c -> c not like '\\_%' escape '\\')::varchar from raw.t")).toEqual(
        rows.map((row) => row.map(String)),
      )
    })

    it('decimals and floats keep every digit and bit', async () => {
      const row = await loadedRow(
        `a decimal(4,2), b decimal(9,0), c decimal(18,6), d decimal(38,10), e decimal(5,5), z decimal(10,2) zerofill, n decimal(65,30),
         zn decimal(50,2) zerofill, f float, f2 float, db double, db2 double`,
        `-99.99, -123456789, 123456789012.000001, -1234567890123456789012345678.0123456789, -0.00001, 1.5, 12345678.5,
         7.25, 0.7, 16777216, 0.1, 1.7976931348623157e308`,
      )
      expect(row).toEqual({
        a: '-99.99',
        b: '-123456789',
        c: '123456789012.000001',
        d: '-1234567890123456789012345678.0123456789',
        e: '-.00001',
        z: '1.50',
        n: '12345678.500000000000000000000000000000',
        zn: '7.25',
        f: '0.7',
        f2: '16777216.0',
        db: '0.1',
        db2: '1.7976931348623157e+308',
      })
      expect(await types('t')).toMatchObject({
        a: 'DECIMAL(4,2)',
        d: 'DECIMAL(38,10)',
        z: 'DECIMAL(10,2)',
        n: 'DECIMAL(38,30)',
        zn: 'DECIMAL(18,2)',
        f: 'FLOAT',
      })
      await run(`create table huge (n decimal(65,30)); insert into huge values (12345678901234567890.5), (-1)`)
      await sync('huge')
      expect(await loaded('huge')).toEqual([
        ['-1.000000000000000000000000000000'],
        ['12345678901234567890.500000000000000000000000000000'],
      ])
    })

    it('days and times are exact, in UTC, and what is no day is NULL with a note', async () => {
      await run(`set session sql_mode = 'ALLOW_INVALID_DATES'; set session time_zone = '+02:00';
        create table t (id int primary key, d date, dt datetime(6), s datetime, ts timestamp(6) null, ti time(6), tm time);
        insert into t values
          (1, '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 00:00:00', '2024-02-29 12:34:56.789012', '-838:59:59.000000', '838:59:59'),
          (2, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '00:00:00', '25:00:00'),
          (3, '2024-02-31', '2024-00-10 01:02:03', null, null, null, null),
          (4, '0001-01-01', '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59', '1970-01-01 02:00:01', '12:34:56.789', '-00:00:01'),
          (5, '1900-03-01', '1582-10-15 00:00:00.000001', '2000-02-29 01:00:00', '2038-01-19 05:14:07.999999', null, null)`)
      await sync('t')
      expect(await types('t')).toMatchObject({
        d: 'DATE',
        dt: 'TIMESTAMP',
        ts: 'TIMESTAMP WITH TIME ZONE',
        ti: 'VARCHAR',
      })
      expect(
        await bench.query(
          'select d::varchar, dt::varchar, s::varchar, ts::varchar, ti, tm, _airbyte_meta from raw.t order by id',
        ),
      ).toEqual([
        [
          '2024-02-29',
          '2024-02-29 12:34:56.789012',
          '2024-02-29 00:00:00',
          '2024-02-29 10:34:56.789012+00',
          '-838:59:59.000000',
          '838:59:59',
          noted(),
        ],
        [null, null, null, null, '00:00:00.000000', '25:00:00', noted('d', 'dt', 's', 'ts')],
        [null, null, null, null, null, null, noted('d', 'dt')],
        [
          '0001-01-01',
          '9999-12-31 23:59:59.999999',
          '1969-12-31 23:59:59',
          '1970-01-01 00:00:01+00',
          '12:34:56.789000',
          '-00:00:01',
          noted(),
        ],
        [
          '1900-03-01',
          '1582-10-15 00:00:00.000001',
          '2000-02-29 01:00:00',
          '2038-01-19 03:14:07.999999+00',
          null,
          null,
          noted(),
        ],
      ])
    })

    it('every day of four hundred years is that day', async () => {
      await run(
        `create table t (d date, dt datetime);
        set session cte_max_recursion_depth = 200000`.replace(/set session.*/, server.isMariaDb ? '' : '$&'),
      )
      await run(
        `insert into t with recursive s(i) as (select 0 union all select i + 1 from s where i < 999) select '1853-01-01' + interval (a.i * 1000 + b.i) day, '1853-01-01' + interval (a.i * 1000 + b.i) day from s a, s b where a.i < 146`,
      )
      await sync('t')
      expect(
        await bench.query(
          "select count(*), count(distinct d), min(d)::varchar, max(d)::varchar, count(*) filter (d <> dt::date), count(*) filter (strftime(dt, '%H%M%S') <> '000000') from raw.t",
        ),
      ).toEqual([[146000, 146000, '1853-01-01', '2252-09-25', 0, 0]])
    })

    it('texts of any character set, bytes, bits, sets and documents come over as they are', async () => {
      const row = await loadedRow(
        `c char(5), vc varchar(40) charset latin1, u8 varchar(20) charset utf8mb4, u3 varchar(20) charset utf8mb3, sj varchar(20) charset sjis, w varchar(20) charset ucs2,
         w4 varchar(20) charset utf32, lt longtext charset utf8mb4, bn binary(4), vb varbinary(20), lb longblob, b1 bit(1), b12 bit(12), b64 bit(64),
         e enum('sad', 'ok') charset utf8mb4, s set('x', 'y'), j json, em varchar(5)`,
        `'ab  ', 'café über alles, longer than twelve', 'ü😀 " '' \\\\', '日本', '日本', '日本', '😀', repeat('ü', 20000), 'ab', x'00ff10', repeat(x'00', 300), b'1', b'101', 18446744073709551615,
         'ok', 'x,y', '{"a": 1.10, "big": 12345678901234567890}', ''`,
      )
      expect(row).toMatchObject({
        c: 'ab',
        vc: 'café über alles, longer than twelve',
        u8: `ü😀 " ' \\`,
        u3: '日本',
        sj: '日本',
        w: '日本',
        w4: '😀',
        bn: 'ab\\x00\\x00',
        vb: '\\x00\\xFF\\x10',
        b1: 'true',
        b12: '5',
        b64: '18446744073709551615',
        e: 'ok',
        s: 'x,y',
        em: '',
      })
      expect(row.lt).toBe('ü'.repeat(20000))
      expect(row.lb).toBe('\\x00'.repeat(300))
      expect(JSON.parse(String(row.j).replace('12345678901234567890', '0'))).toEqual({ a: 1.1, big: 0 })
      expect(row.j).toContain('12345678901234567890')
      expect(await types('t')).toMatchObject({ j: 'JSON', b1: 'BOOLEAN', b12: 'UBIGINT', bn: 'BLOB', e: 'VARCHAR' })
    })

    it('half a character becomes NULL with a note', async () => {
      await run(
        "create table t (id int, w varchar(10) charset ucs2, u varchar(40) charset utf8mb4); insert into t values (1, x'D800', x'EDA080'), (2, x'0061', 'ü'), (3, x'D800006100620063006400650066', concat(repeat('u', 20), x'EDA080'))",
      )
      await sync('t')
      expect(await loaded('t', 'id, w, u, _airbyte_meta')).toEqual([
        [1, null, null, noted('w', 'u')],
        [2, 'a', 'ü', noted()],
        [3, null, null, noted('w', 'u')],
      ])
    })

    it('geometry comes as well-known text', async () => {
      expect(
        await loadedRow(
          'p point, g geometry, n geometry',
          "st_geomfromtext('POINT(1.5 -2)'), st_geomfromtext('LINESTRING(0 0,1 1)'), null",
        ),
      ).toEqual({ p: 'POINT(1.5 -2)', g: 'LINESTRING(0 0,1 1)', n: null })
    })

    it("MariaDB's own types", async ({ skip }) => {
      if (!server.isMariaDb) skip('the server is not MariaDB')
      expect(
        await loadedRow(
          'u uuid, low uuid, i6 inet6, i4 inet4, j json, `odd``name` json',
          `'123e4567-E89B-12d3-a456-426655440000', '00000000-0000-0000-0000-0000000000ff', '2001:db8::1', '10.0.0.1', '[1, {"a": null}]', '1'`,
        ),
      ).toEqual({
        u: '123e4567-e89b-12d3-a456-426655440000',
        low: '00000000-0000-0000-0000-0000000000ff',
        i6: '2001:db8::1',
        i4: '10.0.0.1',
        j: '[1, {"a": null}]',
        'odd`name': '1',
      })
      expect(await types('t')).toEqual({
        u: 'UUID',
        low: 'UUID',
        i6: 'VARCHAR',
        i4: 'VARCHAR',
        j: 'JSON',
        'odd`name': 'JSON',
      })
    })
  })

  describe('rows', () => {
    it('more than a chunk, in rows of every width, come over complete', async () => {
      await run(
        `create table t (i int primary key, s longtext);
         insert into t with recursive s(i) as (select 0 union all select i + 1 from s where i < 99) select a.i * 100 + b.i, if(b.i % 3 = 0, null, repeat('x', b.i)) from s a, s b;
         insert into t values (10001, repeat('y', 70000)), (10002, ''), (10003, repeat('z', 12)), (10004, repeat('z', 13)), (10005, repeat('z', 250)), (10006, repeat('z', 251)), (10007, repeat('z', 65536))`,
      )
      expect(await sync('t')).toMatchObject({ recordsRead: 10007, recordsCommitted: 10007, tableRows: 10007 })
      const [[sum]] = (await server.admin.query({
        sql: `select cast(sum(length(s)) as char), count(s), sum(i * length(s)) % 1000003 from ${account.database}.t`,
        rowsAsArray: true,
      })) as unknown as [[unknown[]]]
      expect(
        await bench.query(
          'select sum(length(s))::varchar, count(s), (sum(i * length(s)) % 1000003)::bigint::varchar, count(distinct _airbyte_raw_id), min(_airbyte_generation_id) from raw.t',
        ),
      ).toEqual([[sum?.[0], sum?.[1], String(Number(sum?.[2])), 10007, 1]])
    })
    it('a value larger than a packet of the protocol', async () => {
      await server.admin.query('set global max_allowed_packet = 67108864')
      await run('create table t (id int, b longtext)')
      await run('insert into t values (1, 1), (2, null), (3, 3)')
      const [admin] = [server.admin]
      await admin.changeUser({ user: 'root' })
      await run("set session sql_mode = ''; update t set b = repeat('q', 20000000) where id = 1")
      await sync('t')
      expect(await loaded('t', 'id, length(b)')).toEqual([
        [1, 20000000],
        [2, null],
        [3, 1],
      ])
    })
    it('an empty table, a view and a partitioned table are streams like others', async () => {
      await run(`create table empty (a int, b text); create view seen as select 7 as a, 'x' as b, 1.5 as c, now(6) as d;
        create table parts (a int) partition by range (a) (partition p0 values less than (2), partition p1 values less than (10)); insert into parts values (1), (2)`)
      expect(await sync('empty')).toMatchObject({ status: 'succeeded', recordsCommitted: 0, tableRows: 0 })
      expect(await sync('seen')).toMatchObject({ status: 'succeeded' })
      await sync('parts')
      expect(await loaded('empty')).toEqual([])
      expect(await loaded('seen', 'a, b, c::varchar')).toEqual([[7, 'x', '1.5']])
      expect(await loaded('parts')).toEqual([[1], [2]])
    })
    it('names that need quotes are names like others', async () => {
      await run('create table `odd ``name"` (`a``b` int, `select` int); insert into `odd ``name"` values (1, 2)')
      expect(await sync(`'odd \`name"'`)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    })
    it('a table that is emptied is empty afterwards, and one that lost a column keeps it', async () => {
      await run('create table t (a int, b int); insert into t values (1, 2)')
      await sync('t')
      await run('delete from t; alter table t drop column b')
      expect(await sync('t')).toMatchObject({ schemaChanges: [{ kind: 'column_removed', column: 'b' }], tableRows: 0 })
    })
  })

  describe('incremental', () => {
    const by = (cursor: string) => `{ sync_mode: incremental, cursor_field: ${cursor} }`
    it.each(['timestamp(6) null', 'datetime(6)'])(
      'by %s reads what is above the last value, and of the same value what is not there yet',
      async (type) => {
        await run(
          `set session time_zone = '+00:00'; create table t (id int, at ${type}); insert into t values (1, '2024-01-01'), (2, '2024-01-02'), (3, null), (8, '0000-00-00')`,
        )
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 4 })
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
        await run(
          `insert into t values (4, '2024-01-02'), (5, '2024-01-01'), (6, '2024-01-03 00:00:00.000001'), (7, null), (9, '0000-00-00')`,
        )
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 4, tableRows: 8 })
        expect((await loaded('t', 'id')).flat()).toEqual([1, 2, 3, 4, 6, 7, 8, 9])
      },
    )
    it.each([
      ['bigint unsigned', ['18446744073709551613', '18446744073709551614'], '18446744073709551615'],
      ['bigint', ['-9223372036854775808', '9007199254740993'], '9007199254740994'],
      ['float', ['0.3', '0.7'], '0.9'],
      ['double', ['0.1', '1e300'], '1.5e300'],
      ['decimal(30,2)', ['-5', '12345678901234567890.12'], '12345678901234567890.13'],
      [
        'decimal(65,2)',
        ['-5', '12345678901234567890123456789012345678901.12'],
        '12345678901234567890123456789012345678901.13',
      ],
      ['decimal(5,5)', ['-0.00002', '-0.00001'], '0.00001'],
      ['year', ['2001', '2005'], '2006'],
      ['bit(8)', ['1', '49'], '50'],
      ['date', ["'2024-01-01'", "'2024-01-02'"], "'2024-01-03'"],
      ['time', ["'01:00:00'", "'02:00:00'"], "'02:00:01'"],
      ["enum('b', 'a', 'c')", ["'a'", "'b'"], "'c'"],
    ])('by %s, with ties', async (type, [low, high], above) => {
      await run(`create table t (id int, k ${type}); insert into t values (1, ${low}), (2, ${high})`)
      await sync('t', by('k'))
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
      await run(`insert into t values (3, ${high}), (4, ${above}), (5, ${low})`)
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 2 })
      expect((await loaded('t', 'id')).flat()).toEqual([1, 2, 3, 4])
    })
    it('by uuid, in the order of its digits', async ({ skip }) => {
      if (!server.isMariaDb) skip('the server is not MariaDB')
      // MariaDB sorts those of version 1 by their time, which stands behind.
      await run(
        "create table t (id int, k uuid); insert into t values (1, '00000000-1111-1111-9111-000000000001'), (2, 'ffffffff-0000-1000-9111-000000000001')",
      )
      await sync('t', by('k'))
      await run(
        "insert into t values (3, 'ffffffff-1111-1111-9111-000000000001'), (4, '11111111-2222-1fff-9111-000000000001')",
      )
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 1 })
    })
    it('with a key changed rows take the place of the old ones', async () => {
      await run(
        `create table t (id int primary key, at datetime, v decimal(65,3)); insert into t values (1, '2024-01-01', 1), (2, '2024-01-01', 2), (3, '2024-01-01', 3)`,
      )
      const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
      await sync('t', settings)
      await run(`update t set at = '2024-01-02', v = 20.5 where id = 2; insert into t values (4, '2024-01-02', 4)`)
      expect(await sync('t', settings)).toMatchObject({ tableRows: 4 })
      expect(await loaded('t', 'id, v::varchar')).toEqual([
        [1, '1.000'],
        [2, '20.500'],
        [3, '3.000'],
        [4, '4.000'],
      ])
    })
    it('puts texts in the order of their bytes, not in that of a language', async () => {
      await run(
        `create table t (k varchar(10) charset latin1 collate latin1_swedish_ci); insert into t values ('B'), ('a')`,
      )
      await sync('t', by('k'))
      await run(`insert into t values ('b'), ('A'), ('a '), ('é')`)
      await sync('t', by('k'))
      expect((await loaded('t')).flat()).toEqual(['B', 'a', 'a ', 'b', 'é'])
    })
    it('grows with the table', async () => {
      await run(`create table t (id int, at int); insert into t values (1, 1)`)
      const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
      await sync('t', settings)
      await run(
        `alter table t add column more text; alter table t modify id bigint; insert into t values (5000000000, 2, 'x')`,
      )
      expect(await sync('t', settings)).toMatchObject({
        schemaChanges: [
          { kind: 'type_changed', column: 'id', from: 'INTEGER', to: 'BIGINT' },
          { kind: 'column_added', column: 'more', to: 'VARCHAR' },
        ],
      })
    })
    it('is refused without a cursor that has an order', async () => {
      await run('create table t (id int, j blob)')
      expect((await sync('t', '{ sync_mode: incremental }')).error?.message).toContain('has no `cursor_field`')
      expect((await sync('t', by('j'))).error?.message).toContain('no order')
      expect((await sync('t', by('nope'))).error?.message).toContain('no column `nope`')
    })
  })

  it('all streams of the database are discovered, with keys, cursors and first rows', async () => {
    await run(`create table orders (b int, a int, at datetime, note varchar(5), bits bit(4), raw blob, n decimal(65,30), primary key (a, b));
      insert into orders values (1, 2, '2024-01-01', 'x', 5, x'ff', 1); create view seen as select a from orders;
      create table hidden (a int, secret int);
      create user if not exists 'limited_${account.database}'@'%' identified by 'secret';
      grant select on ${account.database}.orders to 'limited_${account.database}'@'%'; grant select (a) on ${account.database}.hidden to 'limited_${account.database}'@'%'`)
    const context = (username = account.username) => ({
      config: { host: '127.0.0.1', port: server.port, database: account.database, username, password: 'secret' },
      projectDir: bench.dir,
      file: 'c.yaml',
    })
    const [hidden, orders, seen] = await mysqlConnector.discover(context())
    expect([hidden?.name, orders?.name, seen?.name]).toEqual(['hidden', 'orders', 'seen'])
    expect(orders).toMatchObject({
      namespace: account.database,
      sourceDefinedPrimaryKey: [['a'], ['b']],
      cursorCandidates: [['b'], ['a'], ['at'], ['bits']],
      jsonSchema: { properties: { at: { format: 'date-time' }, n: { type: ['null', 'number'] } } },
      sample: { rows: [['1', '2', '2024-01-01 00:00:00', 'x', '5', '0xFF', '1.000000000000000000000000000000']] },
    })
    const limited = await mysqlConnector.discover(context(`limited_${account.database}`))
    expect(limited.map(({ name, sample }) => [name, sample?.columns.length])).toEqual([
      ['hidden', 1],
      ['orders', 7],
    ])
    expect(await mysqlConnector.check(context())).toMatchObject({
      status: 'succeeded',
      message: expect.stringContaining('3 tables'),
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
      await run(
        'drop table orders; create table two (a int); insert into two values (1), (2); create view orders as select (select a from two) as id from two',
      )
      const { status, error } = await sync('orders')
      expect([status, error?.code]).toEqual(['failed', 'SOURCE_QUERY_FAILED'])
      expect(error?.message).toContain('more than 1 row')
      expect(await loaded('orders')).toEqual([[1]])
    })
    it('tells a wrong password, a wrong database and a wrong port from each other', async () => {
      await run('create table t (a int)')
      const failure = async (source: string) => (await bench.syncSource(source, 't')).error
      expect(await failure(yaml('', 'wrong'))).toMatchObject({
        code: 'SOURCE_REFUSED',
        hint: expect.stringContaining('`password`'),
      })
      expect(await failure(yaml().replace(`database: ${account.database}`, 'database: nope'))).toMatchObject({
        code: 'SOURCE_REFUSED',
      })
      expect(await failure(yaml().replace(/port: \d+/, 'port: 1'))).toMatchObject({ code: 'SOURCE_UNREACHABLE' })
      expect(await failure(yaml(', ssl_mode: { mode: verify_ca, ca_certificate: nope.pem }'))).toMatchObject({
        code: 'SOURCE_REFUSED',
        message: expect.stringContaining('nope.pem'),
      })
    })
    it('encrypts, and checks of the server what it is told to', async () => {
      const schema = server.isMariaDb ? 'information_schema' : 'performance_schema'
      await run(
        `create view seen as select variable_value <> '' as is_encrypted from ${schema}.session_status where variable_name = 'ssl_cipher'`,
      )
      const { ca, foreign } = server.certificates
      const encrypted = async (mode: string, host = '127.0.0.1') => {
        const source = yaml(`, ssl_mode: { mode: ${mode} }`).replace('127.0.0.1', host)
        const { error } = await bench.syncSource(source, 'seen')
        return error?.code ?? (await loaded('seen')).flat().join()
      }
      expect(await encrypted('disabled')).toBe('0')
      expect(await encrypted('preferred')).toBe('1')
      expect(await encrypted('required')).toBe('1')
      expect(await encrypted('verify_ca')).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_ca, ca_certificate: ${foreign}`)).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_ca, ca_certificate: ${ca}`)).toBe('1')
      expect(await encrypted(`verify_identity, ca_certificate: ${ca}`)).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_identity, ca_certificate: ${ca}`, 'localhost')).toBe('1')
    })
    const slow =
      'create view slow as with recursive s(i) as (select 1 union all select i + 1 from s where i < 900) select i, sleep(0.01) as z, repeat("x", 2000) as x from s'
    const sessions = async () => {
      const [rows] = await server.admin.query(
        `select id from information_schema.processlist where user = '${account.username}'`,
      )
      return (rows as { id: number; ID?: number }[]).map(({ id, ID }) => ID ?? id)
    }
    it('a server that goes away ends the sync with an error', async () => {
      await run(slow)
      const syncing = sync('slow')
      await new Promise((resolve) => setTimeout(resolve, 700))
      for (const id of await sessions()) await server.admin.query(`kill ${id}`)
      expect((await syncing).error?.code).toBe('SOURCE_CONNECTION_LOST')
    })
    it('a cancelled sync leaves nothing, neither here nor there', async () => {
      await run(slow)
      const stop = new AbortController()
      const syncing = bench.syncSource(yaml(), 'slow', '{}', { signal: stop.signal })
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(await sessions()).toHaveLength(1)
      stop.abort()
      expect((await syncing).status).toBe('cancelled')
      expect(await bench.query("select table_name from duckdb_tables() where schema_name = 'raw'")).toEqual([])
      await expect.poll(sessions, { timeout: 3000 }).toEqual([])
    })
    it('nothing is written, and one moment is read', async () => {
      await run('create table t (a int); insert into t values (1)')
      const reading = await mysqlConnector.read(
        {
          config: { host: '127.0.0.1', port: server.port, ...account },
          projectDir: bench.dir,
          file: 'c.yaml',
        },
        {
          stream: { name: 't', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' },
          state: undefined,
        },
      )
      await run('insert into t values (2)')
      const [batch] = reading.batches
      let rows = 0
      if (batch?.representation === 'columns') for await (const chunk of batch.chunks) rows += chunk.rowCount
      await reading.dispose()
      expect(rows).toBe(1)
      await expect.poll(sessions, { timeout: 3000 }).toEqual([])
    })
  })
})
