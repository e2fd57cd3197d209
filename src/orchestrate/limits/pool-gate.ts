import type { Clock } from '../../base/index.js'
import type { OrchestrateStore, PoolAsk } from '../contract/index.js'

const pauseMs = 300

export interface PoolGateOptions {
  readonly store: Pick<OrchestrateStore, 'takePoolSlots' | 'freePoolSlot'>
  readonly limits: ReadonlyMap<string, number>
  readonly clock: Clock
}

interface Asking {
  readonly ask: PoolAsk
  readonly resolve: (isIn: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets steps in when there is a place in their pool, which all runs of all workers share. The store keeps the line of those that wait. One
 * for an engine: however many of its steps wait for a pool, they ask in one question.
 */
export class PoolGate {
  readonly #options: PoolGateOptions
  readonly #asking = new Map<string, Asking[]>()
  readonly #pauses = new Map<string, { readonly over: Promise<void>; readonly end: AbortController }>()

  constructor(options: PoolGateOptions) {
    this.#options = options
  }

  /** How many places a pool has; undefined where nobody has to ask. */
  limitOf(pool: string | undefined): number | undefined {
    return pool === undefined ? undefined : this.#options.limits.get(pool)
  }

  /** Whether there is a place at once. Where there is none the step stands in line now. */
  take(pool: string, ask: PoolAsk): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const one = { ask, resolve, reject }
      const others = this.#asking.get(pool)
      if (others) others.push(one)
      else {
        this.#asking.set(pool, [one])
        void this.#ask(pool)
      }
    })
  }

  /** Resolves once a step that stands in line has a place, or the signal aborts. */
  async wait(pool: string, ask: PoolAsk, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await this.#pause(pool)
      if (!signal.aborted && (await this.take(pool, ask))) return true
    }
    return false
  }

  /** The next one in line need not wait for its time to ask. */
  async leave(pool: string, { lease, step }: PoolAsk): Promise<void> {
    await this.#options.store.freePoolSlot(lease, step)
    this.#pauses.get(pool)?.end.abort()
  }

  /** Those that ask while a question is on its way ask together with the next one. */
  async #ask(pool: string): Promise<void> {
    const { store, limits } = this.#options
    // What is asked in the same moment goes together from the start.
    await undefined
    for (let all = this.#next(pool); all.length > 0; all = this.#next(pool))
      try {
        const asks = all.map(({ ask }) => ask)
        const answers = await store.takePoolSlots(pool, limits.get(pool) ?? Number.POSITIVE_INFINITY, asks)
        for (const [i, { resolve }] of all.entries()) resolve(answers[i] === true)
      } catch (error) {
        for (const { reject } of all) reject(error)
      }
    this.#asking.delete(pool)
  }

  #next(pool: string): readonly Asking[] {
    return this.#asking.get(pool)?.splice(0) ?? []
  }

  #pause(pool: string): Promise<void> {
    let pause = this.#pauses.get(pool)
    if (!pause) {
      const end = new AbortController()
      const over = this.#options.clock
        .sleep(pauseMs, { signal: end.signal })
        .catch(() => {})
        .finally(() => this.#pauses.delete(pool))
      pause = { over, end }
      this.#pauses.set(pool, pause)
    }
    return pause.over
  }
}
