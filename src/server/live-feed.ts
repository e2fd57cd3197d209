import type { OrchestrateStore } from '../orchestrate/index.js'
import type { LiveEvent } from './contract/index.js'

/** One subscription to the store for any number of browsers. */
export class LiveFeed {
  readonly #clients = new Set<(event: LiveEvent) => void>()

  constructor(store: OrchestrateStore, signal: AbortSignal) {
    void store.subscribe((change) => {
      const event: LiveEvent =
        change.type === 'events' ? { type: 'run_events', runId: change.runId, lastEventId: change.lastEventId } : change
      for (const send of this.#clients) send(event)
    }, signal)
  }

  /** Answers how to leave. */
  join(send: (event: LiveEvent) => void): () => void {
    this.#clients.add(send)
    return () => this.#clients.delete(send)
  }
}
