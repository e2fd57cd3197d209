import { MillraceError, newId, Semaphore } from '../../../base/index.js'
import { quoteIdentifier } from '../../../sql/index.js'
import {
  type Cell,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { KeptNames } from '../../fields/loaded-names.js'
import { mappersInWords } from '../../fields/mappers.js'
import type { OfferedField } from '../../fields/offered-field.js'
import type { SyncReach } from '../../sync-contract.js'
import { type CommittedState, committedState, type StateRow, type StreamMode } from './state-rows.js'

/** Sync state lives beside the data, so that one transaction commits both. */
const schema = '_millrace'
const stateTable = { schema, identifier: 'stream_state' }
/** As SQL has it. */
export const stateRelation = `${schema}.${stateTable.identifier}`
const table = stateRelation

export interface StreamState {
  /** JSON as the source wrote it: parsed, its numbers would be rounded. */
  readonly state: string | undefined
  /** Undefined before the first sync. */
  readonly mode?: StreamMode | undefined
  readonly generationId: number
  readonly syncId: number
  /** The fields that the source had when the last sync took them. */
  readonly accepted?: readonly OfferedField[] | undefined
  /** What its fields are called in the table, where that is something else. */
  readonly names?: KeptNames | undefined
  /** A new generation that was broken off. */
  readonly pending?: PendingLoad | undefined
  /** How far the last sync went, where the stream has partitions. */
  readonly reach?: NotedReach | undefined
  /** Its table was emptied, and nothing was loaded since. */
  readonly isCleared?: boolean | undefined
}

/** How far a sync went, and for whom. */
export interface NotedReach extends SyncReach {
  readonly runId?: string | undefined
}

/** How far a load has come that will replace a table: it goes on from here. */
export interface PendingLoad {
  /** The staging table; its first `rows` rows are those that `state` speaks for. */
  readonly table: string
  readonly rows: number
  readonly state: string
  readonly mode: StreamMode
  readonly generationId: number
}

/** Two connections that make the same schema at once would fail each other. */
const preparing = new Semaphore(1)

/**
 * Makes what a sync needs before its streams start: the table of states and the schemas of their tables. What is there is not asked for
 * once more: that would take rights which only who made it has.
 * @throws DESTINATION_WRITE_FAILED
 */
export async function prepareSchemas(warehouse: Warehouse, destinations: readonly string[]): Promise<void> {
  const schemas = [...new Set([schema, ...destinations])]
  await preparing.run(() =>
    withConnection(warehouse, async (connection) => {
      try {
        await makeSchemas(connection, schemas)
        await prepareTable(warehouse, connection)
      } catch (error) {
        throw notPrepared(error, schemas)
      }
    }),
  )
}

/** Makes those that are not there. */
export async function makeSchemas(connection: WarehouseConnection, schemas: readonly string[]): Promise<void> {
  const { rows } = await connection.query(
    'select schema_name from information_schema.schemata where catalog_name = current_database()',
  )
  const there = new Set(rows.map(([name]) => name))
  const made = createSchemas(schemas.filter((name) => !there.has(name)))
  if (made !== '') await connection.query(made)
}

/**
 * Whether tables can be made in these schemas: it is done, and taken back.
 * @throws what the warehouse refuses
 */
export async function tryTables(
  warehouse: Warehouse,
  schemas: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  // Not one name for all: `Raw` and `raw` may be the same schema.
  const tables = [...new Set(schemas)].map(
    (one) => `create table ${quoteIdentifier(one)}.${quoteIdentifier(`_millrace_check_${newId()}`)} (id integer);`,
  )
  await preparing.run(() =>
    withConnection(
      warehouse,
      async (connection) => {
        await connection.begin()
        try {
          await connection.query(`${createSchemas(schemas)}\n${tables.join('\n')}`, options)
        } finally {
          await connection.rollback().catch(() => {})
        }
      },
      options,
    ),
  )
}

/** Columns that the table of states did not always have. */
const laterColumns = ['mode', 'pending', 'accepted', 'names', 'cleared', 'reach']

async function prepareTable(warehouse: Warehouse, connection: WarehouseConnection): Promise<void> {
  const there = (await warehouse.columns(stateTable)).map(({ name }) => name)
  if (there.length === 0)
    await connection.query(`create table if not exists ${table} (
        connection varchar not null, stream varchar not null, state json, generation_id bigint not null,
        sync_id bigint not null, updated_at timestamp with time zone not null, ${laterColumns.map((name) => `${name} json`).join(', ')},
        primary key (connection, stream)
      )`)
  const missing = there.length === 0 ? [] : laterColumns.filter((name) => !there.includes(name))
  await connection.query(`select * from ${table} limit 0`)
  for (const name of missing) await connection.query(`alter table ${table} add column if not exists ${name} json`)
}

function notPrepared(error: unknown, schemas: readonly string[]): unknown {
  if (!(error instanceof MillraceError) || error.code !== 'WAREHOUSE_SQL') return error
  return extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `The warehouse does not let a sync keep its tables and states: ${error.message}`,
    hint: `Let the user of the warehouse make schemas, or make these for it, so that it owns what is in them: ${schemas.join(', ')}.`,
    cause: error,
  })
}

