import { type Clock, type MillraceError, systemClock } from '../../base/index.js'

/** What the `data` of an error says of another attempt. Nothing: there is no use in one. */
export interface RetryAdvice {
  readonly isPermanent: boolean
  /** What the server asked for. */
  readonly retryAfterSeconds?: number | undefined
}

interface RetryOptions {
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  /** How far the work is. Who got further than ever before gets the same number of attempts again. */
  readonly progress?: (() => number) | undefined
}

/** Pauses before the second, third and fourth attempt. */
const pausesMs = [1_000, 3_000, 9_000]
const longestPauseMs = 60_000

/** @throws the last failure, at once when another attempt cannot help */
export async function withRetries<T>(
  { clock = systemClock, signal, progress = () => 0 }: RetryOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  let furthest = progress()
  for (let i = 0; ; i++) {
    try {
      return await attempt()
    } catch (error) {
      const { isPermanent = true, retryAfterSeconds = 0 } = ((error as MillraceError).data ??
        {}) as Partial<RetryAdvice>
      if (progress() > furthest) i = 0
      furthest = Math.max(furthest, progress())
      const pauseMs = pausesMs[i]
      if (pauseMs === undefined || isPermanent || signal?.aborted) throw error
      await clock.sleep(Math.min(Math.max(pauseMs, retryAfterSeconds * 1000), longestPauseMs), { signal })
    }
  }
}

/** Of an answer that is a refusal: a server that fails or is busy may do better, and says how long it wants to be left alone. */
export const adviceOf = ({ status, headers }: Response): RetryAdvice => ({
  isPermanent: status < 500 && status !== 429 && status !== 408,
  retryAfterSeconds: Number(headers.get('retry-after')) || 0,
})
