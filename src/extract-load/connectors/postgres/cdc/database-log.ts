import type { Client } from 'pg'
import { systemClock } from '../../../../base/index.js'
import { quoteLiteral } from '../../../../sql/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { CdcSettings } from '../config.js'
import { parseLsn } from './lsn.js'

export interface Slot {
  /** The server keeps its log from here on. */
  readonly confirmed: bigint
  readonly wasCreated: boolean
}

const oldestVersion = 130_000

export interface Server {
  /** Another server has another one; copies have the same. */
  readonly system: string
  /** Where its log ends. */
  readonly end: bigint
}

/** @throws CDC_NOT_READY */
export async function checkServer(client: Client): Promise<Server> {
  const { rows } = await client.query<{
    wal_level: string
    version: number
    name: string
    system: string
    end: string
  }>(
    `select current_setting('wal_level') as wal_level, current_setting('server_version_num')::int as version,
       current_setting('server_version') as name, (select system_identifier::text from pg_control_system()) as system,
       pg_current_wal_insert_lsn()::text as end`,
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
  return { system: row.system, end: parseLsn(row.end) }
}

export const notReady = (message: string, hint: string, cause?: unknown) =>
  extractLoadErrors.create('CDC_NOT_READY', { message, hint, cause })

/**
 * The slot, which is made where it is missing, and anew where the server gave it up.
 * @param isAnew also where it is there: what it was made for is another thing now
 * @throws CDC_NOT_READY for a slot that is none of this database's, or that somebody else reads
 */
export async function ensureSlot(
  client: Client,
  { replication_slot: name }: CdcSettings,
  isAnew: boolean,
): Promise<Slot> {
  const found = await readSlot(client, name)
  if (found && !found.isLost && !isAnew) return { confirmed: found.confirmed, wasCreated: false }
  if (found) await client.query('select pg_drop_replication_slot($1)', [name])
  try {
    // The server waits for every transaction that is open.
    await client.query(`set statement_timeout = ${openTransactionsMs}`)
    await client.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [name])
    await client.query('reset statement_timeout')
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
const openTransactionsMs = 600_000

/** Waits until every transaction that is open now has ended. @throws CDC_NOT_READY, ABORTED */
export async function transactionsEnded(client: Client, signal: AbortSignal | undefined): Promise<void> {
  const until = performance.now() + openTransactionsMs
  const { rows: now } = await client.query<{ next: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
  )
  for (;;) {
    const { rows } = await client.query<{ has_ended: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as has_ended',
      [now[0]?.next],
    )
    if (rows[0]?.has_ended) return
    if (performance.now() > until)
      throw notReady(
        'A transaction of the database has been open for ten minutes; a new table can be read only when it has ended.',
        'Look for it: select pid, state, xact_start, query from pg_stat_activity where xact_start is not null order by xact_start;',
      )
    await systemClock.sleep(200, { signal })
  }
}

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