export const createSchemas = (schemas: readonly string[]): string =>
  [...new Set(schemas)].map((name) => `create schema if not exists ${quoteIdentifier(name)};`).join('\n')

export async function readState(connection: WarehouseConnection, name: string, stream: string): Promise<StreamState> {
  const result = await connection.query(
    `select state, mode, generation_id, sync_id, pending, accepted, names, cleared, reach from ${table} where connection = $1 and stream = $2`,
    {
      params: [name, stream],
    },
  )
  const [row] = rowObjects(result)
  return {
    state: typeof row?.state === 'string' ? row.state : undefined,
    mode: parse(row?.mode) as StreamMode | undefined,
    generationId: Number(row?.generation_id ?? 0),
    syncId: Number(row?.sync_id ?? 0),
    pending: parse(row?.pending) as PendingLoad | undefined,
    accepted: parse(row?.accepted) as readonly OfferedField[] | undefined,
    names: parse(row?.names) as KeptNames | undefined,
    isCleared: parse(row?.cleared) === true,
    reach: parse(row?.reach) as NotedReach | undefined,
  }
}

const parse = (json: Cell | undefined) => (typeof json === 'string' ? (JSON.parse(json) as unknown) : undefined)

/**
 * Part of the transaction that commits the data.
 * @param expectedSyncId of the state that is there: as it was read, or as this sync itself wrote it
 * @throws DESTINATION_WRITE_FAILED when another sync was there meanwhile
 */
export async function writeState(
  connection: WarehouseConnection,
  name: string,
  stream: ConnectionStream,
  state: Omit<StreamState, 'mode' | 'pending' | 'isCleared'>,
  expectedSyncId: number,
): Promise<void> {
  const { rows } = await connection.query(
    `insert into ${table} as existing (connection, stream, state, mode, generation_id, sync_id, accepted, names, updated_at, reach)
     values ($1, $2, $3::json, $4::json, $5, $6, $7::json, $8::json, now(), $10::json)
     on conflict (connection, stream) do update set state = excluded.state, mode = excluded.mode,
       generation_id = excluded.generation_id, sync_id = excluded.sync_id, accepted = excluded.accepted, names = excluded.names,
       updated_at = excluded.updated_at, reach = excluded.reach, pending = null, cleared = null where existing.sync_id = $9
     returning sync_id`,
    {
      params: [
        name,
        stream.name,
        state.state ?? null,
        JSON.stringify(modeOf(stream)),
        state.generationId,
        state.syncId,
        state.accepted === undefined ? null : JSON.stringify(state.accepted),
        state.names === undefined ? null : JSON.stringify(state.names),
        expectedSyncId,
        state.reach === undefined ? null : JSON.stringify(state.reach),
      ],
    },
  )
  if (rows.length === 0) throw committedMeanwhile(name, stream.name)
}

export const committedMeanwhile = (name: string, stream: string) =>
  extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `Another sync of the connection \`${name}\` committed the stream \`${stream}\` at the same time.`,
    hint: 'Nothing of this one was committed; sync again. Let only one program sync a connection.',
  })

/**
 * Forgets how far a stream was read, and begins another generation; part of the transaction that empties its table. What the source
 * offered and what its columns are called stays: the table does as well.
 * @param previous the state that is there, as it was read
 * @throws DESTINATION_WRITE_FAILED when a sync was there meanwhile
 */
export async function clearState(
  connection: WarehouseConnection,
  name: string,
  stream: string,
  { generationId, syncId }: Pick<StreamState, 'generationId' | 'syncId'>,
): Promise<void> {
  const { rows } = await connection.query(
    `update ${table} set state = null, pending = null, reach = null, cleared = 'true'::json, generation_id = $3, sync_id = $4, updated_at = now()
     where connection = $1 and stream = $2 and sync_id = $5 returning sync_id`,
    { params: [name, stream, generationId + 1, syncId + 1, syncId] },
  )
  if (rows.length === 0) throw committedMeanwhile(name, stream)
}

export function modeOf(stream: ConnectionStream): StreamMode {
  const { syncMode, destinationSyncMode, cursorField, primaryKey, fields } = stream
  const mappers = mappersInWords(stream) || undefined
  return { syncMode, destinationSyncMode, cursorField, primaryKey, fields, mappers }
}

