import type { ErrorJson } from '../../base/index.js'
import type { AssetKey } from './definitions.js'
import type { Metadata } from './metadata.js'

export const eventTypes = [
  'run_queued',
  'run_started',
  'run_launched',
  'run_resumed',
  'run_cancel_requested',
  'run_succeeded',
  'run_failed',
  'run_cancelled',
  'step_started',
  'step_retrying',
  'step_succeeded',
  'step_failed',
  'step_skipped',
  'step_cancelled',
  'asset_materialized',
  'asset_failed',
  'check_evaluated',
  'asset_freshness',
  /** The first tick of a schedule or sensor that failed; `metadata` names it. */
  'automation_failed',
  'schema_changed',
  'progress',
  'log',
] as const

export type EventType = (typeof eventTypes)[number]

/** One line of the append-only event log. `progress` events are for watching: they are forgotten when the run ends. */
export interface RunEvent {
  /** Rising; the cursor for reading on. */
  readonly id: number
  readonly at: string
  /** Empty for what happens outside of runs. */
  readonly runId: string
  readonly type: EventType
  readonly step?: string | undefined
  readonly asset?: AssetKey | undefined
  readonly check?: string | undefined
  /** Which of the asset's, in the words of `parsePartitions`. */
  readonly partitions?: string | undefined
  /** Of an asset that was made: `warn` where that is some of it, in front of what failed, and not the asset. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
  readonly error?: ErrorJson | undefined
}
export interface NewRunEvent extends Omit<RunEvent, 'id' | 'at' | 'runId'> {
  /** The keys of `partitions`, whose states are kept. */
  readonly partitionKeys?: readonly string[] | undefined
}

/** Latest state of one asset, kept beside the log. */
export interface AssetState {
  readonly key: AssetKey
  /** When it was last made or looked at. */
  readonly lastMaterializedAt?: string | undefined
  /** When the step began that last made it: what it read is what there was then. By the store's clock, like all of these. */
  readonly lastBeganAt?: string | undefined
  /** When its data last changed: materializations with the metadata `unchanged: true`, or with the `data_version` of the one before, leave it as it is. */
  readonly lastChangedAt?: string | undefined
  /** The run that last made it or failed to. */
  readonly lastRunId?: string | undefined
  /** The run of `lastMaterializedAt`, and that of `lastChangedAt`; none where others made it. */
  readonly lastMadeRunId?: string | undefined
  readonly lastChangedRunId?: string | undefined
  readonly lastMetadata?: Metadata | undefined
  readonly lastCodeVersion?: string | undefined
  /** As whoever made it last said; undefined where nobody did. */
  readonly lastDataVersion?: string | undefined
  readonly lastFailedAt?: string | undefined
  readonly lastError?: ErrorJson | undefined
}

/** What is known of the partitions of one asset, by their keys. A key that its definition has no more is kept. */
export interface PartitionStates {
  /** Made, and nothing went wrong since. */
  readonly made: readonly string[]
  /** Failed since they were made, or never made. */
  readonly failed: readonly string[]
  /** Of these, the ones that were made before. */
  readonly failedSinceMade: readonly string[]
}

/** One partition. */
export interface PartitionState {
  readonly key: string
  readonly madeAt?: string | undefined
  readonly failedAt?: string | undefined
  readonly dataVersion?: string | undefined
  readonly runId: string
}

/** When a partition failed last, and in which run. */
export interface FailedPartition {
  readonly at: string
  readonly runId: string
}

/** What a check found last. */
export interface CheckState {
  readonly asset: AssetKey
  readonly name: string
  /** Of an asset with partitions: of each that it was asked of, as of its last time. */
  readonly passed: boolean
  readonly severity: 'error' | 'warn'
  readonly at: string
  readonly runId: string
  /** Of which partitions it was asked last. */
  readonly partitions?: string | undefined
  /** Of which it found something the last time that it was asked of them: how many, the keys of some, and the last run that found one. */
  readonly badPartitions?:
    | { readonly count: number; readonly keys: readonly string[]; readonly runId: string }
    | undefined
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
}

/** Of some assets, or of all. Without what is long: SQL, columns, and what checks noted besides. */
export interface LatestStates {
  /** Up to which event it tells, at least. */
  readonly eventId: number
  /** Of all assets. */
  readonly isWhole: boolean
  readonly assets: readonly AssetState[]
  readonly checks: readonly CheckState[]
}

export interface EventFilter {
  readonly runId?: string | undefined
  /** Of any of these. */
  readonly runIds?: readonly string[] | undefined
  readonly asset?: AssetKey | undefined
  /** Of any of these. */
  readonly assets?: readonly AssetKey[] | undefined
  readonly types?: readonly EventType[] | undefined
  /** Of these types just those that tell of an error. */
  readonly onlyErrorsOf?: readonly EventType[] | undefined
  readonly step?: string | undefined
  /** Of any of these; an event that says none is `info`. */
  readonly levels?: readonly NonNullable<RunEvent['level']>[] | undefined
  /** Those that say this text, in whatever case, or are of one of these steps. */
  readonly find?: { readonly text: string; readonly steps?: readonly string[] | undefined } | undefined
  readonly check?: string | undefined
  /** Those that tell of just this one. */
  readonly partition?: string | undefined
  /** Not those of this run; where partitions are said, those of it that tell of others. */
  readonly without?: { readonly runId: string; readonly partitions?: string | undefined } | undefined
  readonly since?: Date | undefined
  readonly after?: number | undefined
  /** Those with a smaller id. */
  readonly before?: number | undefined
  readonly limit?: number | undefined
  readonly newestFirst?: boolean | undefined
  /** Without metadata and error, which may be long. */
  readonly isBrief?: boolean | undefined
}

/** A column as the warehouse had it. */
export interface KnownColumn {
  readonly asset: AssetKey
  readonly name: string
  readonly type: string
}

/** Whose history is asked for. */
export interface HistoryQuestion {
  readonly asset: AssetKey
  readonly check?: string | undefined
  /** Of this one alone. */
  readonly partition?: string | undefined
}

/** What was before a materialization that a check is asked about, each the newest first. */
export interface CheckEvents {
  readonly materializations: readonly RunEvent[]
  readonly outcomes: readonly RunEvent[]
}

/** What is another one about the columns of a table. */
export interface ColumnChange {
  readonly kind: 'column_added' | 'column_removed' | 'type_changed'
  readonly column: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Of a column that came: the one that went with it, and may be the same under its former name. */
  readonly renamedFrom?: string | undefined
}
