import type { Client } from 'pg'
import { systemClock } from '../../../../base/index.js'
import { quoteIdentifier, quoteLiteral } from '../../../../sql/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { CdcSettings } from '../config.js'
import { parseLsn } from './lsn.js'
import type { TableIdentity } from './table-identity.js'

export interface Slot {
  /** The server keeps its log from here on. */
  readonly confirmed: bigint
  readonly wasCreated: boolean
}

const oldestVersion = 130_000

/** @throws CDC_NOT_READY */
export async function checkServer(client: Client): Promise<{ readonly system: string }> {
  const { rows } = await client.query<{ wal_level: string; version: number; name: string; system: string }>(
    `select current_setting('wal_level') as wal_level, current_setting('server_version_num')::int as version,
       current_setting('server_version') as name, (select system_identifier::text from pg_control_system()) as system`,
  )
  const [row] = rows
  if (row && row.version < oldestVersion)
    throw notReady(
      `The server is PostgreSQL ${row.name}; changes are read from version 13 on.`,
      'Update the server, or read by a cursor: leave `replication_method` out.',
    )
  if (row?.wal_level !== 'logical')
    throw notReady(
      `The server keeps no log that changes can be read from: \`wal_level\` is ${row?.wal_level}, not logical.`,
      'Set `wal_level = logical` in postgresql.conf and restart the server (on managed servers a parameter such as `rds.logical_replication`). Or read by a cursor: leave `replication_method` out.',
    )
  return row
}

export const notReady = (message: string, hint: string, cause?: unknown) =>
  extractLoadErrors.create('CDC_NOT_READY', { message, hint, cause })

/**
 * The slot, which is made where it is missing, and anew where the server gave it up.
 * @throws CDC_NOT_READY for a slot that is none of this database's, or that somebody else reads
 */
export async function ensureSlot(client: Client, { replication_slot: name }: CdcSettings): Promise<Slot> {
  const found = await readSlot(client, name)
  if (found && !found.isLost) return { confirmed: found.confirmed, wasCreated: false }
  if (found) await client.query('select pg_drop_replication_slot($1)', [name])
  try {
    await client.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [name])
  } catch (cause) {
    throw notReady(
      `The replication slot \`${name}\` does not exist, and could not be made: ${(cause as Error).message}`,
      `Give the user the right to (\`alter role … replication\`), or let an administrator run: select pg_create_logical_replication_slot(${quoteLiteral(name)}, 'pgoutput');`,
      cause,
    )
  }
  const made = await readSlot(client, name)
  if (!made) throw notReady(`The replication slot \`${name}\` was dropped a moment ago.`, 'Sync again.')
  return { confirmed: made.confirmed, wasCreated: true }
}

async function readSlot(client: Client, name: string) {
  // `wal_status` is there since version 13; asked through JSON, an older server just does not have it.
  const { rows } = await client.query<{
    database: string
    here: boolean
    plugin: string
    confirmed: string | null
    status: string | null
  }>(
    `select s.database, s.database = current_database() as here, s.plugin, s.confirmed_flush_lsn::text as confirmed, to_jsonb(s) ->> 'wal_status' as status
     from pg_replication_slots s where s.slot_name = $1`,
    [name],
  )
  const [row] = rows
  if (!row) return undefined
  if (row.plugin !== 'pgoutput' || !row.here)
    throw notReady(
      `The replication slot \`${name}\` is ${row.here ? `one of the plugin ${row.plugin}` : `one of the database ${row.database}`}.`,
      'Set `replication_slot` to one of this database with the plugin pgoutput, or to a new name: it is made then.',
    )
  return { confirmed: parseLsn(row.confirmed ?? '0/0'), isLost: row.status === 'lost' || row.confirmed === null }
}

const busyMs = 15_000

