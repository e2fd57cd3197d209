import type { Clock } from '../base/index.js'

/** So many in a minute of each name; what was not taken for a while may come at once. */
export class Rates {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #left = new Map<string, { readonly count: number; readonly atMs: number }>()

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  /** Whether there is room for one more. */
  take(name: string, perMinute: number): boolean {
    const now = this.#clock.monotonicMs()
    const { count, atMs } = this.#left.get(name) ?? { count: perMinute, atMs: now }
    const left = Math.min(perMinute, count + ((now - atMs) / 60_000) * perMinute)
    this.#left.set(name, { count: left >= 1 ? left - 1 : left, atMs: now })
    return left >= 1
  }
}
