import type { Clock } from '../../base/index.js'
import type { RunLease, RunStep, StepChange, StepSpec } from '../contract/index.js'
import type { PoolGate } from './pool-gate.js'
import { type StepLog, StepWaits } from './step-waits.js'
import { Turns, type TurnsOptions } from './turns.js'

export interface AdmissionOptions {
  readonly store: TurnsOptions['store']
  readonly lease: RunLease
  readonly log: StepLog
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly gate: PoolGate
  readonly specs: ReadonlyMap<string, StepSpec>
  /** Whether other workers may write into the same tables. */
  readonly takesTurns: boolean
}

/** What the steps of one run need besides what they read: a place in their pool, and their turn. While they wait they hold no place. */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #waits: StepWaits
  readonly #turns: Turns | undefined
  /** By step: the pool in which it has a place. */
  readonly #held = new Map<string, string>()

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#waits = new StepWaits(options.log, options.clock)
    this.#turns = options.takesTurns ? new Turns(options) : undefined
  }

  takeUp(step: RunStep): void {
    this.#waits.takeUp(step)
  }

  needsPlace({ key }: Pick<RunStep, 'key'>): boolean {
    const { gate, specs } = this.#options
    return gate.limitOf(specs.get(key)?.pool) !== undefined
  }

  /** Resolves once the step has a place, or the signal aborts. A step of a pool that is not limited needs none. */
  async enter({ key }: Pick<RunStep, 'key'>): Promise<void> {
    const { gate, specs, lease, signal } = this.#options
    const pool = specs.get(key)?.pool
    const limit = gate.limitOf(pool)
    if (pool === undefined || limit === undefined || signal.aborted) return
    const ask = { lease, step: key }
    const reason = `waits for a place in the pool ${pool}, which has ${limit}`
    const isIn = (await gate.take(pool, ask)) || (await this.#waiting(key, reason, () => gate.wait(pool, ask, signal)))
    if (isIn) this.#held.set(key, pool)
  }

  /** The place is free at once, not only when the run ends. */
  async leave({ key }: Pick<RunStep, 'key'>): Promise<void> {
    const { gate, lease } = this.#options
    const pool = this.#held.get(key)
    if (pool === undefined) return
    this.#held.delete(key)
    await gate.leave(pool, { lease, step: key })
  }

  /** Does the work when it is the step's turn. Where the signal aborts before, the work is not done: the caller looks at it. */
  async inTurn(step: Pick<RunStep, 'key'>, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#options
    const turns = this.#turns
    if (!turns) return work()
    if (signal.aborted) return
    if (!(await turns.take(step.key))) {
      await this.leave(step)
      if (!(await this.#waiting(step.key, 'waits until another run has done the same', () => turns.wait(step.key))))
        return
      await this.enter(step)
    }
    try {
      if (!signal.aborted) await work()
    } finally {
      await turns.end(step.key)
    }
  }

  /** Stands still as the change says, and then waits for a place again where it had one. */
  async pause(change: StepChange, durationMs: number): Promise<void> {
    const { clock, signal } = this.#options
    const hadPlace = this.#held.has(change.key)
    await this.#waits.during(change, signal, async () => {
      await this.leave(change)
      await clock.sleep(durationMs, { signal }).catch(() => {})
    })
    if (hadPlace) await this.enter(change)
  }

  #waiting(step: string, reason: string, wait: () => Promise<boolean>): Promise<boolean> {
    const { log, signal } = this.#options
    log.event({ type: 'log', step, level: 'info', message: `It ${reason}.` })
    return this.#waits.during({ key: step, status: 'waiting', reason }, signal, wait)
  }
}
