import type { PoolClient } from 'pg'
import type { Logger } from '../../base/index.js'
import { metastoreErrors } from '../errors.js'
import { withTables } from '../in-schema.js'
import { doneMigrations, presentTables } from '../migrations/index.js'
import { type BackupEnd, type BackupPart, headOf, writeBackupFile } from './backup-file.js'

/** Who is logged in, and which processes there are: after a restore nobody and none of them. */
const leftOut = new Set(['sessions', 'processes', 'daemon_lease'])

const rowsPerPiece = 1_000

export interface BackupReport {
  readonly path: string
  readonly tables: number
  readonly rows: number
  /** Of the file, packed. */
  readonly bytes: number
}

/**
 * Writes all that the store holds at one moment into a file, while others go on working with it.
 * @param version of the program
 * @throws METASTORE_BACKUP, also where there is nothing to back up yet; METASTORE_UNREACHABLE
 */
export async function backUpMetastore(
  path: string,
  { version, ...store }: { readonly url: string; readonly logger: Logger; readonly version: string },
): Promise<BackupReport> {
  return withTables(store, async (client, schema) => {
    const counts = { tables: 0, rows: 0 }
    await client.query('begin isolation level repeatable read read only')
    try {
      // A disk may be slow; nobody waits for this transaction.
      await client.query('set local idle_in_transaction_session_timeout = 0')
      const bytes = await writeBackupFile(path, everything(client, schema, version, counts))
      return { path, ...counts, bytes }
    } finally {
      await client.query('rollback')
    }
  })
}

async function* everything(
  client: PoolClient,
  schema: string,
  version: string,
  counts: { tables: number; rows: number },
): AsyncGenerator<BackupPart> {
  const migrations = await doneMigrations(client, schema)
  if (migrations.length === 0)
    throw metastoreErrors.create('METASTORE_BACKUP', {
      message: 'There is nothing to back up: the metadata store has no tables yet.',
      hint: 'Start the project once: millrace up',
    })
  yield { type: 'head', head: headOf(version, new Date().toISOString(), migrations) }
  const tables = (await presentTables(client, schema)).filter((table) => !leftOut.has(table))
  for (const table of tables) {
    yield { type: 'table', table }
    counts.tables++
    for await (const json of rowsOf(client, table)) {
      counts.rows++
      yield { type: 'row', json }
    }
  }
  yield { type: 'end', end: { rows: counts.rows, sequences: await sequencesOf(client, tables) } }
}

async function* rowsOf(client: PoolClient, table: string): AsyncGenerator<string> {
  await client.query(`declare rows no scroll cursor for select row_to_json(t)::text as json from ${table} as t`)
  for (;;) {
    const { rows } = await client.query<{ json: string }>(`fetch ${rowsPerPiece} from rows`)
    if (rows.length === 0) break
    for (const { json } of rows) yield json
  }
  await client.query('close rows')
}

/** Read last: a sequence is ahead of all that is seen of its table. */
async function sequencesOf(client: PoolClient, tables: readonly string[]): Promise<BackupEnd['sequences']> {
  const { rows } = await client.query<{ table: string; column: string; last: string }>(
    `select c.relname as table, a.attname as column, s.last::text as last
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
       lateral (select pg_sequence_last_value(pg_get_serial_sequence(quote_ident(c.relname), a.attname)::regclass) as last) s
     where c.oid = any (select quote_ident(t)::regclass from unnest($1::text[]) as t) and s.last is not null`,
    [tables],
  )
  return rows
}
