import { expect, it } from 'vitest'
import { bench, describeMysql, loaded, loadedRow, noted, run, server, sync, types } from './mysql-bench.js'

describeMysql('types', () => {
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
    // MySQL lets none into UTF-8.
    const isIn = server.isMariaDb
    expect(await loaded('t', 'id, w, u, _airbyte_meta')).toEqual([
      [1, null, isIn ? null : '', isIn ? noted('w', 'u') : noted('w')],
      [2, 'a', 'ü', noted()],
      [3, null, isIn ? null : 'u'.repeat(20), isIn ? noted('w', 'u') : noted('w')],
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
