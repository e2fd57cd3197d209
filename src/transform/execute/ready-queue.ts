/** Nodes whose dependencies are done, the most urgent first. */
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
    const own = this.#urgency(id)
    let from = 0
    let to = this.#items.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#urgency(this.#items[middle] as string) <= own) from = middle + 1
      else to = middle
    }
    this.#items.splice(from, 0, id)
  }

  take(): string | undefined {
    return this.#items.pop()
  }
}
