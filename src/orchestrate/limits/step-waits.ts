import type { Clock } from '../../base/index.js'
import type { NewRunEvent, RunStep, StepChange, StepWait } from '../contract/index.js'

/** Where a run tells what becomes of its steps. */
export interface StepLog {
  step(change: StepChange): void
  event(event: NewRunEvent): void
}

/** Says of the steps of a run that they stand still, from when to when. */
export class StepWaits {
  readonly #known = new Map<string, readonly StepWait[]>()
  readonly #log: Pick<StepLog, 'step'>
  readonly #clock: Clock

  constructor(log: Pick<StepLog, 'step'>, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Those of a former engine. The one in which it ended has no end. */
  takeUp({ key, waits }: RunStep): void {
    const ended = waits.filter(({ to }) => to !== undefined)
    if (ended.length > 0) this.#known.set(key, ended)
  }

  /**
   * While it waits, the step is what the change says.
   * @param signal aborts the wait: what is said of the step then, is said by others
   */
  async during<T>(change: StepChange, signal: AbortSignal, wait: () => Promise<T>): Promise<T> {
    const { key } = change
    const former = this.#known.get(key) ?? []
    const from = this.#now()
    this.#log.step({ ...change, waits: [...former, { from }] })
    const found = await wait()
    if (signal.aborted) return found
    const waits = [...former, { from, to: this.#now() }]
    this.#known.set(key, waits)
    this.#log.step({ key, status: 'pending', waits })
    return found
  }

  #now(): string {
    return this.#clock.now().toISOString()
  }
}
