import type { Clock, SourceLocation } from '../../base/index.js'
import type { ColumnChunk, ColumnKind } from '../../warehouse/index.js'
import type { CheckResult, ConfiguredStream, DiscoveredStream, FileKeeper, JsonSchema, RowWindow } from '../contract.js'
import type { OfferedField } from '../fields/offered-field.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import type { ManifestPreview, PreviewRequest } from './preview.js'

export interface ConnectorInfo {
  readonly name: string
  readonly title: string
  readonly kind: 'source' | 'destination'
  readonly description: string
  readonly version: string
  /** Airbyte's words; docs/compatibility.md says what each asks for, and why a connector has the one it has. */
  readonly releaseStage: 'alpha' | 'beta' | 'generally_available'
  /** Its records can be looked at with the requests and the answers behind them. */
  readonly canPreview?: boolean | undefined
  /** It is a manifest that was added to the project. */
  readonly isAdded?: boolean | undefined
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

export interface StreamOrigin {
  /** A schema or a database. */
  readonly namespace: string
  readonly name: string
}

interface Source extends ConnectorInfo {
  readonly kind: 'source'
  /** Names known without asking the source; undefined when only `discover` can tell. */
  streamNames(config: Readonly<Record<string, unknown>>): readonly string[] | undefined
  /** Whether a key or cursor may be a path into nested data; without it each is a column. */
  readonly takesPaths?: boolean | undefined
  /** Why it cannot be asked for partitions of a stream, as a sentence; it can where this is left out. */
  readonly whyNoPartitions?: string | undefined
  /** Where a stream lies in the source, and what it is called there, as far as that is known without asking the source. */
  originOf?(config: Readonly<Record<string, unknown>>, stream: string): StreamOrigin | undefined
  check(context: ConnectorContext): Promise<CheckResult>
  discover(context: ConnectorContext, options?: DiscoverOptions): Promise<readonly DiscoveredStream[]>
}

export interface DiscoverOptions {
  /** Only what costs little: no first rows, and no fields that would have to be fetched. */
  readonly isBrief?: boolean
}

/** A source whose streams are read each by itself. */
export interface StreamSource extends Source {
  readonly reads: 'streams'
  /** Plans what a sync of one stream reads. The caller disposes the reading. */
  read(context: ConnectorContext, request: ReadRequest): Promise<Reading>
  /** Change data capture, where a database keeps a log of its changes that can be read. */
  readonly cdc?: CdcSource | undefined
}

/** Incremental streams are read once as they are (`read`: the snapshot), and from the log of their database then. */
export interface CdcSource {
  /** Whether the settings ask for it. */
  isUsed(config: Readonly<Record<string, unknown>>): boolean
  /**
   * Makes the database keep its log from now on, before any snapshot is read. The caller disposes the log.
   * @throws CDC_NOT_READY where the database is not set up for it
   */
  open(context: ConnectorContext, streams: readonly CdcPosition[]): Promise<CdcLog>
}

/** How far a stream was read. */
export interface CdcPosition {
  readonly stream: ConfiguredStream
  /** As committed last; opaque to everybody but the connector. Undefined = never read. */
  readonly state: unknown
}

export interface CdcLog {
  /** What streams need before they are read from the log, by their names; one that is not named goes on where it was. */
  readonly starts: ReadonlyMap<string, CdcStart>
  /** What changed since, up to what is committed when it begins. Read once, and only while somebody asks for more. */
  read(streams: readonly CdcPosition[]): AsyncIterable<CdcEvent>
  /** The log need not be kept any longer for what lies before all these states: they are durable. */
  confirm(states: readonly unknown[]): void
  dispose(): Promise<void>
}

export type CdcStart =
  /** A new snapshot, because of what the log does not tell. */
  { readonly type: 'snapshot'; readonly why: string } | { readonly type: 'refused'; readonly error: unknown }

export type CdcEvent =
  | {
      readonly type: 'changes'
      readonly stream: string
      /** The same object until the table's columns change. */
      readonly columns: readonly CdcColumn[]
      /** Rows as they became, in the order of the log, with one vector of text more than there are columns: see `unchangedSeparator`. */
      readonly chunk: ColumnChunk
      /** Some row has an unchanged value. */
      readonly hasUnchanged: boolean
      readonly sizeBytes: number
    }
  /** All rows that were there are gone. @param at as `_ab_cdc_deleted_at` has it */
  | { readonly type: 'truncated'; readonly stream: string; readonly at: string }
  /** The log does not tell what became of a stream: it needs a new snapshot, and nothing more of it is sent. */
  | { readonly type: 'unfollowed'; readonly stream: string; readonly why: string }
  /** Everything before was sent, in whole transactions. The states of all streams that are read. */
  | { readonly type: 'position'; readonly states: ReadonlyMap<string, unknown> }

export interface CdcColumn extends BatchColumn {
  /** The value comes as a text; SQL for what is made of it. */
  readonly fromText?: ((text: string) => string) | undefined
}

/**
 * The log leaves out some values that did not change: large ones, and in deleted rows all but the key. Their columns are named in the
 * text behind the row's columns, each with this before and after it.
 */
export const unchangedSeparator = '\u001f'
/** What this text begins with where the row got its key just now: the row in front of it is the old key's, deleted. */
export const movedMark = '>'

/** A source that is asked for all streams of a sync at once, and says itself up to where its records are good. */
export interface MessageSource extends Source {
  readonly reads: 'messages'
  /** Hands over the files that records are about, where a stream asks for them. */
  readonly sendsFiles?: boolean | undefined
  /** Starts to read. The caller disposes the reading. */
  open(context: ConnectorContext, request: MessageRequest): Promise<MessageReading>
  /** Its first records with what was asked and answered for them, where it asks an API by itself. */
  preview?(context: ConnectorContext, request: PreviewRequest): Promise<ManifestPreview>
}

export type SourceConnector = StreamSource | MessageSource

export interface ReadRequest {
  readonly stream: ConfiguredStream
  /** As committed by the last sync; opaque to everybody but the connector. Undefined = from the start. */
  readonly state: unknown
  /** Only these rows are wanted. A source that cannot tell them apart may send others as well: they are dropped. */
  readonly window?: RowWindow | undefined
}

export interface MessageRequest {
  readonly streams: readonly StreamRequest[]
  /** The state of the whole connection, where the source keeps one; exact JSON text. */
  readonly sharedState: string | undefined
  /** Whether what the source had some time ago is good enough to read by, as long as it has everything that is asked for. */
  readonly takesKeptCatalog: boolean
  /** Takes the files of streams that include them; undefined where the destination keeps none. */
  readonly files: FileKeeper | undefined
  /**
   * Is told what the source has for each stream before anything of it is read. What it throws is why the stream is refused.
   * @returns what is asked of the stream, knowing that
   */
  readonly onOffered: (wanted: StreamRequest, offered: readonly OfferedField[]) => StreamRequest
}

/** What a sync asks of one stream. */
export interface StreamRequest {
  readonly stream: ConfiguredStream
  /** As committed by the last sync, exact JSON text. Undefined = from the start. */
  readonly state: string | undefined
  readonly generationId: number
  /** A new generation: the rows of older ones go when the stream is complete. */
  readonly startsOver: boolean
  /** Whatever the state of the whole connection says of it, it is read from the start. */
  readonly isFromStart: boolean
  readonly syncId: number
}

export interface MessageReading {
  /** Streams that are not read, by their names, and why. */
  readonly refused: ReadonlyMap<string, unknown>
  /** What each stream holds, by its name: also what is not selected. */
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
      /** It waits, because of a rate limit of its API; until then, where it knows. */
      readonly rateLimited?: { readonly until?: Date | undefined } | undefined
      /** Why it is incomplete, where the source says that of each stream. */
      readonly error?: unknown
    }
  | { readonly type: 'estimate'; readonly stream: string; readonly rows: number }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      /** The stream of which it explains why no record came. */
      readonly whyEmpty?: string | undefined
    }

