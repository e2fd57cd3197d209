import type { ErrorJson } from '../../base/index.js'
import type { RunStatus } from './runs.js'

export type BackfillStatus = 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'

/** What somebody asks for: these partitions of some assets, in runs of so many each. */
export interface BackfillRequest {
  readonly selection: string
  /** Written out, see `parsePartitions`. */
  readonly partitions: string
  /** How many partitions a run makes. */
  readonly partitionsPerRun: number
  /** Each run waits for the one before: partitions read others that the same backfill makes. */
  readonly isSequential: boolean
  /** How many runs that are, and how many partitions. */
  readonly runCount: number
  readonly partitionCount: number
  readonly fullRefresh?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

export interface Backfill extends BackfillRequest {
  readonly id: string
  readonly status: BackfillStatus
  readonly createdAt: string
  readonly endedAt?: string | undefined
  /** How many of its runs were requested, and how they stand. */
  readonly requestedRuns: number
  readonly runs: Readonly<Record<RunStatus, number>>
  readonly error?: ErrorJson | undefined
}
