import type { RunStep } from '../contract/index.js'
import type { Admission } from '../limits/admission.js'
import type { RunProgress } from './run-progress.js'

/** The steps of a run that may start: what they read is there, and where they belong to a pool, they have a place in it. */
export class ReadySteps {
  readonly #progress: RunProgress
  readonly #admission: Admission
  readonly #onNews: () => void
  readonly #onError: (error: unknown) => void
  readonly #admitted: RunStep[] = []
  /** A step that waits for a place, or for its turn, is found ready again when something that it reads goes on: it enters once. */
  readonly #entered = new Set<string>()
  readonly #waiting = new Set<Promise<void>>()

  /** @param around.onError what the store throws, of which nobody else hears */
  constructor(
    progress: RunProgress,
    around: { admission: Admission; onNews: () => void; onError: (error: unknown) => void },
  ) {
    this.#progress = progress
    this.#admission = around.admission
    this.#onNews = around.onNews
    this.#onError = around.onError
  }

  /** The next one, which is to be started; undefined where there is none now. */
  take(): RunStep | undefined {
    const admitted = this.#admitted.shift()
    if (admitted) return admitted
    for (let step = this.#progress.takeReady(); step; step = this.#progress.takeReady()) {
      if (this.#entered.has(step.key)) continue
      this.#entered.add(step.key)
      if (!this.#admission.needsPlace(step)) return step
      this.#enter(step)
    }
    return undefined
  }

  /** Whether there are some that wait for a place. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0 || this.#admitted.length > 0
  }

  /** Once nobody waits any more: after the signal of the admission was aborted. */
  async settled(): Promise<void> {
    await Promise.all(this.#waiting)
  }

  #enter(step: RunStep): void {
    const entering = this.#admission
      .enter(step)
      .then(() => void this.#admitted.push(step), this.#onError)
      .finally(() => {
        this.#waiting.delete(entering)
        this.#onNews()
      })
    this.#waiting.add(entering)
  }
}
