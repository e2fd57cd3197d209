import type { Clock, ErrorJson } from '../base/index.js'
import type { Warehouse } from '../warehouse/index.js'
import type { ChosenPartitions, Connection, SchemaChange, SettingsKeeper } from './contract.js'

export interface SyncOptions {
  readonly connection: Connection
  readonly projectDir: string
  readonly warehouse: Warehouse
  /** Only these streams; all when left out. */
  readonly streams?: readonly string[] | undefined
  /** Of these streams only these partitions, each stretch in a transaction of its own; how far the others were read stays as it is. */
  readonly partitions?: ReadonlyMap<string, readonly ChosenPartitions[]> | undefined
  /** Who asks: what a sync of the same name committed, and could not tell of, is told again. */
  readonly runId?: string | undefined
  /** When that was; partitions that ended later are told by the next sync. The time of the sync when left out. */
  readonly requestedAt?: Date | undefined
  /** Drop state and load everything again (a new generation). */
  readonly fullRefresh?: boolean | undefined
  /** An earlier attempt of the same full refresh was broken off: what it staged and noted counts. */
  readonly resumesFullRefresh?: boolean | undefined
  readonly onEvent: (event: SyncEvent) => void
  readonly signal?: AbortSignal | undefined
  /** Says when rows were read and how long attempts pause; the system's when left out. */
  readonly clock?: Clock | undefined
  /** How much is read at least, or how long, before a state is committed in the middle of a stream. */
  readonly checkpoint?: { readonly bytes: number; readonly ms: number } | undefined
  /** Left out, a connector that changes its settings is refused. */
  readonly settingsKeeper?: SettingsKeeper | undefined
}

export interface StreamResult {
  readonly stream: string
  readonly schema: string
  readonly table: string
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  /** Rows read from the source in this sync. */
  readonly recordsRead: number
  /** Rows durably committed. */
  readonly recordsCommitted: number
  readonly recordsRejected: number
  /** It failed, and what it staged is kept: the next sync goes on from there. */
  readonly keptProgress?: boolean | undefined
  readonly bytesRead: number
  /** Nothing was written: the table is as it was before the sync. */
  readonly isUnchanged: boolean
  /** Rows in the table after the sync. */
  readonly tableRows?: number | undefined
  /** What the files of a destination without tables hold after the sync. */
  readonly columns?: readonly { readonly name: string; readonly type: string }[] | undefined
  readonly durationMs: number
  readonly generationId: number
  readonly schemaChanges: readonly SchemaChange[]
  /** Of a stream with partitions that was synced without a choice of them: which rows came. */
  readonly reach?: SyncReach | undefined
  /** What a person wants to know: "nothing new since 2026-11-23T10:00:00Z". */
  readonly note?: string | undefined
  readonly error?: ErrorJson | undefined
}

/** How far a sync of a stream went that was not asked for some of its partitions. */
export interface SyncReach {
  /** All rows that the source has were read. */
  readonly isWhole: boolean
  /** Up to when the sync before it told of partitions that had ended; undefined for the first. */
  readonly since?: string | undefined
  /** Up to when this one does: no later than it read the source. */
  readonly until: string
  /** Where its rows lie: times to the quarter of an hour or, with `by: cron`, the minute, without a zone where their field has none; or values. */
  readonly touched: readonly string[]
}

/** What happens while a sync runs; `at` is added by the receiver. */
export type SyncEvent =
  | { readonly type: 'stream_started'; readonly stream: string }
  | {
      readonly type: 'stream_progress'
      readonly stream: string
      readonly recordsRead: number
      readonly bytesRead: number
      /** 0 to 1 where the source can tell. */
      readonly fraction?: number | undefined
    }
  /** Its source waits for a rate limit of its API: until then, where it knows. */
  | { readonly type: 'stream_rate_limited'; readonly stream: string; readonly until?: string | undefined }
  | { readonly type: 'stream_committed'; readonly stream: string; readonly result: StreamResult }
  /** Some of the partitions that were asked for are in the table; others may follow. */
  | {
      readonly type: 'partitions_committed'
      readonly stream: string
      readonly keys: readonly string[]
      readonly result: StreamResult
    }
  | { readonly type: 'stream_failed'; readonly stream: string; readonly result: StreamResult }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly stream?: string | undefined
    }

export interface SyncResult {
  readonly connection: string
  readonly status: 'succeeded' | 'partial' | 'failed' | 'cancelled'
  readonly streams: readonly StreamResult[]
}

/** What is cleared, within which limits. */
export type ClearOptions = Pick<
  SyncOptions,
  'connection' | 'projectDir' | 'warehouse' | 'streams' | 'onEvent' | 'signal' | 'clock' | 'settingsKeeper'
>

/** A stream whose table is empty now, and that the next sync loads from the start. */
export interface ClearedStream {
  readonly stream: string
  /** The one that the next rows belong to. */
  readonly generationId: number
  /** What the files of a destination without tables hold. */
  readonly columns?: StreamResult['columns']
}
