import type { Clock } from '../base/index.js'

export interface BrakeOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** So many failures cost nothing: people mistype. */
  readonly freeFailures: number
  /** The longest pause that failures lead to. */
  readonly mostMs: number
  /** How many keys are remembered; the one that was silent longest is forgotten first. */
  readonly mostKeys?: number
}

const firstPauseMs = 1_000
const forgetAfterMs = 3600_000

/**
 * Slows down who tries passwords or signatures: after some failures each next one doubles the pause before another attempt. A
 * pause ends by itself and is short for a user's name, so that nobody can be kept out by others for long.
 */
export class FailureBrake {
  readonly #options: BrakeOptions
  readonly #known = new Map<string, { failures: number; atMs: number }>()

  constructor(options: BrakeOptions) {
    this.#options = options
  }

  /** How long this key has to wait; 0 when it need not. */
  pauseMs(key: string): number {
    const found = this.#known.get(key)
    if (!found) return 0
    const nowMs = this.#options.clock.monotonicMs()
    if (nowMs - found.atMs > forgetAfterMs) {
      this.#known.delete(key)
      return 0
    }
    const over = found.failures - this.#options.freeFailures
    if (over < 0) return 0
    return Math.max(0, found.atMs + Math.min(this.#options.mostMs, firstPauseMs * 2 ** Math.min(over, 30)) - nowMs)
  }

  /** Counted before it is looked at, so that attempts at the same time count too. */
  begin(key: string): void {
    const failures = (this.#known.get(key)?.failures ?? 0) + 1
    this.#known.delete(key)
    this.#known.set(key, { failures, atMs: this.#options.clock.monotonicMs() })
    if (this.#known.size <= (this.#options.mostKeys ?? 10_000)) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  /** It was the right one: what came before was mistyped. */
  forget(key: string): void {
    this.#known.delete(key)
  }

  /** It was no failure, and says nothing of those before it: many may share an address. */
  undo(key: string): void {
    const found = this.#known.get(key)
    if (found) found.failures--
  }
}
