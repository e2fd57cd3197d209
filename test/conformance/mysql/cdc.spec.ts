import { expect, it } from 'vitest'
import { appended, followedDatabase, merged, of, type TableChange } from '../../support/cdc.suite.js'
import { cdc, expectSame, rowsOf, sync } from './cdc-bench.js'
import { account, bench, describeMysql, run, server } from './mysql-bench.js'

/** Recursion has an end at a thousand. */
const numbers = (to: number) =>
  `(with recursive s(i) as (select 1 union all select i + 1 from s where i < 100) select a.i + 100 * (b.i - 1) as i from s a, s b where a.i + 100 * (b.i - 1) <= ${to}) n`

const changes: readonly TableChange[] = [
  ['a column without a value', 'alter table t add w int', ['id', 'v', 'w'], false],
  ['a column in the middle', 'alter table t add column w text null after id', ['id', 'v', 'w'], false],
  ['a column in front and one less', 'alter table t add w text first, drop column x', ['id', 'v', 'w'], false],
  [
    'columns one after the other',
    'alter table t add w int; alter table t drop x; alter table t add y int after v',
    ['id', 'v', 'w', 'y'],
    false,
  ],
  ['a column with a value for all rows', "alter table t add w varchar(9) default 'x'", ['id', 'v', 'w'], true],
  ['a column that must have a value', 'alter table t add w int not null', ['id', 'v', 'w'], true],
  ['a computed column', 'alter table t add w int as (id * 2)', ['id', 'v', 'w'], true],
  ['another name', 'alter table t change v w varchar(20)', ['id', 'w'], true],
  ['another type', 'alter table t modify v int', ['id', 'v'], true],
  ['another character set', 'alter table t convert to character set utf16', ['id', 'v'], true],
  ['a column less', 'alter table t drop x', ['id', 'v'], false],
  ['a column of the same name', 'alter table t drop x; alter table t add x int', ['id', 'v', 'x'], true],
  [
    'an index, another engine and a default',
    "create index i on t (v); alter table t add key (x), comment = 'c', alter x set default 5, engine = aria",
    ['id', 'v', 'x'],
    false,
  ],
  [
    'another table',
    "drop table t; create table t (id int primary key, v text); insert into t values (7, 'z')",
    ['id', 'v'],
    true,
  ],
  [
    'the place of another table',
    'create table u like t; insert into u (id) values (7); rename table t to gone, u to t',
    ['id', 'v'],
    true,
  ],
]

