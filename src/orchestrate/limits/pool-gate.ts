import type { OrchestrateStore, RunLease, RunStep } from '../contract/index.js'
import { type WaitOptions, waitFor } from './wait-for.js'

const pauseMs = { first: 300, most: 300 }

export interface PoolGateOptions extends WaitOptions {
  readonly store: Pick<OrchestrateStore, 'takePoolSlot' | 'freePoolSlot'>
  readonly lease: RunLease
  readonly limits: ReadonlyMap<string, number>
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
    const { store, lease, limits } = this.#options
    const limit = limits.get(pool) ?? Number.POSITIVE_INFINITY
    const isIn = await waitFor(
      step,
      {
        take: () => store.takePoolSlot(lease, { pool, step: step.key, limit }),
        reason: `waits for a place in the pool ${pool}, which has ${limit}`,
        pauseMs,
      },
      this.#options,
    )
    if (isIn) this.#held.add(step.key)
  }

  /** The place is free at once, not only when the run ends. */
  async leave(step: RunStep): Promise<void> {
    const { store, lease } = this.#options
    if (this.#held.delete(step.key)) await store.freePoolSlot(lease, step.key)
  }
}
