import type { Clock } from '../../base/index.js'
import type { OrchestrateStore, RunLease, RunStep } from '../contract/index.js'
import type { RunLog } from '../runs/run-log.js'

const pollMs = 300

export interface PoolGateOptions {
  readonly store: Pick<OrchestrateStore, 'takePoolSlot' | 'freePoolSlot'>
  readonly lease: RunLease
  readonly limits: ReadonlyMap<string, number>
  readonly log: RunLog
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Lets steps of a run in when there is a place in their pool, which all runs of all workers share. */
export class PoolGate {
  readonly #options: PoolGateOptions
  readonly #held = new Set<string>()

  constructor(options: PoolGateOptions) {
    this.#options = options
  }

  /** Whether a step of this pool has to ask. */
  isLimited(pool: string | undefined): pool is string {
    return pool !== undefined && this.#options.limits.has(pool)
  }

  /** Resolves once the step has a place, or the signal aborts. */
  async enter(step: RunStep, pool: string): Promise<void> {
    const { store, lease, limits, log, clock, signal } = this.#options
    const limit = limits.get(pool) ?? Number.POSITIVE_INFINITY
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (await store.takePoolSlot(lease, { pool, step: step.key, limit })) {
        this.#held.add(step.key)
        return
      }
      const reason = `waits for a place in the pool ${pool}, which has ${limit}`
      if (isFirst) {
        log.event({ type: 'log', step: step.key, level: 'info', message: `It ${reason}.` })
        log.step({ key: step.key, status: 'pending', reason })
      }
      await clock.sleep(pollMs, { signal }).catch(() => {})
    }
  }

  /** The place is free at once, not only when the run ends. */
  async leave(step: RunStep): Promise<void> {
    const { store, lease } = this.#options
    if (this.#held.delete(step.key)) await store.freePoolSlot(lease, step.key)
  }
}
