import type { ErrorJson } from '../../base/index.js'
import type { AssetKey, StepSpec } from './definitions.js'
import type { Metadata } from './metadata.js'

export type RunStatus = 'queued' | 'starting' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'
/** Of runs that a worker has. */
export const heldStatuses: readonly RunStatus[] = ['starting', 'running', 'cancelling']
/** Of runs that have not ended. */
export const openStatuses: readonly RunStatus[] = ['queued', ...heldStatuses]
/** Of runs that can be cancelled: open ones that were not asked to stop yet. */
export const stoppableStatuses = ['queued', 'starting', 'running'] as const satisfies readonly RunStatus[]
/** `waiting`: it could be carried out, and waits for a place in its pool or for its turn; `retrying`: for its next attempt. */
export type StepStatus =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
/** Of steps that have not begun. */
export const unbegunStatuses: readonly StepStatus[] = ['pending', 'waiting']

export interface RunTrigger {
  readonly type: 'manual' | 'schedule' | 'sensor' | 'rerun' | 'cli' | 'start' | 'backfill' | 'automation' | 'retry'
  /** Schedule, sensor or automation name, id of the backfill, or who asked; of a run that is made once more the id of the former one where nobody is known. */
  readonly name?: string | undefined
}

/** By the asset that it is for. */
export type RunConfig = Readonly<Record<AssetKey, unknown>>

export interface RunRequest {
  /** Asset selection (`*`, `key+`, `group:x`, space or comma separated); expanded when the run is planned. */
  readonly selection: string
  readonly trigger: RunTrigger
  readonly priority?: number | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Of the selected assets that have some, see `parsePartitions`; without it the latest of time, or all. */
  readonly partitions?: string | undefined
  /** The instant for which it is made, ISO 8601: without `partitions` the windows are those that had ended by then. When it was requested, where it is left out. */
  readonly asOf?: string | undefined
  readonly config?: RunConfig | undefined
  readonly fullRefresh?: boolean | undefined
  /** What the selected assets hold is cleared, and nothing is made. */
  readonly clearData?: boolean | undefined
  /** At most one run per key exists; a second request answers the first run. */
  readonly runKey?: string | undefined
  /** Queued runs with one key are executed one after the other. */
  readonly sequenceKey?: string | undefined
  /** Re-execution: only what did not succeed in this run. */
  readonly parentRunId?: string | undefined
  readonly rerun?: 'all' | 'from_failure' | undefined
  /** Whose trace it goes on with, where that is not the span in which it is requested. */
  readonly traceparent?: string | undefined
}

export interface Run {
  readonly id: string
  readonly selection: string
  readonly trigger: RunTrigger
  readonly status: RunStatus
  readonly priority: number
  readonly tags: Readonly<Record<string, string>>
  readonly partitions?: string | undefined
  readonly asOf?: string | undefined
  readonly config?: RunConfig | undefined
  readonly fullRefresh: boolean
  /** It clears what its assets hold. */
  readonly clearData: boolean
  readonly runKey?: string | undefined
  readonly sequenceKey?: string | undefined
  readonly parentRunId?: string | undefined
  /** How a re-execution relates to its parent. */
  readonly rerun?: 'all' | 'from_failure' | undefined
  readonly createdAt: string
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
  readonly stepCounts: Readonly<Record<StepStatus, number>>
  readonly error?: ErrorJson | undefined
  /** How often an engine took it up; above 1 = it was resumed after a crash. */
  readonly attempt: number
  /** Who has it. */
  readonly worker?: string | undefined
  /** Its worker did not prolong its lease: the next one takes it up. As it was when the run was read. */
  readonly isAbandoned?: boolean | undefined
  /** Of the span that asked for it, whose trace it goes on with. */
  readonly traceparent?: string | undefined
}

export interface RunStep {
  readonly runId: string
  readonly key: string
  readonly kind: StepSpec['kind']
  readonly status: StepStatus
  readonly attempt: number
  readonly assets: readonly AssetKey[]
  readonly checks: readonly { readonly asset: AssetKey; readonly name: string }[]
  /** Steps of the same run that must end before this one can start (for the Gantt's order; release is per asset). */
  readonly upstream: readonly string[]
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
  readonly error?: ErrorJson | undefined
  /** Why it was skipped, or waits. */
  readonly reason?: string | undefined
  /** When it stood still: it waited for a place, for its turn, for its next attempt. */
  readonly waits: readonly StepWait[]
  /** What its executor has to know of it when it is taken up: see `StepContext.keepNote`. */
  readonly note?: Metadata | undefined
}

export interface StepWait {
  readonly from: string
  /** Left out while it waits. */
  readonly to?: string | undefined
}

/** A step that is carried out now, of a run that a worker has. */
export interface RunningStep extends Pick<Run, 'worker' | 'isAbandoned'>, Pick<RunStep, 'runId' | 'assets'> {}

/** Which runs are meant. */
export interface RunCriteria {
  readonly statuses?: readonly RunStatus[] | undefined
  readonly asset?: AssetKey | undefined
  /** Of this type, of this name, or both: a schedule may be called like a type. */
  readonly trigger?: Partial<RunTrigger> | undefined
  /** Re-executions of this run. */
  readonly parentRunId?: string | undefined
  /** With all of these tags; without a value any is meant. */
  readonly tags?: readonly { readonly key: string; readonly value?: string | undefined }[] | undefined
  /** Requested then or later, and before. */
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

export interface RunFilter extends RunCriteria {
  readonly limit?: number | undefined
  /** Runs created before this run id (ids sort by time). */
  readonly before?: string | undefined
  /** In the order in which they are taken from the queue, instead of newest first. */
  readonly inQueueOrder?: boolean | undefined
}

/** How many runs with a tag are carried out at once. */
export interface TagLimit {
  readonly key: string
  /** Only runs with this value. */
  readonly value?: string | undefined
  /** So many of each value, instead of all together. */
  readonly isPerValue?: boolean | undefined
  readonly limit: number
}

/** What holds runs back, or ends them. */
export interface RunLimits {
  readonly tags: readonly TagLimit[]
  /** How many steps of a pool run at once, everywhere. */
  readonly pools: ReadonlyMap<string, number>
  /** Of runs whose tags say nothing else. */
  readonly maxRuntimeMs?: number | undefined
  readonly maxRetries?: number | undefined
}

/** A step as a run plans it. */
export type PlannedStep = Omit<RunStep, 'runId' | 'status' | 'attempt' | 'waits'>

/** What became of a step. End, error and reason belong to the status: they are replaced together with it. */
export interface StepChange
  extends Partial<Pick<RunStep, 'attempt' | 'startedAt' | 'endedAt' | 'error' | 'reason' | 'waits' | 'note'>> {
  readonly key: string
  readonly status: StepStatus
}
