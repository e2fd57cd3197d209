import type { PoolClient } from 'pg'
import type { Logger } from '../../base/index.js'
import { metastoreErrors } from '../errors.js'
import { withTables } from '../in-schema.js'
import { migrations, ownTables } from '../migrations/all.js'
import { applyMigration, makePlace, migrationLock, presentTables, requireKnown } from '../migrations/index.js'
import { isProcessHeard } from '../queries/processes.js'
import { type BackupEnd, type BackupHead, readBackupFile } from './backup-file.js'

export interface RestoreReport {
  readonly rows: number
  readonly madeAt: string
  readonly version: string
  /** Migrations that the backup had not been through, and has now. */
  readonly applied: readonly string[]
}

interface RestoreOptions {
  readonly url: string
  readonly logger: Logger
  /** What the store holds may go. */
  readonly replaces: boolean
}

const mostRows = 1_000
const mostCharacters = 4_000_000
/** What PostgreSQL says of values and keys: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isOfRows = /^2[23]/

/**
 * Puts what a backup holds into the place of what the store holds, as a whole or not at all, and brings it up to date.
 * @throws METASTORE_BACKUP, METASTORE_IN_USE, METASTORE_OTHER_VERSION, METASTORE_UNREACHABLE
 */
export async function restoreMetastore(path: string, { replaces, ...store }: RestoreOptions): Promise<RestoreReport> {
  return withTables(store, async (client, schema) => {
    await client.query('begin')
    try {
      await client.query('set local idle_in_transaction_session_timeout = 0')
      await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
      await requireReplaceable(client, schema, replaces)
      const report = await restore(client, schema, path)
      await client.query('commit')
      return report
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    }
  })
}

async function restore(client: PoolClient, schema: string, path: string): Promise<RestoreReport> {
  let head: BackupHead | undefined
  let end: BackupEnd | undefined
  let batch: Batch | undefined
  for await (const part of readBackupFile(path))
    switch (part.type) {
      case 'head':
        head = part.head
        await makeTables(client, schema, head)
        break
      case 'table':
        await batch?.write()
        requireOwn(part.table, path)
        batch = new Batch(client, part.table)
        break
      case 'row':
        await batch?.add(part.json)
        break
      case 'end':
        await batch?.write()
        end = part.end
    }
  const { version, madeAt, migrations: done } = head as BackupHead
  const { rows, sequences } = end as BackupEnd
  for (const { table, column, last } of sequences) {
    requireOwn(table, path)
    await client.query('select setval(pg_get_serial_sequence(quote_ident($1), $2), $3::bigint)', [table, column, last])
  }
  const missing = migrations.filter(({ name }) => !done.includes(name))
  for (const migration of missing) await applyMigration(client, migration)
  return { rows, madeAt, version, applied: missing.map(({ name }) => name) }
}

/** Empty tables, as they were when the backup was made. @throws METASTORE_OTHER_VERSION */
async function makeTables(client: PoolClient, schema: string, head: BackupHead): Promise<void> {
  requireKnown(head.migrations, `The backup was made by a newer Millrace, ${head.version}`)
  await client.query(`drop table if exists ${[...ownTables, 'migrations'].join(', ')} cascade`)
  await makePlace(client, schema)
  for (const migration of migrations)
    if (head.migrations.includes(migration.name)) await applyMigration(client, migration)
  // Some begin with a row of their own.
  await client.query(`truncate ${(await presentTables(client, schema)).join(', ')}`)
}

/** A name in a file is no SQL. */
function requireOwn(table: string, path: string): void {
  if (ownTables.includes(table)) return
  throw metastoreErrors.create('METASTORE_BACKUP', {
    message: `${path} cannot be restored: it has a table \`${table}\`, which the metadata store has not.`,
    hint: 'A backup is what `millrace backup` has written.',
  })
}

/** Rows of one table, written a thousand at a time. */
class Batch {
  readonly #client: PoolClient
  readonly #table: string
  #rows: string[] = []
  #characters = 0

  constructor(client: PoolClient, table: string) {
    this.#client = client
    this.#table = table
  }

  async add(json: string): Promise<void> {
    this.#rows.push(json)
    this.#characters += json.length
    if (this.#rows.length >= mostRows || this.#characters >= mostCharacters) await this.write()
  }

  async write(): Promise<void> {
    if (this.#rows.length === 0) return
    const rows = this.#rows
    this.#rows = []
    this.#characters = 0
    const sql = `insert into ${this.#table} overriding system value select * from json_populate_recordset(null::${this.#table}, $1::json)`
    await this.#client.query(sql, [`[${rows.join(',')}]`]).catch((error: unknown) => {
      if (!isOfRows.test(String((error as { code?: unknown } | null)?.code))) throw error
      throw metastoreErrors.create('METASTORE_BACKUP', {
        message: `The backup cannot be restored: rows of the table \`${this.#table}\` are none: ${(error as Error).message}.`,
        hint: 'Somebody changed the file since `millrace backup` wrote it: use another one.',
        cause: error,
      })
    })
  }
}

/** @throws METASTORE_IN_USE */
async function requireReplaceable(client: PoolClient, schema: string, replaces: boolean): Promise<void> {
  const tables = await presentTables(client, schema)
  const has = (table: string) => tables.includes(table)
  const some = async (sql: string) => ((await client.query(sql)).rowCount ?? 0) > 0
  if (has('processes') && (await some(`select 1 from processes where ${isProcessHeard} limit 1`)))
    throw metastoreErrors.create('METASTORE_IN_USE', {
      message: 'Processes of Millrace work with this metadata store.',
      hint: 'End them first (Ctrl-C in `millrace up`); the Deployment page of the UI names them. One that was killed is forgotten after 15 s.',
    })
  const holds = (
    await Promise.all(['runs', 'users'].filter(has).map((table) => some(`select 1 from ${table} limit 1`)))
  ).some(Boolean)
  if (holds && !replaces)
    throw metastoreErrors.create('METASTORE_IN_USE', {
      message: 'The metadata store holds runs or users already, which a restore would replace.',
      hint: 'With --replace they go. Back them up before: millrace backup FILE',
    })
}
