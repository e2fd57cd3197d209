import { setTimeout as delay } from 'node:timers/promises'

/** Time is passed in, so that tests decide what it is. */
export interface Clock {
  now(): Date
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number
  sleep(durationMs: number, options?: { signal?: AbortSignal | undefined }): Promise<void>
}

/** A timer that is set for longer rings at once. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (durationMs, options) => {
    let leftMs = durationMs
    do {
      const partMs = Math.min(leftMs, longestTimerMs)
      await delay(partMs, undefined, options?.signal ? { signal: options.signal } : {})
      leftMs -= partMs
    } while (leftMs > 0)
  },
}
