// Records what a real server writes into its binary log, for the unit test of its decoder:
//   MILLRACE_MYSQL_SERVER=/usr/sbin/mariadbd npx tsx test/conformance/mysql/record-binlog.ts
// It writes recorded-binlog.json, or recorded-mysql-binlog.json with a `mysqld`, of src/extract-load/connectors/mysql/cdc: a file of the log as it lies in
// the server's folder.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTables } from '../../../src/extract-load/connectors/mysql/catalogue.js'
import { SourceSession } from '../../../src/extract-load/connectors/mysql/session.js'
import { serverProgram, startMysql } from '../../support/mysql-server.js'

const folder = new URL('../../../src/extract-load/connectors/mysql/cdc/', import.meta.url)
const definitions = (own: string) => `
  id int primary key, ti tinyint, tu tinyint unsigned, si smallint, mi mediumint, mu mediumint unsigned, bi bigint, bu bigint unsigned, f float, d double,
  de decimal(12,2), d4 decimal(4,4), dl decimal(38,10), big decimal(65,30), y year, da date, dt datetime, d3 datetime(3), d6 datetime(6), ts timestamp null, t6 timestamp(6) null,
  tm time, tm3 time(3), b1 bit(1), b12 bit(12), c char(5) charset utf8mb4, cl char(200) charset utf8mb4, vc varchar(300) charset latin1, l longtext charset utf8mb4, bn binary(3), vb varbinary(9),
  e enum('a', 'it''s'), s set('x', 'y', 'z'), ${own}`
const rows = (full: string, last: string) => `
  (1, -128, 255, -32768, -8388608, 16777215, -9223372036854775808, 18446744073709551615, 0.7, -0.1,
   -12345.60, -0.0001, -1234567890123456789012345678.0123456789, 12345678.5, 2024, '2024-02-29', '2024-02-29 01:02:03', '2024-02-29 01:02:03.004', '2024-02-29 12:34:56.789012', '2038-01-19 03:14:07', '1970-01-01 00:00:01.000001',
   '-838:59:59', '-00:00:00.1', 1, 0xabc, 'ab', 'short', 'café, longer than twelve', repeat('long ', 60), x'6100', x'00ff', 'it''s', 'x,z', ${full}),
  (2, ${Array(33).fill('null').join(', ')}),
  (3, 1, 0, 1, -1, 1, 1, 1, 1, 1e300, 0.05, 0.9999, 0.0000000001, -0.000000000000000000000000000001, 1901, '0000-00-00', '2024-00-10', '1000-01-01', '9999-12-31 23:59:59.999999', '0000-00-00', null,
   '838:59:59', '12:34:56.789', 0, 1, '', '', '', '', x'616263', x'', 'a', '', ${last})`

/** What only one of the two has: a column, its values, and how its log is packed. */
const owns = {
  mariaDb: {
    file: 'recorded-binlog.json',
    column: 'u uuid',
    values: ["'123e4567-e89b-12d3-a456-426655440000'", "'00000000-0000-0000-0000-000000000000'"],
    packing: 'set global log_bin_compress = on, global log_bin_compress_min_len = 10;',
  },
  mysql: {
    file: 'recorded-mysql-binlog.json',
    column: 'j json',
    values: [`'{"a": [1, 2.50, null, true], "ü": "é", "big": 18446744073709551615, "e": 1e100}'`, '\'"x"\''],
    packing: '',
  },
} as const

if (serverProgram === undefined) throw new Error('MILLRACE_MYSQL_SERVER names no server.')
const server = await startMysql(serverProgram)
const { file: name, column, values, packing } = owns[server.isMariaDb ? 'mariaDb' : 'mysql']
const { database, username, password } = await server.database()
const ask = async (sql: string) =>
  ((await server.admin.query({ sql, rowsAsArray: true })) as unknown as [string[][]])[0][0] as string[]
await server.admin.query(`set names utf8mb4; set session sql_mode = 'ALLOW_INVALID_DATES'; set session time_zone = '+00:00'; use ${database};
  set timestamp = 1700000000; create table t (${definitions(column)}); create table other (a int); flush binary logs`)
const [file = ''] = await ask(server.isMariaDb ? 'show master status' : 'show binary log status')
await server.admin.query(`insert into t values ${rows(values[0], values[1])}; insert into other values (1);
  ${packing}
  begin; update t set id = 7, ti = 9 where id = 2; savepoint s; delete from t where id = 3; commit;
  alter table t comment = 'c'; flush binary logs`)
const [datadir = ''] = await ask('select @@datadir')
const [version = ''] = await ask('select version()')
const config = { host: '127.0.0.1', port: server.port, database, username, password }
const session = await SourceSession.open({ config, projectDir: '.', file: '' })
const [table] = (await readTables(session, 't')).filter(({ name }) => name === 't')
await session.end()
const bytes = readFileSync(join(datadir, file)).toString('hex')
await server.stop()
writeFileSync(
  new URL(name, folder),
  `${JSON.stringify({ server: version, database, file, bytes, columns: table?.columns }, undefined, 2)}\n`,
)
