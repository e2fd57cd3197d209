import { baseErrors, MillraceError } from '../../base/index.js'

/** Why the work on a run is stopped: somebody cancelled it, the engine shuts down, or another engine has the run. */
export type StopReason = 'cancel' | 'shutdown' | 'lease_lost'

const words: Readonly<Record<StopReason, string>> = {
  cancel: 'The run was cancelled.',
  shutdown: 'The engine shuts down; the run goes on at its next start.',
  lease_lost: 'Another engine has taken the run over.',
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
