import type { Clock } from '../../base/index.js'
import type { OrchestrateStore, RunLease, RunStep } from '../contract/index.js'
import type { RunLog } from '../runs/run-log.js'

const pollMs = 300

export interface PoolGateOptions {
  readonly store: Pick<OrchestrateStore, 'takePoolSlot' | 'freePoolSlot'>
  readonly lease: RunLease
  readonly limits: ReadonlyMap<string, number>
  /** Other workers may have the same step at the same time: they write into the same tables. */
  readonly takesTurns: boolean
  readonly log: RunLog
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What a step has to have before it may start, one after the other. */
interface Place {
  readonly pool: string
  readonly limit: number
  /** Why it waits. */
  readonly reason: string
}

/** Lets steps of a run in when it is their turn, and there is a place in their pool, which all runs of all workers share. */
export class PoolGate {
  readonly #options: PoolGateOptions
  readonly #held = new Set<string>()

  constructor(options: PoolGateOptions) {
    this.#options = options
  }

  /** Whether a step of this pool has to ask. */
  mustAsk(pool: string | undefined): boolean {
    return this.#options.takesTurns || (pool !== undefined && this.#options.limits.has(pool))
  }

  /** Resolves once the step may start, or the signal aborts. */
  async enter(step: RunStep, pool: string | undefined): Promise<void> {
    for (const place of this.#places(step, pool)) await this.#take(step, place)
  }

  /** The turn comes first: a step that waits for it takes no place from others. */
  *#places({ key }: RunStep, pool: string | undefined): Generator<Place> {
    const { takesTurns, limits } = this.#options
    if (takesTurns) yield { pool: turnOf(key), limit: 1, reason: 'waits until another run has done the same' }
    const limit = pool === undefined ? undefined : limits.get(pool)
    if (pool !== undefined && limit !== undefined)
      yield { pool, limit, reason: `waits for a place in the pool ${pool}, which has ${limit}` }
  }

  async #take(step: RunStep, { pool, limit, reason }: Place): Promise<void> {
    const { store, lease, log, clock, signal } = this.#options
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (await store.takePoolSlot(lease, { pool, step: step.key, limit })) {
        this.#held.add(step.key)
        return
      }
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

/** A pool with one place, for which every run that has this step asks. */
const turnOf = (step: string) => `turn of ${step}`
