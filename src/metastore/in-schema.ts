import type { ClientBase, PoolClient, QueryConfig } from 'pg'
import { type Logger, MillraceError } from '../base/index.js'
import { Database } from './database.js'
import { metastoreErrors } from './errors.js'
import { unreachable } from './unreachable.js'

/**
 * Work on the tables of a store as they stand, over a connection of its own.
 * @throws METASTORE_URL_INVALID, METASTORE_UNREACHABLE, METASTORE_SCHEMA_IGNORED
 */
export async function withTables<T>(
  { url, logger }: { readonly url: string; readonly logger: Logger },
  work: (client: PoolClient, schema: string) => Promise<T>,
): Promise<T> {
  const database = new Database(url, logger)
  try {
    return await inSchema(database, work)
  } finally {
    await database.close().catch(() => {})
  }
}

/** The same over a connection of a pool. Nothing is done where it would meet the tables of somebody else. */
export async function inSchema<T>(
  database: Database,
  work: (client: PoolClient, schema: string) => Promise<T>,
): Promise<T> {
  try {
    return await database.use(async (client) => {
      await requireSchema(client, database.schema)
      if (database.isPooled) await database.use((other) => requireOwnSession(client, other))
      return work(client, database.schema)
    })
  } catch (cause) {
    throw cause instanceof MillraceError ? cause : unreachable(cause)
  }
}

/** A pooler may drop what connections say of the schema. What it has instead may be the tables of another project. */
async function requireSchema(client: PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query<{ search_path: string }>('show search_path')
  if (rows[0]?.search_path === client.escapeIdentifier(schema)) return
  throw metastoreErrors.create('METASTORE_SCHEMA_IGNORED', {
    message: `Whoever answers at the address of the metadata store, a pooler perhaps, does not take the schema \`${schema}\` (it has ${rows[0]?.search_path}).`,
    hint: 'Give the address of the PostgreSQL itself.',
  })
}

/** A pooler that has only one connection for both has one of them wait. */
const answersWithinMs = 5_000

/**
 * Behind a pooler that hands out connections by transaction, a session has no schema of its own: it would meet the tables of others. There
 * the connection is another one for each query, or once somebody else has it in a transaction.
 */
export async function requireOwnSession(client: ClientBase, other: ClientBase): Promise<void> {
  const process = async () =>
    (await client.query({ text: 'select pg_backend_pid() as pid', query_timeout: answersWithinMs } as QueryConfig))
      .rows[0]?.pid as unknown
  const alone = [await process(), await process()]
  await other.query('begin')
  await other.query('select 1')
  const beside = await process().catch(() => undefined)
  await other.query('rollback')
  if (alone.every((one) => one === beside)) return
  throw metastoreErrors.create('METASTORE_SCHEMA_IGNORED', {
    message:
      'The pooler at the address of the metadata store does not give each connection a session of its own, as `pooler=session` says.',
    hint: 'Have it pool by session (PgBouncer: pool_mode = session), or give the address of the PostgreSQL itself.',
  })
}
