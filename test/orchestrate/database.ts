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

interface DatabaseOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Writes to the disk as one that is used does: where it is measured. */
  readonly isDurable?: boolean
}

/** Leaves a store as it was made, in a quarter of the time that another one takes. */
const emptied = `do $$ declare one text; begin
  set local session_replication_role = replica;
  for one in select tablename from pg_tables where schemaname = current_schema() and tablename not in ('migrations', 'log_retention') loop
    execute format('delete from %I', one);
  end loop;
  update log_retention set ended_at = '-infinity', run_id = '';
  for one in select sequencename from pg_sequences where schemaname = current_schema() loop
    execute format('alter sequence %I restart', one);
  end loop;
end $$`

/** What there is in a schema: columns of tables and indexes, constraints, triggers, migrations. */
const shape = `select md5(string_agg(part, ' ' order by part)) as shape from (
  select concat_ws(':', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) as part
    from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = current_schema()::regnamespace
  union all select pg_get_constraintdef(oid) from pg_constraint where connamespace = current_schema()::regnamespace
  union all select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal
  union all select name from migrations
) parts`

/** The embedded PostgreSQL for the tests of one file. */
export async function testDatabase({ settings, isDurable = false }: DatabaseOptions = {}): Promise<TestDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-store-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  const server = await startEmbeddedPostgres({
    dataDir: join(dir, 'postgres'),
    logger: silentLogger,
    settings: { ...(isDurable ? {} : forgetful), ...settings },
  })
  const closing: (() => Promise<void>)[] = []
  const free: string[] = []
  const closeStores = async () => void (await Promise.allSettled(closing.splice(0).map((close) => close())))
  return {
    server,
    async store() {
      const schema = free.pop() ?? `test_${randomBytes(4).toString('hex')}`
      const store = await openMetastore({ url: `${server.url}?schema=${schema}`, logger: silentLogger })
      const client = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` })
      client.on('error', () => {})
      await client.connect()
      const shapeNow = async () => (await client.query<{ shape: string }>(shape)).rows[0]?.shape
      const shapeBefore = await shapeNow()
      closing.push(async () => {
        try {
          await store.close()
          await client.query(emptied)
          // What a test did to its tables is not to meet the next one.
          if ((await shapeNow()) === shapeBefore) free.push(schema)
        } finally {
          await client.end()
        }
      })
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
