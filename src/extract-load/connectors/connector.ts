import type { Clock, SourceLocation } from '../../base/index.js'
import type { ColumnChunk, ColumnKind } from '../../warehouse/index.js'
import type { CheckResult, ConfiguredStream, DiscoveredStream, JsonSchema } from '../contract.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'

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
  /** What the connector changed of its settings. */
  readonly kept?: KeptSettings | undefined
}

/** One text of one connection, which nobody else may read. */
export interface KeptSettings {
  read(): Promise<string | undefined>
  /** Has kept it durably when it resolves. */
  write(text: string): Promise<void>
}

interface Source extends ConnectorInfo {
  readonly kind: 'source'
  /** Names known without asking the source; undefined when only `discover` can tell. */
  streamNames(config: Readonly<Record<string, unknown>>): readonly string[] | undefined
  check(context: ConnectorContext): Promise<CheckResult>
  discover(context: ConnectorContext): Promise<readonly DiscoveredStream[]>
}

/** A source whose streams are read each by itself. */
export interface StreamSource extends Source {
  readonly reads: 'streams'
  /** Plans what a sync of one stream reads. The caller disposes the reading. */
  read(context: ConnectorContext, request: ReadRequest): Promise<Reading>
}

/** A source that is asked for all streams of a sync at once, and says itself up to where its records are good. */
export interface MessageSource extends Source {
  readonly reads: 'messages'
  /** Starts to read. The caller disposes the reading. */
  open(context: ConnectorContext, request: MessageRequest): Promise<MessageReading>
}

export type SourceConnector = StreamSource | MessageSource

export interface ReadRequest {
  readonly stream: ConfiguredStream
  /** As committed by the last sync; opaque to everybody but the connector. Undefined = from the start. */
  readonly state: unknown
}

export interface MessageRequest {
  readonly streams: readonly StreamRequest[]
  /** The state of the whole connection, where the source keeps one; exact JSON text. */
  readonly sharedState: string | undefined
}

/** What a sync asks of one stream. */
export interface StreamRequest {
  readonly stream: ConfiguredStream
  /** As committed by the last sync, exact JSON text. Undefined = from the start. */
  readonly state: string | undefined
  readonly generationId: number
  /** A new generation: the rows of older ones go when the stream is complete. */
  readonly startsOver: boolean
  readonly syncId: number
}

export interface MessageReading {
  /** Streams that are not read, by their names, and why. */
  readonly refused: ReadonlyMap<string, unknown>
  /** What each stream holds, by its name. */
  readonly columns: ReadonlyMap<string, readonly DeclaredColumn[]>
  /** Read once, and only while somebody asks for more. Its end says that the source is through; it throws where the source failed. */
  readonly messages: AsyncIterable<readonly SourceMessage[]>
  dispose(): Promise<void>
}

export type SourceMessage =
  | {
      /** RECORD messages of one stream that came one after the other. */
      readonly type: 'records'
      readonly stream: string
      readonly records: RecordRun
    }
  | {
      readonly type: 'state'
      /** Undefined: of the whole connection. */
      readonly stream: string | undefined
      /** Exact JSON, opaque to everybody but the source. */
      readonly text: string
      /** How many records the source says that it sent since its last state, where it does. */
      readonly recordCount: number | undefined
    }
  | {
      readonly type: 'status'
      readonly stream: string
      readonly status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE'
    }
  | { readonly type: 'estimate'; readonly stream: string; readonly rows: number }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
    }

/** Whole lines of RECORD messages, as they came. */
export interface RecordRun {
  readonly bytes: Buffer
  readonly rows: number
  readonly longestBytes: number
  /** Must be written plainly before the warehouse's JSON reader sees it: see plain-record.ts. */
  readonly isOdd: boolean
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

export type Batch = FileBatch | ColumnBatch | RecordBatch

/** Records of one stream, a line of JSON each, in a temporary file: `{"record": {"data": {…}, "emitted_at": ms, "meta": {…}}}`. */
export interface RecordBatch {
  readonly representation: 'records'
  readonly path: string
  readonly columns: readonly DeclaredColumn[]
  readonly rows: number
  readonly sizeBytes: number
  /** Of the longest line. */
  readonly longestBytes: number
  /** They are written as `plainRecord` does it. */
  readonly isPlain: boolean
}

/** Rows as typed columns, in the layout of the warehouse's vectors. The only batch of its reading. */
export interface ColumnBatch {
  readonly representation: 'columns'
  /** How errors call where the rows come from: `public.orders`. */
  readonly origin: string
  readonly columns: readonly BatchColumn[]
  /** How many rows there will be, where the source knows. */
  readonly rowCount?: number | undefined
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
  readonly format: 'parquet' | 'csv' | 'json' | 'jsonl' | 'excel'
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
  /** Of a workbook; the first one when left out. */
  readonly sheet?: string | undefined
  /** A name of the WHATWG list; UTF-8 when left out. */
  readonly encoding?: string | undefined
  /** What to do with a row that does not fit the columns. */
  readonly badRows: 'fail' | 'skip'
}
