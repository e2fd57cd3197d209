import { setTimeout as delay } from 'node:timers/promises'

/** Time is passed in, so that tests decide what it is. */
export interface Clock {
  now(): Date
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number
  sleep(durationMs: number, options?: { signal?: AbortSignal | undefined }): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (durationMs, options) => {
    await delay(durationMs, undefined, options?.signal ? { signal: options.signal } : {})
  },
}
