import type { Clock } from '../../base/index.js'
import type { OrchestrateStore, RunLease } from '../contract/index.js'

/** Who waits longer looks less often: what the other run does may take hours. */
const pauseMs = { first: 100, most: 2_000 }

export interface TurnsOptions {
  readonly store: Pick<OrchestrateStore, 'takeTurn' | 'endTurn'>
  readonly lease: RunLease
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Steps that take turns with the same step of other runs, whichever workers have these: both would write into the same tables. Within one
 * engine its executors see to that by themselves.
 */
export class Turns {
  readonly #options: TurnsOptions

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  take(step: string): Promise<boolean> {
    return this.#options.store.takeTurn(this.#options.lease, step)
  }

  /** Resolves once it is the step's turn, or the signal aborts. */
  async wait(step: string): Promise<boolean> {
    const { clock, signal } = this.#options
    for (let nextMs = pauseMs.first; !signal.aborted; nextMs = Math.min(2 * nextMs, pauseMs.most)) {
      await clock.sleep(nextMs, { signal }).catch(() => {})
      if (!signal.aborted && (await this.take(step))) return true
    }
    return false
  }

  end(step: string): Promise<void> {
    return this.#options.store.endTurn(this.#options.lease, step)
  }
}
