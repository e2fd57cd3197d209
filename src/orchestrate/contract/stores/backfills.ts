import type { ErrorJson } from '../../../base/index.js'
import type { Backfill, BackfillRequest, BackfillRun, SkippedRuns } from '../backfills.js'
import type { AssetKey } from '../definitions.js'
import type { RunRequest } from '../runs.js'

/** Backfills, and how far they are. */
export interface BackfillStore {
  requestBackfill(request: BackfillRequest): Promise<Backfill>
  /** Newest first. @param isActive those that have not ended @param asset those whose runs make it */
  listBackfills(filter: {
    isActive?: boolean | undefined
    asset?: AssetKey | undefined
    limit?: number | undefined
  }): Promise<Backfill[]>
  getBackfill(id: string): Promise<Backfill | undefined>
  /** Asks it to stop: nothing more is requested, and its runs are to be cancelled. Answers it, undefined when there is none. */
  cancelBackfill(id: string): Promise<Backfill | undefined>
  /**
   * Requests the next runs of a backfill, leaves some out and notes how far it is, in one transaction; does nothing where it
   * stands elsewhere by now than `from`, since somebody else did it.
   */
  advanceBackfill(
    from: Pick<Backfill, 'id' | 'status' | 'requestedRuns' | 'skippedRuns'>,
    next: { readonly requests?: readonly RunRequest[]; readonly skipped?: readonly SkippedRuns[] },
    end?: { readonly status: 'succeeded' | 'failed' | 'cancelled'; readonly error?: ErrorJson | undefined },
  ): Promise<void>
  /** Its runs that have not succeeded, or not yet. */
  unsettledBackfillRuns(id: string): Promise<BackfillRun[]>
  /** Counts runs of backfills that ended for good, so that nobody who asks how they stand has to look at them again. */
  countSettledBackfillRuns(): Promise<void>
}
