import type { Clock } from '../../base/index.js'
import type { RunStep } from '../contract/index.js'
import type { RunLog } from '../runs/run-log.js'

export interface WaitOptions {
  readonly log: RunLog
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Wait {
  readonly take: () => Promise<boolean>
  /** Behind `It`, for the log and for who looks at the step. */
  readonly reason: string
  /** Between two tries; it doubles up to the most. */
  readonly pauseMs: { readonly first: number; readonly most: number }
}

/** Tries until a step has what it needs to start, and says once why it waits. False where the signal aborts before. */
export async function waitFor(
  step: RunStep,
  { take, reason, pauseMs }: Wait,
  { log, clock, signal }: WaitOptions,
): Promise<boolean> {
  let isTold = false
  for (let nextMs = pauseMs.first; !signal.aborted; nextMs = Math.min(2 * nextMs, pauseMs.most)) {
    if (await take()) return true
    if (!isTold) {
      log.event({ type: 'log', step: step.key, level: 'info', message: `It ${reason}.` })
      log.step({ key: step.key, status: 'pending', reason })
      isTold = true
    }
    await clock.sleep(nextMs, { signal }).catch(() => {})
  }
  return false
}
