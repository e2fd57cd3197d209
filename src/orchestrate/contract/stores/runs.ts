import type { AssetKey } from '../definitions.js'
import type { Run, RunCriteria, RunFilter, RunRequest, RunStatus, RunStep } from '../runs.js'

/** Runs, as everybody sees them. */
export interface RunStore {
  /** Inserts a queued run (or answers the run that has the same `runKey`) and its `run_queued` event. */
  requestRun(request: RunRequest): Promise<{ run: Run; isNew: boolean }>
  getRun(id: string): Promise<Run | undefined>
  /** By the key: the ids of the runs that were requested with these. */
  runsOfKeys(runKeys: readonly string[]): Promise<ReadonlyMap<string, string>>
  listRuns(filter: RunFilter): Promise<Run[]>
  /** By the run's id: how many of its checks found something, where some did; of one that was asked again the last time counts. */
  badChecksOf(
    runIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly failed: number; readonly warned: number }>>
  /** Runs whose id begins or ends so, newest first. */
  findRuns(idPart: string, limit: number): Promise<Run[]>
  /** How many there are of each status, of those that are kept and meant. */
  countRuns(criteria?: RunCriteria): Promise<Readonly<Record<RunStatus, number>>>
  /** How many of those that wait are taken before this one: by priority, then by age. */
  queuedBefore(runId: string): Promise<number>
  /** Those requested since that failed although no step of theirs did, and that no later run of the same made good, or is about to; newest first. */
  failedOfThemselves(filter: { since: Date; limit: number }): Promise<Run[]>
  /** @param asset only those that make it */
  listSteps(runId: string, asset?: AssetKey): Promise<RunStep[]>
  /** The runs of one step, newest first. @param before older than this run */
  stepHistory(filter: {
    step: string
    before?: string | undefined
    limit?: number | undefined
  }): Promise<{ readonly run: Run; readonly step: RunStep }[]>
  /** Asks a run to stop; a queued one is cancelled at once. Answers the run, undefined when there is none. */
  requestCancel(runId: string): Promise<Run | undefined>
  /** The same for all that are meant and were requested by now, little by little; answers how many ended at once and how many are to stop. */
  cancelRuns(criteria: RunCriteria): Promise<{ readonly cancelled: number; readonly stopping: number }>
}
