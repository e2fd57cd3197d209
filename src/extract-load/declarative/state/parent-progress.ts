import { isDeepStrictEqual } from 'node:util'
import type { Mapping } from '../component-contract.js'

/**
 * How far the parents of a stream may be said to be read: a state of theirs counts once every partition that was found up to it is closed.
 */
export class ParentProgress {
  /** The open partitions, by when they were found. */
  readonly #open = new Map<string, number>()
  readonly #states: { readonly state: Mapping | undefined; readonly found: number }[] = []
  #found = 0

  opened(key: string, state: Mapping | undefined): void {
    const found = this.#found++
    this.#open.set(key, found)
    const last = this.#states.at(-1)
    if (!last || !isDeepStrictEqual(last.state, state)) this.#states.push({ state, found })
  }

  closed(key: string): void {
    this.#open.delete(key)
  }

  isOpen(key: string): boolean {
    return this.#open.has(key)
  }

  /** @returns undefined where no further state has been reached */
  reached(): Mapping | undefined {
    const [oldest = Number.POSITIVE_INFINITY] = this.#open.values()
    let reached: Mapping | undefined
    for (let first = this.#states[0]; first && first.found < oldest; first = this.#states[0]) {
      reached = first.state
      this.#states.shift()
    }
    return reached
  }
}