/** Notes how far a load has come that is not to be seen yet; undefined: it is given up. */
export async function writePending(
  connection: WarehouseConnection,
  name: string,
  stream: string,
  pending: PendingLoad | undefined,
): Promise<void> {
  await connection.query(
    `insert into ${table} (connection, stream, generation_id, sync_id, updated_at, pending) values ($1, $2, 0, 0, now(), $3::json)
     on conflict (connection, stream) do update set pending = excluded.pending, updated_at = excluded.updated_at`,
    { params: [name, stream, pending === undefined ? null : JSON.stringify(pending)] },
  )
}

/** The state of all streams together goes by the name that no stream has. */
const allStreams = ''

/** What a source keeps for the whole connection: a position in a log, say. */
export async function readSharedState(connection: WarehouseConnection, name: string): Promise<string | undefined> {
  return (await readState(connection, name, allStreams)).state
}

/** Part of the transaction that commits the data of all streams. */
export async function writeSharedState(connection: WarehouseConnection, name: string, state: string): Promise<void> {
  await connection.query(
    `insert into ${table} (connection, stream, state, generation_id, sync_id, updated_at) values ($1, $2, $3::json, 0, 0, now())
     on conflict (connection, stream) do update set state = excluded.state, updated_at = excluded.updated_at`,
    { params: [name, allStreams, state] },
  )
}

/** Part of the transaction that commits a stream with a state of its own. */
export async function deleteSharedState(connection: WarehouseConnection, name: string): Promise<void> {
  await connection.query(`delete from ${table} where connection = $1 and stream = $2`, { params: [name, allStreams] })
}

/** Fills an empty table of states. */
export async function loadStates(
  connection: WarehouseConnection,
  name: string,
  states: readonly StateRow[],
): Promise<void> {
  for (const { stream, state, mode, accepted, names, cleared = null, reach = null, ...row } of states)
    await connection.query(
      `insert into ${table} (connection, stream, state, mode, accepted, names, cleared, generation_id, sync_id, updated_at, reach)
       values ($1, $2, $3::json, $4::json, $5::json, $6::json, $7::json, $8, $9, $10::timestamptz, $11::json)`,
      {
        params: [
          ...[name, stream, state, mode, accepted, names, cleared],
          ...[row.generation_id, row.sync_id, row.updated_at, reach],
        ],
      },
    )
}

/** All rows of a connection, those of an open transaction among them. */
export async function dumpStates(connection: WarehouseConnection, name: string): Promise<StateRow[]> {
  const result = await connection.query(
    `select stream, state, mode, accepted, names, cleared, reach, generation_id, sync_id, updated_at from ${table} where connection = $1 order by stream`,
    { params: [name] },
  )
  const text = (value: Cell | undefined) => (typeof value === 'string' ? value : null)
  return rowObjects(result).map((row) => ({
    stream: String(row.stream),
    state: text(row.state),
    mode: text(row.mode),
    accepted: text(row.accepted),
    names: text(row.names),
    ...(row.cleared === null ? {} : { cleared: text(row.cleared) }),
    ...(row.reach === null ? {} : { reach: text(row.reach) }),
    generation_id: Number(row.generation_id),
    sync_id: Number(row.sync_id),
    updated_at: String(row.updated_at),
  }))
}

/** The committed states of a connection that loads into a warehouse; empty when it was never synced. */
export async function readStates(warehouse: Warehouse, name: string): Promise<CommittedState[]> {
  const columns = (await warehouse.columns(stateTable)).map((column) => column.name)
  if (columns.length === 0) return []
  // Not all of it was noted always.
  const noted = (['mode', 'accepted', 'names', 'cleared'] as const).map((column) =>
    columns.includes(column) ? column : `null as ${column}`,
  )
  return withConnection(warehouse, async (connection) => {
    const result = await connection.query(
      `select stream, state, updated_at, generation_id, ${noted.join(', ')} from ${table} where connection = $1 order by 1`,
      { params: [name] },
    )
    const text = (value: Cell | undefined) => (typeof value === 'string' ? value : null)
    return rowObjects(result).map((row) =>
      committedState({
        stream: String(row.stream),
        updated_at: String(row.updated_at),
        generation_id: Number(row.generation_id),
        ...{ state: text(row.state), mode: text(row.mode), accepted: text(row.accepted) },
        ...{ names: text(row.names), cleared: text(row.cleared) },
      }),
    )
  })
}

/** Lets the next sync take the fields of these streams as they are then. */
export async function forgetAccepted(warehouse: Warehouse, name: string, streams: readonly string[]): Promise<void> {
  await withConnection(warehouse, async (connection) => {
    for (const stream of streams)
      await connection.query(`update ${table} set accepted = null where connection = $1 and stream = $2`, {
        params: [name, stream],
      })
  })
}
