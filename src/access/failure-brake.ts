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
/** More failures than that lead to no longer pause. */
const mostDoublings = 30

/**
 * Slows down who tries passwords or signatures: after some failures each next one doubles the pause before another attempt. A
 * pause ends by itself and is short for a user's name, so that nobody can be kept out by others for long.
 */
export class FailureBrake {
  readonly #options: BrakeOptions
  /** When each failure was, the earliest first. */
  readonly #known = new Map<string, number[]>()

  constructor(options: BrakeOptions) {
    this.#options = options
  }

  /** How long this key has to wait; 0 when it need not. */
  pauseMs(key: string): number {
    const times = this.#known.get(key)
    const lastMs = times?.at(-1)
    if (!times || lastMs === undefined) return 0
    const nowMs = this.#options.clock.monotonicMs()
    if (nowMs - lastMs > forgetAfterMs) {
      this.#known.delete(key)
      return 0
    }
    const over = times.length - this.#options.freeFailures
    if (over < 0) return 0
    return Math.max(0, lastMs + Math.min(this.#options.mostMs, firstPauseMs * 2 ** over) - nowMs)
  }

  /**
   * Counted before it is looked at, so that attempts at the same time count too.
   * @returns takes it back: it was no failure, and says nothing of those before and beside it, since many may share an address
   */
  begin(key: string): () => void {
    const atMs = this.#options.clock.monotonicMs()
    const times = [...(this.#known.get(key) ?? []), atMs].slice(-(this.#options.freeFailures + mostDoublings))
    // Behind those that were silent for longer.
    this.#known.delete(key)
    this.#known.set(key, times)
    if (this.#known.size > (this.#options.mostKeys ?? 10_000)) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    return () => this.#takeBack(key, atMs)
  }

  /** It was the right one: what came before was mistyped. */
  forget(key: string): void {
    this.#known.delete(key)
  }

  #takeBack(key: string, atMs: number): void {
    const times = this.#known.get(key)
    const place = times?.lastIndexOf(atMs) ?? -1
    if (place >= 0) times?.splice(place, 1)
    if (times?.length === 0) this.#known.delete(key)
  }
}
