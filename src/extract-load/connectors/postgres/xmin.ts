import type { Client } from 'pg'
import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'
import { positionLost } from '../../table-source/position-lost.js'
import type { ReadRequest } from '../connector.js'
import type { PostgresTable } from './catalogue.js'

const stateSchema = z.looseObject({
  /** Every transaction before this one had ended when the rows were read. Counted with 64 bits, which PostgreSQL never starts anew. */
  xmin: z.string().regex(/^\d+$/),
  /** The transaction that would have been the next one. */
  xmax: z.string().regex(/^\d+$/),
  /** Of the server: another one counts other transactions. */
  system: z.string(),
  /** The tables that held the rows, by their oid: the table itself, its partitions, those that inherit from it. */
  tables: z.array(z.number()),
})
/** How far a stream was read by the transactions that wrote its rows. */
type XminState = z.output<typeof stateSchema>

export interface XminRead {
  /** SQL: only these rows. */
  readonly condition: string
  readonly state: XminState
  readonly note: string | undefined
}

/** Rows of views have no `xmin`, those of foreign tables none of this server. */
export const hasXmin = ({ kind }: PostgresTable): boolean => kind !== 'v' && kind !== 'f'

/**
 * Which rows were written since the last sync, by `xmin`, the transaction that wrote a row.
 *
 * Whatever was open when the last sync read is at or behind the snapshot's first open transaction, also the subtransactions (savepoints), which a
 * snapshot does not name and which are always numbered after their own. So rows from there on are read. Some of those were read already: where
 * a key puts them in their place that does no harm. Where rows are appended, those from the first open transaction of this snapshot on are
 * left to the next sync, so that each is read once.
 * @param client of a session with a snapshot, which is the one that is meant
 * @throws STREAM_MODE_UNSUPPORTED, SOURCE_POSITION_LOST
 */
export async function xminRead(
  client: Client,
  table: PostgresTable,
  { stream, state: given }: ReadRequest,
): Promise<XminRead> {
  const now = await currentState(client, table, stream.name)
  const isAppended = stream.destinationSyncMode === 'append'
  const last = stateSchema.safeParse(given).data
  const gap = given === undefined ? undefined : gapBetween(last, now)
  if (gap !== undefined && isAppended) throw positionLost(stream.name, gap)
  const from = gap === undefined ? last : undefined
  const conditions = [isOf(now.tables)]
  // Rows of tables that came since were written before, maybe: partitions that were attached, a table that got the name of another one.
  if (from) conditions.push(`(${isSince(from.xmin)} or not ${isOf(from.tables)})`)
  if (isAppended) conditions.push(`not ${isSince(now.xmin)}`)
  const waiting = isAppended ? waitingFor(last, now) : undefined
  return {
    condition: conditions.join(' and '),
    state: now,
    note: gap === undefined ? waiting : `All rows were read: ${gap}.`,
  }
}

const isOf = (tables: readonly number[]) => `tableoid = any('{${tables.join(',')}}'::oid[])`

/**
 * Rows show the low 32 bits of a transaction. `age` counts from there to the next one, and below zero where more than 2^31 were in between: rows that
 * are older, which the server has long frozen, are not taken for new ones until 2^32 are.
 */
export const isSince = (transaction: string) =>
  `(age(xmin) between 0 and age('${BigInt(transaction) & 0xffff_ffffn}'::xid))`

async function currentState(client: Client, table: PostgresTable, stream: string): Promise<XminState> {
  const { schema, name, kind } = table
  const { rows } = await client.query<{
    snapshot: string
    system: string
    tables: number[]
    foreign: boolean
  }>(
    `with recursive parts as (
       select c.oid, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
       union select c.oid, c.relkind from parts p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
     )
     select txid_current_snapshot()::text as snapshot, (select system_identifier::text from pg_control_system()) as system,
       array_agg(oid::int8::float8 order by oid) as tables, bool_or(relkind = 'f') as foreign
     from parts`,
    [schema, name],
  )
  const { snapshot = '', system = '', tables = [], foreign = false } = rows[0] ?? {}
  if (!hasXmin(table) || foreign)
    throw extractLoadErrors.create('STREAM_MODE_UNSUPPORTED', {
      message: `The incremental stream \`${stream}\` cannot be read by \`xmin\`: ${kind === 'v' ? 'a view has none' : 'the rows of a foreign table have none'}.`,
      hint: 'Set `sync_mode: full_refresh` for the stream, or read the tables that it is made of.',
    })
  const [xmin = '', xmax = ''] = snapshot.split(':')
  return { xmin, xmax, system, tables }
}

/** Of 2^31, which are all that 32 bits tell apart, some are left to transactions that begin while rows are read. */
const mostApart = 2_000_000_000n

/** Why nobody knows what was written between two syncs; undefined where it is known. */
export function gapBetween(last: XminState | undefined, now: XminState): string | undefined {
  if (!last) return 'they were not read by `xmin` until now'
  if (last.system !== now.system) return 'they were read from another server'
  if (BigInt(now.xmax) < BigInt(last.xmax))
    return 'the server was set back to an earlier time, or is a copy of the one that was read'
  if (BigInt(now.xmax) - BigInt(last.xmin) >= mostApart)
    return `${BigInt(now.xmax) - BigInt(last.xmin)} transactions are in between, and rows tell only 2^31 of them apart`
  return undefined
}

/** That a transaction is open for a moment is nothing to tell. One that was open when the last sync read holds up rows. */
const waitingFor = (last: XminState | undefined, now: XminState) =>
  now.xmin !== now.xmax && (last === undefined || last.xmin === now.xmin)
    ? `Rows that were written since transaction ${now.xmin} began, which is still open, come with a later sync.`
    : undefined