/** Waits for a reader that is just going, such as a sync that was killed. @throws CDC_NOT_READY for one that stays, ABORTED */
export async function slotIsFree(client: Client, name: string, signal: AbortSignal | undefined): Promise<void> {
  const until = performance.now() + busyMs
  for (;;) {
    const { rows } = await client.query<{ active_pid: number | null }>(
      'select active_pid from pg_replication_slots where slot_name = $1',
      [name],
    )
    const pid = rows[0]?.active_pid
    if (pid === null || pid === undefined) return
    if (performance.now() > until)
      throw notReady(
        `The replication slot \`${name}\` is read by somebody else (process ${pid} of the server).`,
        'Give each connection a slot of its own: set `replication_slot` to a new name. Or wait until the other sync has ended.',
      )
    await systemClock.sleep(100, { signal })
  }
}

/** What of a table the log tells. */
export interface PublishedTable {
  readonly columns: readonly string[]
  /** SQL: only these rows. */
  readonly rowFilter: string | undefined
}

/**
 * Tables that the publication does not have yet are added, and it is made where it is missing.
 * @throws CDC_NOT_READY
 */
export async function ensurePublication(
  client: Client,
  { publication }: CdcSettings,
  tables: readonly Pick<TableIdentity, 'schema' | 'name' | 'isPartitioned'>[],
): Promise<void> {
  const { rows } = await client.query<{ all: boolean; asroot: boolean }>(
    'select puballtables as all, pubviaroot as asroot from pg_publication where pubname = $1',
    [publication],
  )
  const [found] = rows
  const partitioned = tables.find(({ isPartitioned }) => isPartitioned)
  if (found && !found.asroot && partitioned)
    throw notReady(
      `The publication \`${publication}\` tells of the partitions of ${keyOf(partitioned)} each by its own name.`,
      `Let who owns it run: alter publication ${quoteIdentifier(publication)} set (publish_via_partition_root = true);`,
    )
  if (found?.all) return
  const held = found ? await publishedTables(client, publication) : new Map<string, PublishedTable>()
  const missing = tables.filter((table) => !held.has(keyOf(table)))
  if (found && missing.length === 0) return
  const names = missing.map(({ schema, name }) => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`).join(', ')
  const sql = found
    ? `alter publication ${quoteIdentifier(publication)} add table ${names}`
    : `create publication ${quoteIdentifier(publication)} for table ${names} with (publish_via_partition_root = true)`
  try {
    await client.query(sql)
  } catch (cause) {
    throw notReady(
      `The publication \`${publication}\` ${found ? `does not have ${missing.map(keyOf).join(', ')}` : 'does not exist'}, and that could not be changed: ${(cause as Error).message}`,
      `Let who owns the tables run: ${sql};`,
      cause,
    )
  }
}

const keyOf = ({ schema, name }: Pick<TableIdentity, 'schema' | 'name'>) => `${schema}.${name}`

/** What a publication tells of a table. Servers before version 15 tell of all columns and rows. */
export async function publishedTable(
  client: Client,
  publication: string,
  table: Pick<TableIdentity, 'schema' | 'name'>,
): Promise<PublishedTable | undefined> {
  return (await publishedTables(client, publication)).get(keyOf(table))
}

/** Whether the log tells of a column. */
export const isTold = (published: PublishedTable | undefined, { generated }: TableIdentity, column: string): boolean =>
  published && published.columns.length > 0 ? published.columns.includes(column) : !generated.includes(column)

/** By `schema.table`. */
async function publishedTables(client: Client, publication: string): Promise<ReadonlyMap<string, PublishedTable>> {
  // Asked through JSON, an older server just does not have the column.
  const { rows } = await client.query<{ key: string; columns: string[] | null; filter: string | null }>(
    `select p.schemaname || '.' || p.tablename as key, to_jsonb(p) -> 'attnames' as columns, to_jsonb(p) ->> 'rowfilter' as filter
     from pg_publication_tables p where p.pubname = $1`,
    [publication],
  )
  return new Map(
    rows.map(({ key, columns, filter }) => [key, { columns: columns ?? [], rowFilter: filter ?? undefined }]),
  )
}
