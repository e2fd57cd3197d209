import type { Clock, SourceLocation } from '../../base/index.js'
import type { ColumnChunk, ColumnKind } from '../../warehouse/index.js'
import type { CheckResult, ConfiguredStream, DiscoveredStream, JsonSchema } from '../contract.js'

export interface ConnectorInfo {
  readonly name: string
  readonly title: string
  readonly kind: 'source' | 'destination'
  readonly description: string
  readonly version: string
  readonly releaseStage: 'alpha' | 'beta' | 'generally_available'
  /** JSON Schema of `config`, with Airbyte's extensions (`airbyte_secret`, `order`). */
  readonly spec: JsonSchema
}

/** Where a connector works: relative paths start at `projectDir`, and abort reaches every read. */
export interface ConnectorContext {
  readonly config: Readonly<Record<string, unknown>>
  readonly projectDir: string
  /** The connection's file, for errors. */
  readonly file: string
  /** Where a setting of the connection stands in it, for errors. */
  readonly locate?: ((path: readonly (string | number)[]) => SourceLocation) | undefined
  readonly signal?: AbortSignal | undefined
  /** For the pauses between attempts; the system's when left out. */
  readonly clock?: Clock | undefined
}

/** A native source, in process. */
export interface SourceConnector extends ConnectorInfo {
  readonly kind: 'source'
  /** Names known without asking the source; undefined when only `discover` can tell. */
  streamNames(config: Readonly<Record<string, unknown>>): readonly string[] | undefined
  check(context: ConnectorContext): Promise<CheckResult>
  discover(context: ConnectorContext): Promise<readonly DiscoveredStream[]>
  /** Plans what a sync of one stream reads. The caller disposes the reading. */
  read(context: ConnectorContext, request: ReadRequest): Promise<Reading>
}

export interface ReadRequest {
  readonly stream: ConfiguredStream
  /** As committed by the last sync; opaque to everybody but the connector. Undefined = from the start. */
  readonly state: unknown
}

export interface Reading {
  readonly batches: readonly Batch[]
  /** What a person wants to know, above all when there is nothing to read. */
  readonly note?: string | undefined
  /** The state once all batches are committed; a cursor gives its own. */
  readonly stateAfter: unknown
  /** Set when rows are chosen by a column's value. */
  readonly cursor?: ColumnCursor | undefined
  dispose(): Promise<void>
}

/** Rows at or above `from` are read; of those with exactly that value, the ones that the table holds are left out. */
export interface ColumnCursor {
  readonly column: string
  readonly from?: string | undefined
  /** The state after a read that saw this highest value. */
  stateAfter(value: string): unknown
}

export type Batch = FileBatch | ColumnBatch

/** Rows as typed columns, in the layout of the warehouse's vectors. The only batch of its reading. */
export interface ColumnBatch {
  readonly representation: 'columns'
  /** How errors call where the rows come from: `public.orders`. */
  readonly origin: string
  readonly columns: readonly BatchColumn[]
  /** Is read once, and only while somebody asks for more. */
  readonly chunks: AsyncIterable<ColumnChunk>
  /** What was read so far. */
  readonly sizeBytes: number
}

export interface BatchColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** As DuckDB writes it. */
  readonly type: string
  /** Numbers that the source does not limit come as text; what holds them all is known when all are there. */
  readonly isUnboundedNumber?: boolean | undefined
}

/** Encoded bytes in a file that the destination reads with its own reader: no row becomes a JavaScript object. */
export interface FileBatch {
  readonly representation: 'file'
  readonly format: 'parquet' | 'csv' | 'json' | 'jsonl'
  /** A local path. */
  readonly path: string
  /** How people know it: the path as configured, or the address. */
  readonly url: string
  /** One of many files of its stream: its rows say from which they come. */
  readonly isFromPattern: boolean
  readonly modifiedAt: Date
  readonly sizeBytes: number
  readonly options: FileOptions
}

export interface FileOptions {
  readonly delimiter?: string | undefined
  readonly header?: boolean | undefined
  /** Lines before the header (or the first row) that say nothing. */
  readonly skipRows?: number | undefined
  /** A name of the WHATWG list; UTF-8 when left out. */
  readonly encoding?: string | undefined
  /** What to do with a row that does not fit the columns. */
  readonly badRows: 'fail' | 'skip'
}
