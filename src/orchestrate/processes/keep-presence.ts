import type { Clock, Logger } from '../../base/index.js'
import type { OrchestrateStore, ProcessReport } from '../contract/index.js'

/** The store takes one for lost that it did not hear of for three of these. */
const beatMs = 5_000

export interface PresenceOptions {
  readonly store: Pick<OrchestrateStore, 'reportProcess' | 'removeProcess'>
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
}

/**
 * Says in the store that this process is there until the signal aborts, and then that it has ended. How many runs it has stands in their
 * leases: one small write every five seconds is all that it costs.
 */
export async function keepPresence(
  report: ProcessReport,
  { store, clock, logger, signal }: PresenceOptions,
): Promise<void> {
  let isNew = true
  let wasHeard = true
  while (!signal.aborted) {
    try {
      await store.reportProcess(report, isNew)
      isNew = false
      wasHeard = true
    } catch (error) {
      // It is told once, and tried again: whoever executes runs says by itself what does not work.
      if (wasHeard && !signal.aborted) logger.warn('The store was not told that this process is there', { error })
      wasHeard = false
    }
    await clock.sleep(beatMs, { signal }).catch(() => {})
  }
  await store.removeProcess(report.name).catch(() => {})
}