/** RECORD messages as they came, and where their values are. */
export interface RecordRun {
  /** In which the records are. Whoever takes them may write over their values. */
  readonly bytes: Buffer
  readonly sizeBytes: number
  readonly rows: number
  /** The numbers that `RecordScanner` notes of each. */
  readonly places: Int32Array
}

export interface Reading {
  readonly batches: readonly Batch[]
  /** What a person wants to know, above all when there is nothing to read. */
  readonly note?: string | undefined
  /** The state once all batches are committed, asked for when the last one was read; a cursor gives its own. */
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

export type Batch = FileBatch | RemoteFileBatch | ColumnBatch | RecordBatch

/** Records of one stream, as columns of texts: those of its fields, then when each was sent (milliseconds), then its `meta`. */
export interface RecordBatch {
  readonly representation: 'records'
  readonly columns: readonly DeclaredColumn[]
  readonly chunks: readonly ColumnChunk[]
  /** The columns of integers that have one which may need more than 64 bits. */
  readonly longIntegers: readonly string[]
  readonly rows: number
  readonly sizeBytes: number
}

/** Rows as typed columns, in the layout of the warehouse's vectors. The only batch of its reading. */
export interface ColumnBatch {
  readonly representation: 'columns'
  /** How errors call where the rows come from: `public.orders`. */
  readonly origin: string
  readonly columns: readonly BatchColumn[]
  /** What the source has for the stream, also where it is not read. */
  readonly offered: readonly OfferedField[]
  /** How many rows there will be, where the source knows. */
  readonly rowCount?: number | undefined
  /** Is read once, and only while somebody asks for more. */
  readonly chunks: AsyncIterable<ColumnChunk>
  /** What was read so far. */
  readonly sizeBytes: number
  /** The same rows for a destination that takes them as PostgreSQL sends them; read instead of `chunks`. */
  readonly postgresRows?: PostgresRows | undefined
}

/** Each value is in the binary form of the type that `destinations/postgres/types.ts` has for the type of its column. */
export interface PostgresRows {
  /** Asks for columns in all of which no two rows have the same values, nor none in one; empty where nothing says so. */
  uniqueBy(): Promise<readonly string[]>
  /**
   * What `copy … to stdout (format binary)` says, in pieces, with a UUID of its own behind the values of each row. Read once.
   * `onRows` is told how many rows came since it was told last.
   */
  copy(onRows: (rows: number) => void): AsyncIterable<Uint8Array>
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

/** A file that lies elsewhere. It is here from when it is asked for until it is released, so that one of many needs room at a time. */
export interface RemoteFileBatch {
  readonly representation: 'remote_file'
  readonly format: FileBatch['format']
  fetch(): Promise<{ readonly batch: FileBatch; release(): Promise<void> }>
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
