import type { Warehouse, WarehouseConnection } from '../../warehouse/index.js'
import type { ConnectionStream, SchemaChange } from '../contract.js'
import type { HeldRows, LoadRequest } from '../sync/load-request.js'
import type { StagingTable } from '../sync/staging-table.js'
import type { TableColumn } from '../sync/table-shape.js'

/**
 * Where streams are loaded. Whatever the destination, rows are staged in DuckDB first: what their types are, which values do not fit
 * and which row of a key is the newest is settled there, by one piece of code. What a destination does by itself is to bring a staged
 * table into its own.
 */
export interface Destination {
  /** The DuckDB where rows are staged; the destination itself, where that is one. */
  readonly staging: Warehouse
  /** The most that the name of a column may have. */
  readonly maxNameBytes: number
  /** Makes what streams of these schemas need: the schemas, and the table of states. */
  prepare(schemas: readonly string[]): Promise<void>
  /** The caller closes it. */
  connect(options: { readonly signal?: AbortSignal | undefined }): Promise<DestinationSession>
  /** Frees what was opened for staging; the warehouse belongs to somebody else. */
  close(): Promise<void>
}

export interface DestinationSession {
  /** What is staged outlives the sync, so that a load that was broken off can go on. */
  readonly keepsStaging: boolean
  readonly staging: WarehouseConnection
  /** Where the tables and the states are; the transaction that commits both is one of this connection. */
  readonly tables: WarehouseConnection
  /** Commits when `work` resolves, rolls back when it throws: the tables, and what was done to the staged rows meanwhile. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  /** The columns of a stream's table in the types of DuckDB; none when there is no table. */
  columns(stream: ConnectionStream): Promise<readonly TableColumn[]>
  countRows(stream: ConnectionStream): Promise<number>
  held(stream: ConnectionStream): HeldRows
  /** Brings the staged rows into the table of their stream; part of the transaction that writes the state. */
  publish(request: LoadRequest, staging: StagingTable): Promise<Published>
  close(): Promise<void>
}

export interface Published {
  /** How many of the staged rows the table took. */
  readonly rows: number
  readonly changes: readonly SchemaChange[]
}

/** Opens and uses a session, and always closes it. */
export async function withSession<T>(
  destination: Destination,
  use: (session: DestinationSession) => Promise<T>,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const session = await destination.connect(options)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}
