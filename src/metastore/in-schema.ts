import type { PoolClient } from 'pg'
import { type Logger, MillraceError } from '../base/index.js'
import { Database, unreachable } from './database.js'
import { metastoreErrors } from './errors.js'

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
