import type { Clock } from '../../../src/base/index.js'

/** A clock that stands still, except that whoever waits moves it by that long, at once. */
export interface FrozenClock extends Clock {
  /** Every wait, in seconds. */
  readonly waits: readonly number[]
}

export function frozenClock(now: string): FrozenClock {
  const startMs = Date.parse(now)
  const waits: number[] = []
  let passedMs = 0
  return {
    waits,
    now: () => new Date(startMs + passedMs),
    monotonicMs: () => passedMs,
    sleep: async (durationMs, options) => {
      options?.signal?.throwIfAborted()
      // At the edge of a window of calls the CDK spins for a moment, and we wait for a millisecond.
      if (durationMs > 1) waits.push(Math.round(durationMs) / 1000)
      passedMs += durationMs
      // What else is under way has its turn, as it would while this one waits.
      await new Promise((resolve) => setImmediate(resolve))
      options?.signal?.throwIfAborted()
    },
  }
}
