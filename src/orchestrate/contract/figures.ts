import type { StepSpec } from './definitions.js'
import type { RunStatus, RunTrigger, StepStatus } from './runs.js'

/** What those who watch over the installation want to know of the store. */
export interface StoreFigures {
  /** Since when the run that waits longest is queued. */
  readonly oldestQueuedAt?: string | undefined
  /** Workers that hold a lease. */
  readonly workers: number
  /** Of the event log: about how many there are, undefined as long as nobody counted; and its size with its indexes. */
  readonly events: { readonly count?: number | undefined; readonly sizeBytes: number }
  /** Of everything that is kept. */
  readonly sizeBytes: number
}

/** Runs that ended, and what they did, since somebody looked last. */
export interface EndedRuns {
  /** Where to look from the next time. */
  readonly since: string
  readonly runs: readonly {
    readonly id: string
    readonly status: RunStatus
    readonly trigger: RunTrigger['type']
    readonly createdAt: string
    /** Undefined for one that was cancelled while it was queued. */
    readonly startedAt?: string | undefined
    readonly endedAt: string
    readonly attempt: number
  }[]
  readonly steps: readonly { readonly kind: StepSpec['kind']; readonly status: StepStatus; readonly count: number }[]
  /** By step: what syncs loaded. */
  readonly loads: readonly { readonly step: string; readonly rows: number; readonly bytes: number }[]
}

/** What syncs brought in during an hour. */
export interface LoadedInHour {
  /** When it began. */
  readonly at: string
  readonly rows: number
  readonly bytes: number
}
