import type { Run, RunLimits } from '../contract/index.js'
import { limitThatHolds } from './tag-limits.js'

export interface QueueFacts {
  /** Runs that were taken from the queue and have not ended. */
  readonly going: readonly Run[]
  /** Those that wait, in the order in which they are taken. */
  readonly queued: readonly Run[]
  readonly limits: Pick<RunLimits, 'tags'>
  /** Of one engine. */
  readonly maxConcurrentRuns: number
  readonly isEngineUp: boolean
}

/** Why a queued run does not start, in words. */
export function whyQueued(run: Run, facts: QueueFacts): string {
  const { going, queued, limits, maxConcurrentRuns, isEngineUp } = facts
  if (!isEngineUp) return 'no engine takes runs at the moment'
  const held = limitThatHolds(run, going, limits.tags)
  if (held !== undefined) return held
  const { sequenceKey } = run
  if (sequenceKey !== undefined && going.some((one) => one.sequenceKey === sequenceKey))
    return 'the run before it in its sequence is going on (overlap: queue)'
  if (going.length >= maxConcurrentRuns) {
    const place = queued.findIndex(({ id }) => id === run.id)
    const before = place > 0 ? `, and ${place} wait before it` : ''
    return `${going.length} runs are going on, of at most ${maxConcurrentRuns}${before}`
  }
  return 'it is about to be taken'
}
