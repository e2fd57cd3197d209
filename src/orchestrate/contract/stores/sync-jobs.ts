import type { RunRequest } from '../runs.js'
import type { SyncJob, SyncJobFilter } from '../sync-jobs.js'

/** Syncs of connections under numbers, which clients of Airbyte know them by. A run that is planned has one for each connection that it syncs. */
export interface SyncJobStore {
  /** Requests a run of one connection, which has its number at once. Undefined where a job of this connection has not ended. */
  requestSyncJob(stepKey: string, request: RunRequest): Promise<SyncJob | undefined>
  listSyncJobs(filter: SyncJobFilter): Promise<SyncJob[]>
}
