import type { PoolClient } from 'pg'
import { systemClock } from '../../base/index.js'
import { metastoreErrors } from '../errors.js'
import { isConflict, isOfSchema } from '../pg-errors.js'
import { type Migration, migrations, ownTables } from './all.js'

/** Any number that nobody else takes: processes that start together migrate one after the other. */
export const migrationLock = 7_125_011

/** What was done to the tables of a store. */
export interface MigrationReport {
  readonly schema: string
  /** How many migrations there are. */
  readonly known: number
  /** The names of those that were missing, or are. */
  readonly applied: readonly string[]
}

/** Makes the schema and brings its tables up to date, one process after the other. @throws METASTORE_OTHER_VERSION, METASTORE_MIGRATION_FAILED */
export async function migrate(client: PoolClient, schema: string): Promise<MigrationReport> {
  await client.query('select pg_advisory_lock($1)', [migrationLock])
  try {
    await makePlace(client, schema)
    const missing = await missingMigrations(client, schema)
    for (const migration of missing) await migrateTo(client, schema, migration)
    return reportOf(schema, missing)
  } finally {
    // With a connection that is lost the lock is gone.
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {})
  }
}

/** Workers of the former version go on beside it, and may be in its way. */
const attempts = 5
const pauseMs = 300

async function migrateTo(client: PoolClient, schema: string, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await client.query('begin')
    try {
      await applyMigration(client, migration)
      await client.query('commit')
      return
    } catch (error) {
      await client.query('rollback').catch(() => {})
      if (attempt === attempts || !isConflict(error)) throw failed(migration, schema, error)
    }
    await systemClock.sleep(pauseMs)
  }
}

/** What the tables are not at fault for is told where all is told that asks the server. */
function failed({ name }: Migration, schema: string, cause: unknown): unknown {
  if (!isOfSchema(cause)) return cause
  return metastoreErrors.create('METASTORE_MIGRATION_FAILED', {
    message: `The migration \`${name}\` of the metadata store failed: ${(cause as Error).message}.`,
    hint: `Nothing of it was done; what came before it stays. Mend in the schema ${schema} what it met, or restore a backup, and start again: it goes on from here.`,
    cause,
  })
}

/** In the transaction that is open. */
export async function applyMigration(client: PoolClient, { name, sql }: Migration): Promise<void> {
  await client.query(sql)
  await client.query('insert into migrations (name) values ($1)', [name])
}

/** Answers where the tables are as this version has them; nobody waits for anybody to find that. @throws METASTORE_OTHER_VERSION */
export async function nothingToMigrate(client: PoolClient, schema: string): Promise<MigrationReport | undefined> {
  return (await missingMigrations(client, schema)).length === 0 ? reportOf(schema, []) : undefined
}

export const reportOf = (schema: string, applied: readonly Migration[]): MigrationReport => ({
  schema,
  known: migrations.length,
  applied: applied.map(({ name }) => name),
})

/** All of them where there is no table yet that says which were made. @throws METASTORE_OTHER_VERSION */
export async function missingMigrations(client: PoolClient, schema: string): Promise<readonly Migration[]> {
  const done = await doneMigrations(client, schema)
  requireKnown(done, 'The metadata store was changed by a newer Millrace')
  return migrations.filter(({ name }) => !done.includes(name))
}

/** The names of what was done, in no order. */
export async function doneMigrations(client: PoolClient, schema: string): Promise<readonly string[]> {
  if (!(await placeOf(client, schema)).hasTable) return []
  const { rows } = await client.query<{ name: string }>('select name from migrations')
  return rows.map(({ name }) => name)
}

/** Those of our tables that are there, each after those that it refers to. */
export async function presentTables(client: PoolClient, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select tablename as name from pg_tables where schemaname = $1',
    [schema],
  )
  const names = new Set(rows.map(({ name }) => name))
  return ownTables.filter((table) => names.has(table))
}

/** @throws METASTORE_OTHER_VERSION */
export function requireKnown(names: readonly string[], what: string): void {
  const unknown = names.find((name) => !migrations.some((migration) => migration.name === name))
  if (unknown === undefined) return
  throw metastoreErrors.create('METASTORE_OTHER_VERSION', {
    message: `${what} (its migration \`${unknown}\` is not known here).`,
    hint: 'Update Millrace in this project: npm install millrace@latest',
  })
}

async function placeOf(client: PoolClient, schema: string) {
  const { rows } = await client.query<{ has_schema: boolean; has_table: boolean }>(
    `select exists (select 1 from pg_namespace where nspname = $1) as has_schema,
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = 'migrations') as has_table`,
    [schema],
  )
  return { hasSchema: rows[0]?.has_schema === true, hasTable: rows[0]?.has_table === true }
}

/** The schema and the table of what was done. Looked for first: who may not create is refused even where they are there. */
export async function makePlace(client: PoolClient, schema: string): Promise<void> {
  const { hasSchema, hasTable } = await placeOf(client, schema)
  if (!hasSchema) await client.query(`create schema ${client.escapeIdentifier(schema)}`)
  if (!hasTable)
    await client.query('create table migrations (name text primary key, at timestamptz not null default now())')
}
