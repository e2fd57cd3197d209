import { openPostgres, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import type { TestServer } from './postgres-server.js'
import type { TestDatabase } from './small-sources.js'

/** A database to read from or to write to, with what some SQL made in it. */
export class SourceDatabase {
  readonly options: TestDatabase
  readonly #warehouse: Warehouse

  private constructor(options: TestDatabase, warehouse: Warehouse) {
    this.options = options
    this.#warehouse = warehouse
  }

  static async open(server: TestServer, sql: string): Promise<SourceDatabase> {
    const options = await server.database()
    const database = new SourceDatabase(options, await openPostgres(options))
    await database.run(sql)
    return database
  }

  run = (sql: string) => withConnection(this.#warehouse, (connection) => connection.query(sql))
  /** A session of its own. Whoever opens it closes it. */
  connect = () => this.#warehouse.connect()
  close = () => this.#warehouse.close()

  /** A user of this database alone. */
  async role(): Promise<{ readonly user: string; readonly password: string }> {
    const user = `other_${this.options.database}`
    await this.run(`create role ${user} login password 'a-password'`)
    return { user, password: 'a-password' }
  }

  source({ user, password }: { readonly user: string; readonly password: string } = this.options): string {
    const { host, port, database } = this.options
    return `{ connector: postgres, config: { host: ${host}, port: ${port}, database: ${database}, username: ${user}, password: "${password}", schemas: [public] } }`
  }
}

export async function withDatabase(
  server: TestServer,
  sql: string,
  use: (database: SourceDatabase) => Promise<void>,
): Promise<void> {
  const database = await SourceDatabase.open(server, sql)
  try {
    await use(database)
  } finally {
    await database.close()
  }
}
