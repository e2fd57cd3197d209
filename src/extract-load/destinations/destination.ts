import type { Clock } from '../../base/index.js'
import type { ConnectOptions, Warehouse, WarehouseConnection } from '../../warehouse/index.js'
import type { ConnectorInfo } from '../connectors/connector.js'
import type {
  CheckResult,
  Connection,
  ConnectionStream,
  DestinationSyncMode,
  FileKeeper,
  SchemaChange,
  SettingsKeeper,
} from '../contract.js'
import type { ExistingRows, LoadRequest } from '../loading/request/load-request.js'
import type { SyncWork } from '../loading/request/time-limits.js'
import type { TableColumn } from '../loading/rows/table-shape.js'
import type { StagingTable } from '../loading/stage/staging-table.js'
import type { CommittedState } from '../loading/state/state-rows.js'
import type { SyncEvent } from '../sync-contract.js'

/** What people and forms are told of a destination. */
export interface DestinationInfo extends ConnectorInfo {
  readonly kind: 'destination'
  /** Streams become tables of the project's warehouse, in the schema that the connection names, where models can read them. */
  readonly isWarehouse: boolean
  /** Streams that are no tables of the warehouse may lie in a namespace all the same, which `schema` names. */
  readonly hasNamespaces?: boolean | undefined
  readonly modes: readonly DestinationSyncMode[]
  /** It has a place for the files that records are about. */
  readonly keepsFiles?: boolean | undefined
}

export interface DestinationConnector extends DestinationInfo {
  /** Why it has no other modes, as a sentence. */
  readonly whyNoOthers?: string | undefined
  /** Why it cannot replace the rows of some partitions, as a sentence; it can where this is left out. */
  readonly whyNoPartitions?: string | undefined
  /** Those of its settings that mean something where the project's warehouse is of this type; all where it is left out. */
  specOf?(warehouseType: string): ConnectorInfo['spec']
  /** @throws CONNECTION_INVALID */
  checkSettings(config: Readonly<Record<string, unknown>>): void
  /** Where the rows of a stream are, for people, where that is no table: `exports/orders/`. */
  locationOf?(config: Readonly<Record<string, unknown>>, table: string): string
  /** Whether it can be written to, where that can be told without writing. */
  check?(options: Omit<OpenOptions, 'warehouse' | 'onEvent'>): Promise<CheckResult>
  open(options: OpenOptions): Promise<Destination>
  /** The committed states of a connection, where they are not in the warehouse. */
  readStates?(options: OpenOptions): Promise<readonly CommittedState[]>
  /** Forgets, where they are not in the warehouse, which fields these streams had: the next sync takes them as they are then. */
  forgetAccepted?(options: OpenOptions, streams: readonly string[]): Promise<void>
}

export interface OpenOptions {
  readonly connection: Connection
  readonly projectDir: string
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly warehouse: Warehouse
  readonly settingsKeeper?: SettingsKeeper | undefined
  /** Is told what is said while rows are written. */
  readonly onEvent?: ((event: SyncEvent) => void) | undefined
}

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
  /** For the files that records are about; undefined where it keeps none. */
  readonly files?: FileKeeper | undefined
  /** Makes what streams of these schemas need: the schemas, and the table of states. */
  prepare(schemas: readonly string[]): Promise<void>
  /** The caller closes it. */
  connect(options: ConnectOptions): Promise<DestinationSession>
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
  /** Undefined where rows are not kept. */
  countRows(stream: ConnectionStream): Promise<number | undefined>
  existing(stream: ConnectionStream): ExistingRows
  /** Brings the staged rows into the table of their stream; part of the transaction that writes the state. */
  publish(request: LoadRequest, staging: StagingTable): Promise<Published>
  /** Takes rows as PostgreSQL sends them, past the staging. Left out where they mean nothing. */
  readonly directCopy?: DirectCopy | undefined
  /** The same where nothing was staged: all rows that the table holds were deleted in their database. */
  clearTruncated(request: LoadRequest): Promise<void>
  /** Takes all rows out of the table, which stays with what hangs on it; part of the transaction that forgets the state. */
  empty(request: LoadRequest): Promise<void>
  close(): Promise<void>
}

/** Replaces tables by rows that are not staged: nothing about them is left to be settled. */
export interface DirectCopy {
  /** Asked before anything is read. */
  canReplace(request: LoadRequest): Promise<boolean>
  /** Part of the transaction that writes the state. @param columns of the stream, in the order of the rows' values */
  replace(
    request: LoadRequest,
    columns: readonly TableColumn[],
    rows: AsyncIterable<Uint8Array>,
  ): Promise<readonly SchemaChange[]>
}

export interface Published {
  /** How many of the staged rows the table took. */
  readonly rows: number
  readonly changes: readonly SchemaChange[]
  /** Where rows came to among the partitions of their stream, where the request asks for it: see `SyncReach`. */
  readonly touched?: readonly string[] | undefined
}

/** The columns of a stream's files, for people; a table is asked itself. */
export async function fileColumns(
  session: DestinationSession,
  stream: ConnectionStream,
): Promise<readonly { readonly name: string; readonly type: string }[] | undefined> {
  if (stream.location === undefined) return undefined
  return (await session.columns(stream)).map(({ name, type }) => ({ name, type }))
}

/** Opens and uses a session, and always closes it. */
export async function withSession<T>(
  destination: Destination,
  use: (session: DestinationSession) => Promise<T>,
  { signal, needsMemory = false }: Pick<SyncWork, 'signal' | 'needsMemory'>,
): Promise<T> {
  const session = await destination.connect({ signal, isLoad: !needsMemory })
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}
