// Records what a real server sends for one table with a column of every type, for the unit test of the decoder:
//   MILLRACE_MYSQL_SERVER=/usr/sbin/mariadbd npx tsx test/conformance/mysql/record-packets.ts
// It writes src/extract-load/connectors/mysql/rows/recorded-packets.json: what the server sent before the client wrote anything, and
// after each of its writes.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import mysql from 'mysql2'
import { serverProgram, startMysql } from '../../support/mysql-server.js'

const path = new URL('../../../src/extract-load/connectors/mysql/rows/recorded-packets.json', import.meta.url)
const definitions = `
  ti tinyint, tu tinyint unsigned, si smallint, mi mediumint, mu mediumint unsigned, i int, bi bigint, bu bigint unsigned, f float, d double,
  de decimal(12,2), dl decimal(38,10), y year, da date, dt datetime, d6 datetime(6), ts timestamp(6) null, b1 bit(1), b12 bit(12),
  c varchar(20), l longtext, bn binary(3), e enum('a', 'b'), u uuid`
const rows = `
  (-128, 255, -32768, -8388608, 16777215, 2147483647, -9223372036854775808, 18446744073709551615, 0.7, -0.1,
   -12345.60, -1234567890123456789012345678.0123456789, 2024, '2024-02-29', '2024-02-29', '2024-02-29 12:34:56.789012', '1969-12-31 23:59:59.999999' + interval 1 second, 1, 0xabc,
   'short', repeat('long ', 60), 'ab', 'b', '123e4567-e89b-12d3-a456-426655440000'),
  (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
  (1, 0, 1, 1, 1, -1, 1, 1, 1, 1e300, 0.05, 0.0000000001, 1901, '0000-00-00', '2024-02-31', '9999-12-31 23:59:59.999999', '1970-01-01 00:00:01', 0, 1,
   'twelve bytes', '', 'abc', 'a', '00000000-0000-0000-0000-0000000000ff')`

if (serverProgram === undefined) throw new Error('MILLRACE_MYSQL_SERVER names no server.')
const server = await startMysql(serverProgram)
const { database, username, password } = await server.database()
await server.admin.query(
  `set names utf8mb4; set session sql_mode = 'ALLOW_INVALID_DATES'; set session time_zone = '+00:00'; use ${database}; create table t (${definitions}); insert into t values ${rows}`,
)
const sent: Buffer[][] = [[]]
const proxy = createServer((client) => {
  const upstream = connect(server.port, '127.0.0.1')
  client.on('data', (bytes) => {
    sent.push([])
    upstream.write(bytes)
  })
  upstream.on('data', (bytes) => {
    sent.at(-1)?.push(bytes)
    client.write(bytes)
  })
  client.on('close', () => upstream.destroy())
}).listen(0, '127.0.0.1')
await once(proxy, 'listening')
const { port } = proxy.address() as { port: number }
const connection = mysql.createConnection({ host: '127.0.0.1', port, user: username, password, database })
await new Promise<void>((resolve, reject) =>
  connection.execute('select * from t', (error) => (error ? reject(error) : resolve())),
)
connection.destroy()
proxy.close()
const [[{ version = '' } = {}]] = (await server.admin.query('select version() as version')) as unknown as [
  { version?: string }[],
]
await server.stop()
const replies = sent.map((parts) => Buffer.concat(parts).toString('hex')).filter((hex) => hex !== '')
writeFileSync(path, `${JSON.stringify({ server: version, replies }, undefined, 2)}\n`)
