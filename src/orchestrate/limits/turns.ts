import type { OrchestrateStore, RunLease, RunStep } from '../contract/index.js'
import { type WaitOptions, waitFor } from './wait-for.js'

/** Who waits longer looks less often: what the other run does may take hours. */
const pauseMs = { first: 100, most: 2_000 }

export interface TurnsOptions extends WaitOptions {
  readonly store: Pick<OrchestrateStore, 'takeTurn' | 'endTurn'>
  readonly lease: RunLease
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

  /** Does the work when it is the step's turn. Where the signal aborts before, the work is not done: the caller looks at it. */
  async inTurn(step: RunStep, work: () => Promise<void>): Promise<void> {
    const { store, lease } = this.#options
    const take = () => store.takeTurn(lease, step.key)
    const wait = { take, reason: 'waits until another run has done the same', pauseMs }
    if (!(await waitFor(step, wait, this.#options))) return
    try {
      await work()
    } finally {
      await store.endTurn(lease, step.key)
    }
  }
}
