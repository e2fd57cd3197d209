import type { Client } from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../../../sql/index.js'
import type { ReadColumn } from '../../../table-source/read-column.js'
import { TextReader } from '../../../table-source/text-reader.js'
import type { PostgresTable } from '../catalogue.js'
import type { CdcSettings } from '../config.js'
import { SwappedReader } from '../copy/column-reader.js'
import { cdcColumns } from './change-rows.js'
import { notReady } from './database-log.js'
import { parseLsn } from './lsn.js'
import { isTold, publishedTable } from './publication.js'
import type { CdcState } from './state.js'
import { knownTable, readIdentities } from './table-identity.js'

export interface CdcSnapshot {
  readonly table: PostgresTable
  /** What the rows have besides. */
  readonly columns: readonly ReadColumn[]
  /** SQL: only these rows; undefined = all. */
  readonly condition: string | undefined
  readonly state: CdcState
}

/**
 * What a table is read as before the log: the columns and rows that the log tells of, and where in it to go on.
 * @param client of a session with a snapshot, which is the one that is meant
 */
export async function cdcSnapshot(
  client: Client,
  { replication_slot: slot, publication }: CdcSettings,
  table: PostgresTable,
): Promise<CdcSnapshot> {
  const { rows } = await client.query<{
    transactions: string
    lsn: string
    confirmed: string | null
    restart: string | null
    system: string
    now: string
  }>(
    `select pg_current_snapshot()::text as transactions, pg_current_wal_insert_lsn()::text as lsn,
       (select confirmed_flush_lsn::text from pg_replication_slots where slot_name = $1) as confirmed,
       (select restart_lsn::text from pg_replication_slots where slot_name = $1) as restart,
       (select system_identifier::text from pg_control_system()) as system,
       to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
    [slot],
  )
  const [found] = rows
  const published = await publishedTable(client, publication, table)
  const [identity] = await readIdentities(client, [table.schema], [table.name])
  if (!found?.confirmed || !found.restart || !published || !identity)
    throw notReady(
      `The replication slot \`${slot}\`, or ${table.schema}.${table.name} in the publication \`${publication}\`, is gone since the sync began.`,
      'Sync again: what is missing is made then.',
    )
  const { transactions, lsn, confirmed, restart, system, now } = found
  return {
    table: { ...table, columns: table.columns.filter(({ name }) => isTold(published, identity, name)) },
    // Before every change that the log tells, also of transactions that the snapshot does not see yet.
    columns: ownColumns(restart, now),
    condition: published.rowFilter,
    // From where the slot begins: a transaction that the snapshot does not see yet may stand before where the log is now.
    state: { lsn: confirmed, system, table: knownTable(identity), snapshot: { transactions, lsn } },
  }
}

function ownColumns(lsn: string, now: string): ReadColumn[] {
  const values = [`${parseLsn(lsn)}::int8`, `${quoteLiteral(now)}::text`, 'null::text']
  return cdcColumns.map(({ name, kind, type }, i) => ({
    name,
    kind,
    sql: `${values[i]} as ${quoteIdentifier(name)}`,
    postgresSql: values[i],
    isUnboundedNumber: false,
    reader: () => (kind === 'integer' ? new SwappedReader(type, 8) : new TextReader(type)),
  }))
}
