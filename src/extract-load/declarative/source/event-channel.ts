import type { ReadEvent } from '../component-contract.js'

interface Entry {
  readonly event: ReadEvent
  readonly taken: () => void
}

/** Events on their way to whoever reads the source. A writer waits until its event is taken: nothing piles up but one event of each. */
export class EventChannel implements AsyncIterable<ReadEvent> {
  readonly #unread: Entry[] = []
  #isClosed = false
  #wake: (() => void) | undefined

  /** Resolves once the reader has the event. */
  push(event: ReadEvent): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((taken) => {
      this.#unread.push({ event, taken })
      this.#wake?.()
    })
  }

  /** What is unread is still read; nothing is added any more. */
  close(): void {
    this.#isClosed = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadEvent> {
    try {
      for (;;) {
        const entry = this.#unread.shift()
        if (entry) {
          entry.taken()
          yield entry.event
        } else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.#isClosed = true
      for (const { taken } of this.#unread.splice(0)) taken()
    }
  }
}
