import type { SourceEvent } from '../contract.js'

interface Entry {
  readonly event: SourceEvent
  readonly taken: () => void
  readonly handled: () => void
}

/** Events on their way to whoever reads the source. A writer waits until its event is taken: nothing piles up but one event of each. */
export class EventChannel implements AsyncIterable<SourceEvent> {
  readonly #unread: Entry[] = []
  #isClosed = false
  #wake: (() => void) | undefined

  /** Resolves once the reader has the event. */
  push(event: SourceEvent): Promise<void> {
    return this.#add(event, 'taken')
  }

  /** Resolves once the reader has asked for the next one: it has done what it wanted with this one. */
  pushThrough(event: SourceEvent): Promise<void> {
    return this.#add(event, 'handled')
  }

  /** What is unread is still read; nothing is added any more. */
  close(): void {
    this.#isClosed = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SourceEvent> {
    try {
      for (;;) {
        const entry = this.#unread.shift()
        if (entry) {
          entry.taken()
          yield entry.event
          entry.handled()
        } else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.#isClosed = true
      for (const { taken, handled } of this.#unread.splice(0)) {
        taken()
        handled()
      }
    }
  }

  #add(event: SourceEvent, until: 'taken' | 'handled'): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#unread.push({ event, taken: nothing, handled: nothing, [until]: resolve })
      this.#wake?.()
    })
  }
}

const nothing = (): void => {}