describeMysql('change data capture', () => {
  followedDatabase({ bench: () => bench, run, sync, expectSame, numbers, nextLogFile: 'flush binary logs' }, changes)

  it('a value is the same from the log as from the snapshot, of every type', async () => {
    const own = server.isMariaDb ? 'u uuid, i4 inet4, i6 inet6,' : ''
    await run(`create table t (id int primary key, ti tinyint, tu tinyint unsigned, si smallint, su smallint unsigned, mi mediumint, mu mediumint unsigned,
      i int, iu int unsigned zerofill, bi bigint, bu bigint unsigned, f float, d double, de decimal(12,2), d4 decimal(4,4), d38 decimal(38,10), d0 decimal(9,0),
      big decimal(65,30), y year, da date, dt datetime, d1 datetime(1), d3 datetime(3), d6 datetime(6), ts timestamp null, t2 timestamp(2) null, t6 timestamp(6) null,
      tm time, tm1 time(1), tm3 time(3), tm6 time(6), b1 bit(1), b12 bit(12), b64 bit(64), c char(5), cl char(200) charset utf8mb4, cu char(90) charset utf32,
      vc varchar(40), vl varchar(2000), u8 varchar(20) charset utf8mb4, sj varchar(20) charset sjis, w varchar(20) charset ucs2, gb text charset gbk, cp varchar(30) charset cp1250,
      tt tinytext, tx text charset utf8mb4, lt longtext charset utf8mb4, bn binary(6), vb varbinary(20), vbl varbinary(1000), tb tinyblob, lb longblob,
      e enum('sad', 'o''k', 'b\\\\s', 'ü') charset utf8mb4, s set('x', 'y', 'z') charset utf8mb4, ${own} j json, p point, g geometry)`)
    const ownValues = (one: string) => (server.isMariaDb ? `${one},` : '')
    const values = [
      `-128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 0.7, -0.1, -1234567890.12, -0.0001,
       -1234567890123456789012345678.0123456789, -123456789, -12345.678, 1901, '2024-02-29', '2024-02-29 12:34:56', '2024-02-29 12:34:56.7', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789012',
       '2024-02-29 12:34:56', '2024-02-29 12:34:56.78', '2038-01-19 03:14:07.999999', '-838:59:59', '-00:00:00.1', '12:34:56.789', '-00:00:01.000001',
       1, 0xabc, 18446744073709551615, 'ab ', repeat('ü', 200), '😀 longer', 'café', repeat('é', 2000), 'ü😀 " '' \\\\', '日本', '日本', '中文', 'žluťoučký kůň',
       'tiny', repeat('x', 70), repeat('ü', 20000), x'610000', x'00ff10', repeat(x'01', 999), x'', repeat(x'00', 300), 'o''k', 'x,z', ${ownValues("'123e4567-E89B-12d3-a456-426655440000', '10.0.0.1', '2001:db8::1'")}
       '{"a": 1.10, "big": 12345678901234567890}', st_geomfromtext('POINT(1.5 -2)'), st_geomfromtext('LINESTRING(0 0,1 1)')`,
      `0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0000-00-00', '0000-00-00 00:00:00', '2024-00-10 01:02:03', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999999',
       '0000-00-00 00:00:00', '1970-01-01 00:00:01', '1970-01-01 00:00:01.000001', '838:59:59', '00:00:00', '-00:00:00.001', '00:00:00',
       0, 0, 0, '', '', '', '', '', '', '', '', '', '', '', '', '', x'', x'', x'', x'', x'', '', '', ${ownValues("'00000000-0000-0000-0000-000000000000', '0.0.0.0', '::'")} '[]', null, null`,
      `1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1e30, 1e-300, 0.01, 0.9999, 0.0000000001, 999999999, 99999999999999999999999999999999999.000000000000000000000000000001, 2155,
       '9999-12-31', '1582-10-15 00:00:00', '1969-12-31 23:59:59.9', null, '0001-01-01 00:00:00.000001', null, null, null, '00:00:01', '100:00:00.9', null, '838:59:58.999999',
       null, null, null, null, null, null, null, null, null, null, x'D800', null, '\x80', null, null, null, x'000102030405', null, null, null, null, 'ü', 'y', ${ownValues("'00000000-0000-7000-8000-000000000000', null, '::ffff:1.2.3.4'")} 'null', null, null`,
    ]
    const columns = (
      await rowsOf(
        `select column_name from information_schema.columns where table_schema = '${account.database}' and table_name = 't' and column_name <> 'id' order by ordinal_position`,
      )
    ).map(([name]) => String(name))
    const insert = (from: number) =>
      run(
        `set session time_zone = '+00:00'; insert into t values ${values.map((row, i) => `(${from + i}, ${row})`).join(', ')}, (${from + 3}, ${columns.map(() => 'null').join(', ')})`,
      )
    await insert(1)
    await sync(`{ t: ${merged} }`)
    await insert(5)
    expect((await sync(`{ t: ${merged} }`))[0]).toMatchObject({
      status: 'succeeded',
      recordsRead: 4,
      schemaChanges: [],
      generationId: 1,
    })
    const rows = await bench.query(
      `select ${columns.map((name) => `"${name}"::text as "${name}"`).join(', ')} from raw.t order by id`,
    )
    const named = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])))
    expect(named).toHaveLength(8)
    expect(named.slice(4)).toEqual(named.slice(0, 4))
    const notes = (await bench.query('select _airbyte_meta::text from raw.t order by id')).map(([text]) =>
      (JSON.parse(String(text)).changes as { field: string; reason: string }[])
        .map(({ field, reason }) => `${field}: ${reason}`)
        .sort(),
    )
    const noted = (...fields: string[]) => fields.map((field) => `${field}: DESTINATION_FIELD_SIZE_LIMITATION`)
    expect(notes[1]).toEqual(noted('d1', 'da', 'dt', 'ts'))
    expect(notes[2]).toEqual(noted('w'))
    expect(notes.slice(4)).toEqual(notes.slice(0, 4))
  })

  it('appended, every change is a row with its place in the log, and nothing comes twice', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a')")
    await sync(`{ t: ${appended} }`)
    await run(
      "update t set v = 'b' where id = 1; update t set id = 7 where id = 1; delete from t where id = 7; insert into t values (2, 'c')",
    )
    await sync(`{ t: ${appended} }`)
    await sync(`{ t: ${appended} }`)
    expect(
      await bench.query('select id, v, _ab_cdc_deleted_at is not null from raw.t order by _ab_cdc_cursor, rowid'),
    ).toEqual([
      [1, 'a', false],
      [1, 'b', false],
      [1, 'b', true],
      [7, 'b', false],
      [7, 'b', true],
      [2, 'c', false],
    ])
    const [[file, pos, cursor, isTime] = []] = await bench.query(
      "select _ab_cdc_log_file, _ab_cdc_log_pos, _ab_cdc_cursor, _ab_cdc_updated_at ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000Z$' from raw.t where id = 2",
    )
    expect(isTime).toBe(true)
    expect(BigInt(String(cursor))).toBe((BigInt(Number(String(file).split('.').at(-1))) << 32n) + BigInt(String(pos)))
  })

  it('tables of engines without transactions, transactions that are rolled back, and large ones', async () => {
    await run(`create table t (id int primary key, v longtext); create table m (id int primary key, v text) engine = myisam;
      create table big (id int primary key, v varchar(600))`)
    const streams = `{ t: ${merged}, m: ${merged}, big: ${merged} }`
    await sync(streams)
    await run(`begin; insert into t values (1, 'gone'); rollback; insert into t values (2, repeat('x', 3000000)); insert into m values (1, 'a'), (2, 'b'); delete from m where id = 1;
      begin; insert into t values (3, 'kept'); savepoint s; insert into t values (4, 'undone'); rollback to s; commit;
      insert into big with recursive s(i) as (select 1 union all select i + 1 from s where i < 300) select a.i * 1000 + b.i, repeat('y', 500) from s a, s b;
      update big set v = 'z' where id % 7 = 0`)
    expect(of(await sync(streams), 'big')).toMatchObject({ status: 'succeeded', generationId: 1 })
    await expectSame('t', ['id', 'v'])
    await expectSame('m', ['id', 'v'])
    const sums = (value: string) => `select count(*), sum(${value}), sum(id)`
    const [here] = await bench.query(`${sums("(v = 'z')::int")} from raw.big`)
    const [there] = await rowsOf(`${sums("v = 'z'")} from ${account.database}.big`)
    expect(here?.map(Number)).toEqual(there?.map(Number))
  })

  it('what is rolled back in part beside a table without transactions, or is not decided yet, is read anew', async () => {
    await run(
      'create table t (id int primary key) engine = innodb; create table m (id int primary key) engine = myisam',
    )
    const streams = `{ t: ${merged}, m: ${merged} }`
    await sync(streams)
    // MySQL with GTIDs lets nobody write both together.
    const [[gtids] = []] = await rowsOf(
      "select count(*) from performance_schema.global_variables where variable_name = 'gtid_mode' and variable_value = 'ON'",
    ).catch(() => [[0]])
    if (Number(gtids) === 0)
      await run(
        'begin; insert into t values (1); savepoint s; insert into t values (2); insert into m values (1); rollback to s; commit',
      )
    await sync(streams)
    await expectSame('t', ['id'])
    await expectSame('m', ['id'])
    await run("xa start 'x'; insert into t values (5); xa end 'x'; xa prepare 'x'")
    if (server.isMariaDb) await sync(streams)
    else {
      // There it keeps the table from being locked.
      const [{ error } = {}] = await bench.syncStreams(cdc(), streams)
      expect(error).toMatchObject({ code: 'CDC_NOT_READY', message: expect.stringContaining('10 seconds') })
    }
    expect(await bench.query('select count(*) from raw.t where id = 5')).toEqual([[0]])
    await run("xa commit 'x'; insert into t values (6)")
    await sync(streams)
    await expectSame('t', ['id'])
    await run("xa start 'y'; insert into t values (7); xa end 'y'; xa commit 'y' one phase")
    await sync(streams)
    await expectSame('t', ['id'])
  })

  it('a log that is packed, without checksums and in several files is the same log', async () => {
    await run('create table t (id int primary key, v text)')
    await sync(`{ t: ${merged} }`)
    try {
      if (server.isMariaDb) await run('set global log_bin_compress = on, global log_bin_compress_min_len = 10')
      await run(
        "insert into t values (1, repeat('packed ', 500)); flush binary logs; set global binlog_checksum = 'NONE'; insert into t values (2, 'b')",
      )
      await run(
        "update t set v = repeat('another ', 600) where id = 1; flush binary logs; delete from t where id = 2; insert into t values (3, 'c')",
      )
      await sync(`{ t: ${merged} }`)
      await expectSame('t', ['id', 'v'])
    } finally {
      await run("set global binlog_checksum = 'CRC32'")
      if (server.isMariaDb) await run('set global log_bin_compress = off')
    }
  })
})
