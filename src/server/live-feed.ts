import type { OrchestrateStore, StoreChange } from '../orchestrate/index.js'
import type { LiveEvent } from './contract/index.js'
import { serverErrors } from './errors.js'

/** One browser's place in the feed. */
export interface LiveReader {
  /**
   * What happened since the last call: at once when something did, or after `waitMs`.
   * @returns undefined at the end, which comes as well for who is too far behind
   */
  next(waitMs: number): Promise<readonly LiveEvent[] | undefined>
  leave(): void
}

/** Each costs a socket, and the writing of what happens. */
const mostReaders = 2_000
/** What one reader has not taken. Nobody who reads at all is that far behind, and who was cut off asks for everything anew. */
const mostPending = 5_000

/** One subscription to the store for many browsers. */
export class LiveFeed {
  readonly #readers = new Set<PendingEvents>()
  #hasEnded = false

  /** Passes on what the store tells, until the signal aborts: then it ends for all who read. */
  follow(store: Pick<OrchestrateStore, 'subscribe'>, signal: AbortSignal): void {
    const end = () => {
      this.#hasEnded = true
      for (const reader of this.#readers) reader.close()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
    void store.subscribe((change) => {
      const event = eventOf(change)
      for (const reader of this.#readers) reader.add(event)
    }, signal)
  }

  /** @throws SERVER_BUSY beyond two thousand readers */
  join(): LiveReader {
    if (this.#readers.size >= mostReaders)
      throw serverErrors.create('SERVER_BUSY', {
        message: `${mostReaders} browsers and programs follow what happens already.`,
        hint: 'Close pages that nobody looks at; a page asks again by itself.',
      })
    const pending = new PendingEvents()
    this.#readers.add(pending)
    if (this.#hasEnded) pending.close()
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

function aboutOf(event: LiveEvent): string {
  if ('runId' in event) return event.runId
  if ('name' in event) return event.name
  return 'id' in event ? event.id : ''
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
    if (this.#isClosed) return
    const key = `${event.type} ${aboutOf(event)}`
    // Behind what came in between.
    this.#events.delete(key)
    this.#events.set(key, event)
    if (this.#events.size > mostPending) {
      this.#events.clear()
      this.close()
    } else this.#wake?.()
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
