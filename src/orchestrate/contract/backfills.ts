import type { ErrorJson } from '../../base/index.js'
import type { AssetKey } from './definitions.js'
import type { RunStatus } from './runs.js'

export type BackfillStatus = 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'

/** Assets of a backfill that each of its runs makes together: the same partitions of all of them. */
export interface BackfillPart {
  readonly assets: readonly AssetKey[]
  /** Written out, see `parsePartitions`; absent where none of them has any: then they are made once. */
  readonly partitions?: string | undefined
  /** How many partitions a run makes. */
  readonly partitionsPerRun: number
  readonly runCount: number
}

/** What somebody asks for: these partitions of some assets, in runs of so many each. */
export interface BackfillRequest {
  readonly selection: string
  /** Of the assets that it begins with, written out: see `parsePartitions`. */
  readonly partitions: string
  /** How many partitions a run of the first part makes. */
  readonly partitionsPerRun: number
  /** There are assets that read earlier partitions of their own: their runs wait for each other. */
  readonly isSequential: boolean
  /** In the order in which they are requested: none reads what a later one makes. */
  readonly parts: readonly BackfillPart[]
  /** How many runs that are, and how many partitions. */
  readonly runCount: number
  readonly partitionCount: number
  readonly fullRefresh?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Runs that are not requested, since what they would read was not made. */
export interface SkippedRuns {
  /** Their place among all runs of the backfill, from 0, and how many follow each other. */
  readonly place: number
  readonly runs: number
  readonly assets: readonly AssetKey[]
  readonly partitions?: string | undefined
  readonly upstream: AssetKey
  /** Of the upstream: those that failed, or were skipped themselves. */
  readonly upstreamPartitions?: string | undefined
}

export interface Backfill extends BackfillRequest {
  readonly id: string
  readonly status: BackfillStatus
  readonly createdAt: string
  readonly endedAt?: string | undefined
  /** How many of its runs were requested, and how they stand; of one that was retried by itself the last retry counts. */
  readonly requestedRuns: number
  readonly runs: Readonly<Record<RunStatus, number>>
  readonly skippedRuns: number
  readonly skipped: readonly SkippedRuns[]
  readonly error?: ErrorJson | undefined
}

/** A run of a backfill with its retries, as one. */
export interface BackfillRun {
  readonly place: number
  /** The last of them, which says how it stands. */
  readonly runId: string
  readonly status: RunStatus
  /** Those of them that came so far as to plan steps, oldest first. */
  readonly plannedRunIds: readonly string[]
}
