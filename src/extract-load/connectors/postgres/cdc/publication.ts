import type { Client } from 'pg'
import { quoteIdentifier } from '../../../../sql/index.js'
import type { CdcSettings } from '../config.js'
import { notReady } from './database-log.js'
import type { TableIdentity } from './table-identity.js'

/** What of a table the log tells. */
export interface PublishedTable {
  readonly columns: readonly string[]
  /** SQL: only these rows. */
  readonly rowFilter: string | undefined
}

export interface Published {
  readonly wasCreated: boolean
  /** Tables that it did not have until now. */
  readonly added: ReadonlySet<TableIdentity>
  readonly refused: ReadonlyMap<TableIdentity, unknown>
}

/**
 * Tables that the publication does not have yet are added, and it is made where it is missing.
 * @throws CDC_NOT_READY where it does not tell of everything, or cannot be made
 */
export async function ensurePublication(
  client: Client,
  { publication }: CdcSettings,
  tables: readonly TableIdentity[],
): Promise<Published> {
  const found = await readPublication(client, publication)
  const name = quoteIdentifier(publication)
  if (!found && tables.length > 0)
    await change(
      client,
      `create publication ${name} with (publish_via_partition_root = true)`,
      `The publication \`${publication}\` does not exist, and could not be made`,
    )
  const held = found ? await publishedTables(client, publication, tables) : new Map<string, PublishedTable>()
  const added = new Set<TableIdentity>()
  const refused = new Map<TableIdentity, unknown>()
  for (const table of tables) {
    if (table.isPartitioned && found && !found.asroot) {
      refused.set(
        table,
        notReady(
          `The publication \`${publication}\` tells of the partitions of ${keyOf(table)} each by its own name.`,
          `Let who owns it run: alter publication ${name} set (publish_via_partition_root = true);`,
        ),
      )
      continue
    }
    if (found?.all || held.has(keyOf(table))) continue
    const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
    const lacks = `The publication \`${publication}\` does not have ${keyOf(table)}, which could not be added`
    try {
      await change(client, `alter publication ${name} add table ${relation}`, lacks)
      added.add(table)
    } catch (error) {
      refused.set(table, error)
    }
  }
  return { wasCreated: !found && tables.length > 0, added, refused }
}

async function readPublication(client: Client, publication: string) {
  const { rows } = await client.query<{ all: boolean; asroot: boolean; whole: boolean }>(
    `select puballtables as all, pubviaroot as asroot, pubinsert and pubupdate and pubdelete and pubtruncate as whole
     from pg_publication where pubname = $1`,
    [publication],
  )
  const [found] = rows
  if (found && !found.whole)
    throw notReady(
      `The publication \`${publication}\` does not tell of every kind of change.`,
      `Let who owns it run: alter publication ${quoteIdentifier(publication)} set (publish = 'insert, update, delete, truncate');`,
    )
  return found
}

async function change(client: Client, sql: string, what: string): Promise<void> {
  try {
    await client.query(sql)
  } catch (cause) {
    throw notReady(`${what}: ${(cause as Error).message}`, `Let who owns the tables run: ${sql};`, cause)
  }
}

const keyOf = ({ schema, name }: Pick<TableIdentity, 'schema' | 'name'>) => `${schema}.${name}`

/** What a publication tells of a table. Servers before version 15 tell of all columns and rows. */
export async function publishedTable(
  client: Client,
  publication: string,
  table: Pick<TableIdentity, 'schema' | 'name'>,
): Promise<PublishedTable | undefined> {
  return (await publishedTables(client, publication, [table])).get(keyOf(table))
}

/** Whether the log tells of a column. */
export const isTold = (published: PublishedTable | undefined, { generated }: TableIdentity, column: string): boolean =>
  published && published.columns.length > 0 ? published.columns.includes(column) : !generated.includes(column)

/** Of these tables those that a publication holds, by `schema.table`. */
async function publishedTables(
  client: Client,
  publication: string,
  tables: readonly Pick<TableIdentity, 'schema' | 'name'>[],
): Promise<ReadonlyMap<string, PublishedTable>> {
  // Asked through JSON, an older server just does not have the column.
  const { rows } = await client.query<{ key: string; columns: string[] | null; filter: string | null }>(
    `select p.schemaname || '.' || p.tablename as key, to_jsonb(p) -> 'attnames' as columns, to_jsonb(p) ->> 'rowfilter' as filter
     from pg_publication_tables p
     where p.pubname = $1 and (p.schemaname, p.tablename) in (select * from unnest($2::text[], $3::text[]))`,
    [publication, tables.map(({ schema }) => schema), tables.map(({ name }) => name)],
  )
  return new Map(
    rows.map(({ key, columns, filter }) => [key, { columns: columns ?? [], rowFilter: filter ?? undefined }]),
  )
}
