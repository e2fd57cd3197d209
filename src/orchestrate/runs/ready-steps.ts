import type { RunStep, StepSpec } from '../contract/index.js'
import type { PoolGate } from '../limits/pool-gate.js'
import type { RunProgress } from './run-progress.js'

/** The steps of a run that may start: what they read is there, and where they belong to a pool, they have a place in it. */
export class ReadySteps {
  readonly #progress: RunProgress
  readonly #gate: PoolGate
  readonly #specs: ReadonlyMap<string, StepSpec>
  readonly #onNews: () => void
  readonly #admitted: RunStep[] = []
  /** A step that waits for a place, or for its turn, is found ready again when something that it reads goes on: it enters once. */
  readonly #entered = new Set<string>()
  readonly #waiting = new Set<Promise<void>>()
  #error: unknown

  constructor(
    progress: RunProgress,
    { gate, specs, onNews }: { gate: PoolGate; specs: ReadonlyMap<string, StepSpec>; onNews: () => void },
  ) {
    this.#progress = progress
    this.#gate = gate
    this.#specs = specs
    this.#onNews = onNews
  }

  /** The next one, which is to be started; undefined where there is none now. @throws what the store throws */
  take(): RunStep | undefined {
    if (this.#error) throw this.#error
    const admitted = this.#admitted.shift()
    if (admitted) return admitted
    for (let step = this.#progress.takeReady(); step; step = this.#progress.takeReady()) {
      if (this.#entered.has(step.key)) continue
      this.#entered.add(step.key)
      const pool = this.#specs.get(step.key)?.pool
      if (!this.#gate.isLimited(pool)) return step
      this.#enter(step, pool)
    }
    return undefined
  }

  /** Whether there are some that wait for a place. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0 || this.#admitted.length > 0
  }

  /** Once nobody waits any more: after the signal of the gate was aborted. */
  async settled(): Promise<void> {
    await Promise.all(this.#waiting)
    if (this.#error) throw this.#error
  }

  #enter(step: RunStep, pool: string): void {
    const entering = this.#gate
      .enter(step, pool)
      .then(
        () => void this.#admitted.push(step),
        (error) => {
          this.#error ??= error
        },
      )
      .finally(() => {
        this.#waiting.delete(entering)
        this.#onNews()
      })
    this.#waiting.add(entering)
  }
}
