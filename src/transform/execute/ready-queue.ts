/** Nodes whose dependencies are done, the most urgent first; of equal ones by their names, as in dbt. */
export class ReadyQueue {
  readonly #urgency: (id: string) => number
  readonly #items: string[] = []

  constructor(urgency: (id: string) => number) {
    this.#urgency = urgency
  }

  get size(): number {
    return this.#items.length
  }

  add(id: string): void {
    let from = 0
    let to = this.#items.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#isBehind(this.#items[middle] as string, id)) from = middle + 1
      else to = middle
    }
    this.#items.splice(from, 0, id)
  }

  #isBehind(id: string, other: string): boolean {
    const difference = this.#urgency(id) - this.#urgency(other)
    return difference < 0 || (difference === 0 && id > other)
  }

  /** The first; it is the last item. */
  take(): string | undefined {
    return this.#items.pop()
  }
}
