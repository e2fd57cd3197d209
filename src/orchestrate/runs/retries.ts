import type { RetryPolicy } from '../contract/index.js'

/** Of a step's attempts: which failures are worth another one, how many there may be, and how long to wait before each. */
export class Retries {
  readonly #policy: RetryPolicy
  readonly #failed = { inRow: 0, withoutProgress: 0, withProgress: 0 }

  constructor(policy: RetryPolicy = { max: 0, delayMs: 0, backoff: 'constant' }) {
    this.#policy = policy
  }

  /** Whether another attempt may mend what failed so. How the running one ends may still decide otherwise. */
  mayMend(error: { readonly retryable: boolean }): boolean {
    const { max, onlyRetryable = false } = this.#policy
    return max > 0 && (error.retryable || !onlyRetryable)
  }

  /**
   * Counts an attempt that failed.
   * @param keptProgress what it did is kept: the next one goes on from there
   * @returns how long to wait before the next one, in ms; undefined where there is none
   */
  next({ keptProgress }: { readonly keptProgress: boolean }): number | undefined {
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
    const { delayMs, backoff, factor = 2, maxDelayMs = Number.POSITIVE_INFINITY } = this.#policy
    // After an attempt that got on, the next one may come at once: as if it were the first that failed.
    const power = Math.max(0, this.#failed.inRow - 1)
    return Math.min(maxDelayMs, backoff === 'exponential' ? delayMs * factor ** power : delayMs)
  }
}
