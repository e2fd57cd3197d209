import type { OrchestrateStore, StoreChange } from '../orchestrate/index.js'
import type { LiveEvent } from './contract/index.js'

/** One browser's place in the feed. */
export interface LiveReader {
  /** What happened since the last call: at once when something did, or after `waitMs`. @returns undefined at the end */
  next(waitMs: number): Promise<readonly LiveEvent[] | undefined>
  leave(): void
}

/** One subscription to the store for any number of browsers. */
export class LiveFeed {
  readonly #readers = new Set<PendingEvents>()

  /** Passes on what the store tells, until the signal aborts. */
  follow(store: Pick<OrchestrateStore, 'subscribe'>, signal: AbortSignal): void {
    void store.subscribe((change) => {
      const event = eventOf(change)
      for (const reader of this.#readers) reader.add(event)
    }, signal)
  }

  join(): LiveReader {
    const pending = new PendingEvents()
    this.#readers.add(pending)
    return {
      next: (waitMs) => pending.take(waitMs),
      leave: () => {
        this.#readers.delete(pending)
        pending.close()
      },
    }
  }
}

function eventOf(change: StoreChange): LiveEvent {
  if (change.type === 'events') return { type: 'run_events', runId: change.runId, lastEventId: change.lastEventId }
  return change.type === 'run' ? { type: 'run', runId: change.runId } : change
}

/**
 * What a reader has not taken yet. An event only says that something changed, so of two about the same thing the newer
 * one is enough: a browser that reads slowly, or has fallen asleep, costs no more than the things there are.
 */
class PendingEvents {
  readonly #events = new Map<string, LiveEvent>()
  #wake: (() => void) | undefined
  #isClosed = false

  add(event: LiveEvent): void {
    const about = 'runId' in event ? event.runId : 'name' in event ? event.name : ''
    const key = `${event.type} ${about}`
    // Behind what came in between.
    this.#events.delete(key)
    this.#events.set(key, event)
    this.#wake?.()
  }

  async take(waitMs: number): Promise<readonly LiveEvent[] | undefined> {
    if (this.#events.size === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        // A browser that stays connected must not keep the process alive.
        timer.unref()
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    this.#wake = undefined
    if (this.#isClosed) return undefined
    const events = [...this.#events.values()]
    this.#events.clear()
    return events
  }

  close(): void {
    this.#isClosed = true
    this.#wake?.()
  }
}
