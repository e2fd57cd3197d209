import type { Run, RunStep } from './runs.js'

/** As Airbyte's API has them; `incomplete`: an attempt failed, and the next one is due. */
export const jobStatuses = ['pending', 'running', 'incomplete', 'failed', 'succeeded', 'cancelled'] as const
export type JobStatus = (typeof jobStatuses)[number]

/** What a job does to its connection: loads what is new, loads everything anew, empties the tables. */
export const jobTypes = ['sync', 'refresh', 'clear'] as const
export type JobType = (typeof jobTypes)[number]

/** One connection's part of a run, under a number that stays. */
export interface SyncJob {
  /** Rising. */
  readonly id: number
  readonly run: Run
  /** The key of the step that syncs the connection. */
  readonly stepKey: string
  /** Undefined before the run is planned. */
  readonly step?: Pick<RunStep, 'assets' | 'attempt' | 'startedAt' | 'endedAt' | 'error'> | undefined
  readonly type: JobType
  readonly status: JobStatus
  readonly updatedAt: string
  readonly rows: number
  readonly bytes: number
}

export interface SyncJobFilter {
  readonly ids?: readonly number[] | undefined
  /** Only of these connections: the keys of their steps. */
  readonly stepKeys?: readonly string[] | undefined
  readonly types?: readonly JobType[] | undefined
  readonly statuses?: readonly JobStatus[] | undefined
  /** Requested then or later, and before. */
  readonly createdSince?: Date | undefined
  readonly createdUntil?: Date | undefined
  readonly updatedSince?: Date | undefined
  readonly updatedUntil?: Date | undefined
  /** The latest first, by number unless said otherwise. */
  readonly orderBy?: 'id' | 'createdAt' | 'updatedAt' | undefined
  readonly isAscending?: boolean | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}
