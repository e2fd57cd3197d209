import type { RetryPolicy } from '../contract/index.js'

export interface FailedAttempt {
  /** What it did is kept: the next one goes on from there. */
  readonly keptProgress: boolean
}

/** Of a step's attempts: which failures are worth another one, how many there may be, and how long to wait before each. */
export class Retries {
  readonly #policy: RetryPolicy
  readonly #random: () => number
  readonly #failed = { inRow: 0, withoutProgress: 0, withProgress: 0 }

  /** @param former attempts that failed before, in the order in which they did */
  constructor(
    policy: RetryPolicy = { max: 0, delayMs: 0, backoff: 'constant' },
    former: readonly FailedAttempt[] = [],
    random: () => number = Math.random,
  ) {
    this.#random = random
    this.#policy = policy
    for (const attempt of former) this.next(attempt)
  }

  /** Whether another attempt may mend what failed so. How the running one ends may still decide otherwise. */
  mayMend(error: { readonly retryable: boolean }): boolean {
    const { max, onlyRetryable = false } = this.#policy
    return max > 0 && (error.retryable || !onlyRetryable)
  }

  /**
   * Counts an attempt that failed.
   * @returns how long to wait before the next one, in ms; undefined where there is none
   */
  next({ keptProgress }: FailedAttempt): number | undefined {
    const failed = this.#failed
    const { max, maxWithoutProgress = max, maxWithProgress = max } = this.#policy
    if (keptProgress) failed.withProgress++
    else failed.withoutProgress++
    failed.inRow = keptProgress && this.#policy.maxWithProgress !== undefined ? 0 : failed.inRow + 1
    const isOver =
      failed.inRow > max || failed.withoutProgress > maxWithoutProgress || failed.withProgress > maxWithProgress
    return isOver ? undefined : this.#pauseMs()
  }

  #pauseMs(): number {
    const { delayMs, backoff, factor = 2, maxDelayMs = Number.POSITIVE_INFINITY, jitter } = this.#policy
    // After an attempt that got on, the next one may come at once: as if it were the first that failed.
    const power = Math.max(0, this.#failed.inRow - 1)
    const pauseMs = Math.min(maxDelayMs, backoff === 'exponential' ? delayMs * factor ** power : delayMs)
    if (jitter === 'full') return pauseMs * this.#random()
    if (jitter === 'plus_minus') return Math.max(0, pauseMs + (2 * this.#random() - 1) * delayMs)
    return pauseMs
  }
}
