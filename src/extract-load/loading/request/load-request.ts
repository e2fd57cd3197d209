import type { Warehouse } from '../../../warehouse/index.js'
import type { ColumnCursor } from '../../connectors/connector.js'
import type { ConnectionStream, FieldPath, RowWindow, SchemaChange } from '../../contract.js'
import type { NameOf } from '../../fields/loaded-names.js'
import type { OfferedField } from '../../fields/offered-field.js'
import type { TableColumn } from '../rows/table-shape.js'
import type { NotedReach, StreamState } from '../state/state-table.js'
import type { SchemaVerdict } from './judge-schema.js'
import type { TimeLimits } from './time-limits.js'

/** The rows that a stream's table has when a sync comes with more. */
export interface ExistingRows {
  /** Whether a column has any value. */
  hasValues(column: string): Promise<boolean>
  /**
   * The rows whose value in a column is this one, or that have none: the SQL of a relation where rows are staged. Undefined where the
   * destination itself leaves out what it holds already.
   */
  at(column: string, value: string): Promise<string | undefined>
  /** The rows of some keys, at least with their keys and one column more. Undefined where rows have no key, or are not kept. */
  ofKeys(wanted: WantedKeys): Promise<FoundRows | undefined>
}

export interface FoundRows {
  /** SQL: where rows are staged. */
  readonly relation: string
  drop(): Promise<void>
}

export interface WantedKeys {
  readonly keys: readonly TableColumn[]
  /** Gives them, where rows are staged. */
  readonly query: string
  readonly column: string
}

export interface LoadRequest {
  /** Where rows are staged. */
  readonly warehouse: Warehouse
  readonly connectionName: string
  /** In the names of its table. */
  readonly stream: ConnectionStream
  readonly nameOf: NameOf
  /** What lies at the end of these paths into nested data is a column as well. Fields are called as in the source. */
  readonly paths: readonly FieldPath[]
  /** What is read takes the place of the table instead of being added to it. */
  readonly replacesTable: boolean
  /** Set when rows are chosen by a column's value. */
  readonly cursor?: ColumnCursor | undefined
  /** Only the rows of these partitions are loaded, in the place of those that the table has of them. Its field is called as in the table. */
  readonly window?: RowWindow | undefined
  /**
   * Of a stream with partitions that rows are added to: partitions behind its cursor may have been loaded already. Their rows, those above this value
   * (all without one), are deleted before the cursor brings them again.
   */
  readonly rereadAbove?: { readonly column: string; readonly from: string | undefined } | undefined
  /** Noted together with the rows of a stream that has partitions. */
  readonly reach?: NotedReach | undefined
  /** All rows that the table holds were deleted in their database, at this time (`_ab_cdc_deleted_at`). */
  readonly truncatedAt?: string | undefined
  readonly previous: StreamState
  readonly generationId: number
  /** One time for all rows, so that a clock that jumps does not put them in another order. */
  readonly extractedAt: Date
  /** The stream's table as it is, in the types of DuckDB; empty when there is none. */
  readonly table: readonly TableColumn[]
  readonly existing: ExistingRows
  /** What becomes of the fields that the source has; undefined until it told them. */
  readonly schema?: SchemaVerdict | undefined
  /** Is told what a stream of one file has, before a row of it is read, where its beginning tells that; what it throws stops the load. */
  readonly onOpened?: ((offered: readonly OfferedField[]) => void) | undefined
  readonly limits: Pick<TimeLimits, 'source' | 'each' | 'destination'>
  readonly signal?: AbortSignal | undefined
  readonly onProgress: (progress: { rows: number; bytes: number; fraction?: number | undefined }) => void
  readonly onWarning: (message: string) => void
}

export interface LoadResult {
  readonly recordsRead: number
  readonly recordsCommitted: number
  readonly recordsRejected: number
  readonly bytesRead: number
  /** Nothing was written. */
  readonly isUnchanged: boolean
  readonly tableRows: number | undefined
  /** Of the rows that the table holds now. */
  readonly generationId: number
  readonly schemaChanges: readonly SchemaChange[]
  readonly reach?: NotedReach | undefined
}

export function quoteRelation(warehouse: Warehouse, schema: string, name: string): string {
  return `${warehouse.quoteIdentifier(schema)}.${warehouse.quoteIdentifier(name)}`
}

/** The columns that identify a row. */
export const keyNames = ({ primaryKey = [] }: Pick<ConnectionStream, 'primaryKey'>): string[] =>
  primaryKey.map((path) => path.join('.'))

/** Whether staged rows take the place of those that the table has of their keys. */
export const isMerged = ({ stream, window }: Pick<LoadRequest, 'stream' | 'window'>): boolean =>
  stream.destinationSyncMode === 'append_dedup' ||
  (window !== undefined && stream.destinationSyncMode.endsWith('dedup'))

export const finalRelation = ({ warehouse, stream }: LoadRequest) =>
  quoteRelation(warehouse, stream.schema, stream.table)
