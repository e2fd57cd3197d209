import { baseErrors, MillraceError } from '../../base/index.js'

/**
 * Why the work on a run is stopped: somebody cancelled it, it took too long, the engine shuts down, another engine has the run, or what the
 * work needs of the store could not be had.
 */
export type StopReason = 'cancel' | 'max_runtime' | 'shutdown' | 'lease_lost' | 'broken_off'

const words: Readonly<Record<StopReason, string>> = {
  cancel: 'The run was cancelled.',
  max_runtime: 'The run took longer than it may.',
  shutdown: 'The engine shuts down; the run goes on at its next start.',
  lease_lost: 'Another engine has taken the run over.',
  broken_off: 'The run could not go on here; it is taken up again.',
}

export function stop(work: AbortController, why: StopReason): void {
  if (!work.signal.aborted) work.abort(baseErrors.create('ABORTED', { message: words[why], data: { why } }))
}

/** Why the signal of a run's work was aborted; undefined as long as it is not. */
export function stopReason(signal: AbortSignal): StopReason | undefined {
  if (!signal.aborted) return undefined
  const { reason } = signal as { reason: unknown }
  return reason instanceof MillraceError ? (reason.data?.why as StopReason) : 'cancel'
}

/** The store does not answer for longer than anybody waits for it: the run is left to whoever takes it up. */
export const isStoreAway = (error: MillraceError): boolean => error.code === 'METASTORE_UNREACHABLE'

/** Whether nobody goes on with what was stopped so. */
export const isForGood = (why: StopReason | undefined): why is 'cancel' | 'max_runtime' =>
  why === 'cancel' || why === 'max_runtime'
