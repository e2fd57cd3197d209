import type { NewRunEvent, OrchestrateStore, RunLease } from '../contract.js'

const flushAfterMs = 40
const progressEveryMs = 1_000

/** Collects a run's events and appends them in order, a batch at a time. */
export class EventWriter {
  readonly #store: OrchestrateStore
  readonly #lease: RunLease
  #buffer: NewRunEvent[] = []
  #timer: NodeJS.Timeout | undefined
  #tail: Promise<void> = Promise.resolve()
  #lastProgress = new Map<string, number>()

  constructor(store: OrchestrateStore, lease: RunLease) {
    this.#store = store
    this.#lease = lease
  }

  push(event: NewRunEvent): void {
    this.#buffer.push(event)
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), flushAfterMs)
  }

  /** Progress is for watching, not for keeping: one line a second and step is enough. */
  progress(event: NewRunEvent): void {
    const now = performance.now()
    const key = `${event.step} ${event.asset}`
    if (now - (this.#lastProgress.get(key) ?? 0) < progressEveryMs) return
    this.#lastProgress.set(key, now)
    this.push(event)
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#tail = this.#tail.then(async () => {
      const events = this.#buffer.splice(0)
      if (events.length > 0) await this.#store.appendEvents(this.#lease, events)
    })
    return this.#tail
  }

  async close(): Promise<void> {
    await this.flush()
  }
}
