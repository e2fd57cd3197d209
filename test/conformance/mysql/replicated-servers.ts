import { type MysqlServer, serverProgram, startMysql } from '../../support/mysql-server.js'

/** Two servers, each of which may be the replica of the other one. Their logs have other files, and other places for the same rows. */
export class ReplicatedServers {
  #primary: MysqlServer
  #replica: MysqlServer

  private constructor(primary: MysqlServer, replica: MysqlServer) {
    this.#primary = primary
    this.#replica = replica
  }

  /** The second one replicates the first one. */
  static async start(): Promise<ReplicatedServers> {
    const [primary, replica] = [await startOne(11, 'first'), await startOne(12, 'second')]
    const servers = new ReplicatedServers(primary, replica)
    const { isMariaDb } = primary
    await primary.admin.query("create user 'replica'@'%' identified by 'secret'")
    await primary.admin.query("grant replication slave on *.* to 'replica'@'%'")
    if (!isMariaDb) for (const { admin } of [primary, replica]) await admin.query('set global super_read_only = off')
    // So that its own places are others.
    await replica.admin.query('flush binary logs; flush binary logs')
    await servers.#follow()
    return servers
  }

  /** Where is written. */
  get primary(): MysqlServer {
    return this.#primary
  }

  get replica(): MysqlServer {
    return this.#replica
  }

  async #follow(): Promise<void> {
    const { port, isMariaDb } = this.#primary
    await this.#replica.admin.query(
      isMariaDb
        ? `change master to master_host = '127.0.0.1', master_port = ${port}, master_user = 'replica', master_password = 'secret', master_use_gtid = slave_pos; start slave`
        : `change replication source to source_host = '127.0.0.1', source_port = ${port}, source_user = 'replica', source_password = 'secret', source_auto_position = 1, get_source_public_key = 1; start replica`,
    )
  }

  /** Until the replica has what the primary has. */
  async caughtUp(): Promise<void> {
    const { isMariaDb } = this.#primary
    const [what, wait] = isMariaDb
      ? ['@@gtid_binlog_pos', 'master_gtid_wait']
      : ['@@global.gtid_executed', 'wait_for_executed_gtid_set']
    const has = await one(this.#primary, `select ${what}`)
    const state = await one(this.#replica, `select ${wait}('${has.replace(/\s/g, '')}', 30)`)
    if (state !== '0') throw new Error(`The replica did not come to ${has}.`)
  }

  /** The replica goes its own way from here on: it replicates no more, and is written. */
  async promote(): Promise<void> {
    const { admin, isMariaDb } = this.#replica
    await admin.query(isMariaDb ? 'stop slave; reset slave all' : 'stop replica; reset replica all')
    ;[this.#primary, this.#replica] = [this.#replica, this.#primary]
  }

  /** The replica, when it has all, takes over, and the other one replicates it then. */
  async switchOver(): Promise<void> {
    await this.caughtUp()
    await this.promote()
    if (this.#primary.isMariaDb) {
      const position = await one(this.#replica, 'select @@gtid_binlog_pos')
      await this.#replica.admin.query(`set global gtid_slave_pos = '${position}'`)
    }
    await this.#follow()
  }

  /** A primary that is gone, without a word. */
  async failOver(): Promise<void> {
    await this.#primary.kill()
    await this.promote()
  }

  async stop(): Promise<void> {
    await this.#primary.stop()
    await this.#replica.stop()
  }
}

const startOne = (id: number, name: string) =>
  startMysql(serverProgram as string, (isMariaDb) => [
    `--server-id=${id}`,
    `--log-bin=${name}`,
    '--log-slave-updates',
    ...(isMariaDb ? [] : ['--gtid-mode=ON', '--enforce-gtid-consistency=ON']),
  ])

async function one({ admin }: MysqlServer, sql: string): Promise<string> {
  const [[row]] = (await admin.query({ sql, rowsAsArray: true })) as unknown as [unknown[][]]
  return String(row?.[0] ?? '')
}
