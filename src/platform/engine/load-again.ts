import { type Clock, systemClock } from '../../base/index.js'
import type { Definitions } from '../../orchestrate/index.js'

/** What may have been the fault of a machine that had too much to do. */
const passing: ReadonlySet<string> = new Set(['USER_CODE_TIMEOUT', 'USER_CODE_CRASHED'])
/** A file that never comes to an end is not tried all the time. */
const [firstPauseMs, longestPauseMs] = [15_000, 600_000]

/** When a project that could not be read is read again though nobody changed it. */
export class LoadAgain {
  readonly #clock: Clock
  #print: string | undefined
  #pauseMs = 0
  #dueMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  get isDue(): boolean {
    return this.#clock.monotonicMs() >= this.#dueMs
  }

  /** @param print of the files as they were read */
  note({ problems }: Pick<Definitions, 'problems'>, print: string): void {
    const isPassing = problems.some(({ code }) => passing.has(code))
    const wasSame = this.#print === print && this.#pauseMs > 0
    this.#print = print
    this.#pauseMs = !isPassing ? 0 : wasSame ? Math.min(2 * this.#pauseMs, longestPauseMs) : firstPauseMs
    this.#dueMs = isPassing ? this.#clock.monotonicMs() + this.#pauseMs : Number.POSITIVE_INFINITY
  }
}
