import type { ErrorJson } from '../../../base/index.js'
import type { NewRunEvent } from '../events.js'
import type { PlannedStep, Run, RunRequest, RunStep, StepChange, TagLimit } from '../runs.js'

/** A claim on a run. Every write made under it checks the token: a writer that lost its lease is refused (fencing). */
export interface RunLease {
  readonly runId: string
  readonly token: number
  readonly worker: string
}

export interface ClaimedRun {
  readonly run: Run
  readonly lease: RunLease
  /** Its former worker was lost in the middle of it. */
  readonly isResumed: boolean
  /** For so long workers have had it; not counted is when it was given back and nobody did. */
  readonly workedMs: number
}

/** What is known of a run that was not begun. */
export type QueuedRun = Pick<Run, 'id' | 'selection' | 'rerun' | 'stepCounts' | 'priority'>

/** What a worker tells of its run in one write. */
export interface RunRecord {
  readonly events: readonly NewRunEvent[]
  readonly steps: readonly StepChange[]
}

/** Runs, as a worker sees them: it claims some, and every write made under the claim is refused once another worker has the run. */
export interface WorkerStore {
  /**
   * Takes the next queued runs, and such whose lease ran out, at most so many; none where there are none.
   * @param wish.mostInAll how many may be held at once by all workers together, these included
   * @param wish.passesOver asked once it is likely that there are some: which of them are left in the queue for now; undefined where none is
   */
  claimRuns(
    worker: string,
    leaseMs: number,
    wish: {
      readonly most: number
      readonly limits?: readonly TagLimit[] | undefined
      readonly mostInAll?: number | undefined
      readonly passesOver?: (() => Promise<((run: QueuedRun) => boolean) | undefined>) | undefined
    },
  ): Promise<ClaimedRun[]>
  /**
   * Takes over a run that was claimed to be launched: from then on the lease is this worker's, under a new token. It is taken
   * once: undefined where somebody took it with the token before, or the run was taken away from whoever claimed it.
   */
  takeLease(claim: Pick<RunLease, 'runId' | 'token'>, worker: string, leaseMs: number): Promise<ClaimedRun | undefined>
  /** The workers that hold a lease. */
  leaseHolders(): Promise<string[]>
  /** Ends the leases of workers that are gone: their runs can be claimed at once. */
  expireLeases(workers: readonly string[]): Promise<void>
  /** The same for one run, with a word why; answers whether it had not ended, and was still this worker's. */
  expireLease(holder: Pick<RunLease, 'runId' | 'worker'>, reason: string): Promise<boolean>
  /** The worker of a lease lives: what it lost while the store was away was no attempt of a run, unless that has ended. */
  excuseAttempt(lease: RunLease): Promise<void>
  /** Prolongs leases; answers the ids still held, and which of them were asked to cancel. */
  heartbeat(leases: readonly RunLease[], leaseMs: number): Promise<{ held: string[]; cancelling: string[] }>
  /**
   * Marks a claimed run as running and keeps its plan; answers the steps, also those planned by a former worker.
   * @param partitions those that it makes, written out
   */
  startRun(lease: RunLease, plan: readonly PlannedStep[], partitions?: string): Promise<RunStep[]>
  /** Appends events and changes steps, and brings asset and check states up to date, in one transaction. */
  record(lease: RunLease, record: RunRecord): Promise<void>
  /**
   * The last write under the lease: later ones are refused.
   * @param also what was not recorded yet, and a run that is requested together with it
   */
  endRun(
    lease: RunLease,
    status: 'succeeded' | 'failed' | 'cancelled',
    error?: ErrorJson,
    also?: { readonly record?: RunRecord | undefined; readonly retry?: RunRequest | undefined },
  ): Promise<void>
  /** Gives a run back to the queue (orderly shutdown): the next worker goes on. One that was to be cancelled, ends. */
  releaseRun(lease: RunLease): Promise<void>
}
