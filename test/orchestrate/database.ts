import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { silentLogger } from '../../src/base/index.js'
import {
  type EmbeddedPostgres,
  type Metastore,
  openMetastore,
  startEmbeddedPostgres,
} from '../../src/metastore/index.js'
import type { ClaimedRun } from '../../src/orchestrate/index.js'
import { forgetful } from '../support/postgres-server.js'

export interface TestDatabase {
  readonly server: EmbeddedPostgres
  /** A store in a schema of its own. */
  store(): Promise<
    Metastore & {
      readonly sql: (text: string, params?: unknown[]) => Promise<Record<string, unknown>[]>
      /** Takes the next run. */
      readonly claimRun: (worker: string, leaseMs: number) => Promise<ClaimedRun | undefined>
    }
  >
  /** Closes the stores that were opened. */
  closeStores(): Promise<void>
  stop(): Promise<void>
}

/** The embedded PostgreSQL for the tests of one file. */
export async function testDatabase(settings?: Readonly<Record<string, string>>): Promise<TestDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-store-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  const server = await startEmbeddedPostgres({
    dataDir: join(dir, 'postgres'),
    logger: silentLogger,
    settings: { ...forgetful, ...settings },
  })
  const closing: (() => Promise<void>)[] = []
  const closeStores = async () => void (await Promise.allSettled(closing.splice(0).map((close) => close())))
  return {
    server,
    async store() {
      const schema = `test_${randomBytes(4).toString('hex')}`
      const store = await openMetastore({ url: `${server.url}?schema=${schema}`, logger: silentLogger })
      const client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` })
      client.on('error', () => {})
      await client.connect()
      closing.push(
        () => store.close(),
        () => client.end(),
      )
      return {
        ...store,
        claimRun: async (worker, leaseMs) => (await store.claimRuns(worker, leaseMs, { most: 1 }))[0],
        sql: async (text, params) => (await client.query(text, params)).rows,
      }
    },
    closeStores,
    async stop() {
      await closeStores()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
