import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { silentLogger } from '../../src/base/index.js'
import { startEmbeddedPostgres } from '../../src/metastore/index.js'
import type { PostgresWarehouseOptions } from '../../src/warehouse/index.js'

export interface TestServer {
  readonly url: string
  /** A new database, empty. */
  database(): Promise<PostgresWarehouseOptions & { readonly user: string; readonly password: string }>
}

export interface StartedServer extends TestServer {
  stop(): Promise<void>
}

/** Nothing of a test is to outlive the machine; what is committed outlives PostgreSQL. */
export const forgetful = { fsync: 'off', full_page_writes: 'off' }

/** What a server needs whose changes are read from its log. */
export const logicalLog = { wal_level: 'logical', max_wal_senders: '10', max_replication_slots: '40' }

/** A PostgreSQL for the tests of one file, as a warehouse. */
export async function startPostgres(settings?: Readonly<Record<string, string>>): Promise<StartedServer> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-warehouse-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  const server = await startEmbeddedPostgres({
    dataDir: join(dir, 'postgres'),
    logger: silentLogger,
    settings: { ...forgetful, ...settings },
  })
  const { hostname, port, username, password } = new URL(server.url)
  return {
    url: server.url,
    async database() {
      const name = `test_${randomBytes(4).toString('hex')}`
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return {
        host: hostname,
        port: Number(port),
        database: name,
        user: username,
        password: decodeURIComponent(password),
        retries: 0,
      }
    },
    async stop() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
