import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Connection } from '../../src/extract-load/index.js'
import { type MysqlServer, serverProgram, startMysql } from '../support/mysql-server.js'
import { seconds } from './example-copy.js'
import { benchConnection } from './sync-process.js'

export const orderRows = 2_000_000

/** Ten columns of the usual types. MariaDB counts by itself: `seq_1_to_9`. */
const orders = `
  create table orders (id bigint primary key, customer_id int, status varchar(20), amount decimal(12, 2), quantity int, is_gift tinyint(1),
    note varchar(100), attributes json, created_at timestamp(6) null, updated_at datetime(6), key (updated_at)) charset utf8mb4;
  insert into orders
    select seq, seq * 7919 % 200003, elt(1 + seq % 5, 'new', 'paid', 'packed', 'shipped', 'returned'), seq * 104729 % 1000000 / 100, 1 + seq % 9, seq % 11 = 0,
      if(seq % 10 > 0, left(repeat(md5(seq), 3), seq % 81), null),
      json_object('channel', elt(1 + seq % 3, 'web', 'app', 'shop'), 'score', seq % 100),
      timestamp '2020-01-01 00:00:00' + interval seq * 31 second, timestamp '2020-01-02 00:00:00' + interval seq * 31 second
    from seq_1_to_${orderRows};
  analyze table orders`

/** The programs of a MariaDB of this machine; undefined where there is none. */
export const mariaDb = [serverProgram, '/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd', '/usr/bin/mariadbd'].find(
  (path) => path?.endsWith('mariadbd') && existsSync(path),
)

/** A MariaDB with two million orders, for figures. */
export class BenchMysql {
  readonly folder: string
  readonly #server: MysqlServer
  readonly #account: Awaited<ReturnType<MysqlServer['database']>>

  private constructor(server: MysqlServer, account: Awaited<ReturnType<MysqlServer['database']>>, folder: string) {
    this.#server = server
    this.#account = account
    this.folder = folder
  }

  static async start(program: string): Promise<BenchMysql> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-mysql-'))
    const server = await startMysql(program, () => ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=512M'])
    try {
      const account = await server.database()
      await server.admin.query(`use ${account.database}; set session time_zone = '+00:00'; ${orders}`)
      return new BenchMysql(server, account, folder)
    } catch (error) {
      await server.stop()
      throw error
    }
  }

  query = (sql: string) => this.#server.admin.query(sql)

  connection(stream: Connection['streams'][number], settings: Readonly<Record<string, unknown>> = {}): Connection {
    const config = { host: '127.0.0.1', port: this.#server.port, ...this.#account, ssl_mode: { mode: 'disabled' } }
    return benchConnection({ connector: 'mysql', config: { ...config, ...settings } }, stream)
  }

  /** What the server's own client takes to read the table to nowhere, in the same way: over the network, not encrypted. */
  readByClient(): Promise<number> {
    const { database, username, password } = this.#account
    const beside = join(dirname(mariaDb ?? ''), '../bin/mariadb')
    const client = existsSync(beside) ? beside : 'mariadb'
    const command = `${client} --no-defaults --quick --skip-ssl -h 127.0.0.1 -P ${this.#server.port} -u ${username} -e 'select * from orders' ${database} > /dev/null`
    return seconds(() => promisify(execFile)('sh', ['-c', command], { env: { ...process.env, MYSQL_PWD: password } }))
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
