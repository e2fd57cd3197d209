import type { Clock } from '../../base/index.js'
import type { OrchestrateStore, RunLease, RunStep } from '../contract/index.js'
import type { RunLog } from '../runs/run-log.js'

/** Who waits longer looks less often: what the other run does may take hours. */
const pollMs = { first: 100, most: 2_000 }

export interface TurnsOptions {
  readonly store: Pick<OrchestrateStore, 'takeTurn' | 'endTurn'>
  readonly lease: RunLease
  readonly log: RunLog
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

  /** Does the work when it is the step's turn. Where the signal aborts before, the work is not done: the caller looks at it. */
  async inTurn(step: RunStep, work: () => Promise<void>): Promise<void> {
    const { store, lease } = this.#options
    if (!(await this.#wait(step))) return
    try {
      await work()
    } finally {
      await store.endTurn(lease, step.key)
    }
  }

  async #wait(step: RunStep): Promise<boolean> {
    const { store, lease, log, clock, signal } = this.#options
    for (let pauseMs = pollMs.first; !signal.aborted; pauseMs = Math.min(2 * pauseMs, pollMs.most)) {
      if (await store.takeTurn(lease, step.key)) return true
      if (pauseMs === pollMs.first) {
        const reason = 'waits until another run has done the same'
        log.event({ type: 'log', step: step.key, level: 'info', message: `It ${reason}.` })
        log.step({ key: step.key, status: 'pending', reason })
      }
      await clock.sleep(pauseMs, { signal }).catch(() => {})
    }
    return false
  }
}
