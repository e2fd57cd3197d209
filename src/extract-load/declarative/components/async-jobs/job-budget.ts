import type { SharedParts } from '../../component.js'

/** How many jobs of a source may be under way in the API at once. */
export class JobBudget {
  readonly #most: number
  #taken = 0

  /** @param most fewer than one is one */
  constructor(most: number) {
    this.#most = Math.max(1, most)
  }

  /** @returns what gives the place back, once; undefined where there is none */
  take(): (() => void) | undefined {
    if (this.#taken >= this.#most) return undefined
    this.#taken++
    let isTaken = true
    return () => {
      if (isTaken) this.#taken--
      isTaken = false
    }
  }
}

const key = Symbol('job budget')

/** Before any stream is built. */
export const shareJobBudget = (shared: SharedParts, budget: JobBudget): void => void shared.once(key, () => budget)

export const jobBudget = (shared: SharedParts): JobBudget => shared.once(key, () => new JobBudget(1))
