import type { RunStep } from '../contract/index.js'
import type { Admission } from '../limits/admission.js'
import type { RunProgress } from './run-progress.js'

/** The steps of a run that may start: what they read is there, and where they belong to a pool, they have a place in it. */
export class ReadySteps {
  readonly #progress: RunProgress
  readonly #admission: Admission
  readonly #onNews: () => void
  readonly #admitted: RunStep[] = []
  /** A step that waits for a place, or for its turn, is found ready again when something that it reads goes on: it enters once. */
  readonly #entered = new Set<string>()
  readonly #waiting = new Set<Promise<void>>()
  #error: unknown

  constructor(progress: RunProgress, { admission, onNews }: { admission: Admission; onNews: () => void }) {
    this.#progress = progress
    this.#admission = admission
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
    if (this.#error) throw this.#error
  }

  #enter(step: RunStep): void {
    const entering = this.#admission
      .enter(step)
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
