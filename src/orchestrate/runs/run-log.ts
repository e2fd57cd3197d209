import { redactDeep, shortened } from '../../base/index.js'
import type { NewRunEvent, OrchestrateStore, RunLease, RunRecord, StepChange } from '../contract/index.js'
import type { RunJournal } from './run-journal.js'

const flushAfterMs = 40
const retryAfterMs = 1_000
const progressEveryMs = 1_000

/** What code and others said. Names are none of it: an asset that is called like a password keeps its name. */
const said = ({ message, error, metadata }: NewRunEvent): Partial<NewRunEvent> => ({
  ...(message === undefined ? {} : { message }),
  ...(error ? { error } : {}),
  ...(metadata ? { metadata } : {}),
})

/** Collects what a run tells, and writes it in order, a batch at a time. Nothing secret passes. */
export class RunLog {
  readonly #store: OrchestrateStore
  readonly #lease: RunLease
  readonly #journal: Pick<RunJournal, 'event'> | undefined
  #events: NewRunEvent[] = []
  #steps: StepChange[] = []
  #timer: NodeJS.Timeout | undefined
  #tail: Promise<void> = Promise.resolve()
  /** Another engine writes now: what could not be written stays unwritten. */
  #isDiscarded = false
  #lastProgress = new Map<string, number>()

  constructor(store: OrchestrateStore, lease: RunLease, journal?: Pick<RunJournal, 'event'>) {
    this.#store = store
    this.#lease = lease
    this.#journal = journal
  }

  event(event: NewRunEvent): void {
    const shown = { ...event, ...redactDeep(said(event)) }
    this.#journal?.event(shown)
    this.#events.push(shown.message === undefined ? shown : { ...shown, message: shortened(shown.message) })
    this.#schedule(flushAfterMs)
  }

  /** Progress is for watching, not for keeping: one line a second and step is enough. */
  progress(event: NewRunEvent): void {
    const now = performance.now()
    const key = `${event.step} ${event.asset}`
    if (now - (this.#lastProgress.get(key) ?? Number.NEGATIVE_INFINITY) < progressEveryMs) return
    this.#lastProgress.set(key, now)
    this.event(event)
  }

  /** What became of a step is written at once, with all that was told before. */
  step(change: StepChange): void {
    this.#steps.push(change)
    this.#schedule(0)
  }

  /** Writes what is waiting. @throws what the store throws; nothing is lost, and the next flush tries again */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#tail = this.#tail.catch(() => {}).then(() => this.#write())
    return this.#tail
  }

  /** What is waiting, for who ends the run together with it; what was being written is there by then. */
  async rest(): Promise<RunRecord> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#tail
    const [events, steps] = [this.#events, this.#steps]
    this.#events = []
    this.#steps = []
    return { events, steps }
  }

  async #write(): Promise<void> {
    const [events, steps] = [this.#events, this.#steps]
    if (events.length === 0 && steps.length === 0) return
    this.#events = []
    this.#steps = []
    try {
      await this.#store.record(this.#lease, { events, steps })
    } catch (error) {
      if (this.#isDiscarded) return
      this.#events = [...events, ...this.#events]
      this.#steps = [...steps, ...this.#steps]
      throw error
    }
  }

  #dueAt = Number.POSITIVE_INFINITY
  #schedule(afterMs: number): void {
    const at = performance.now() + afterMs
    if (this.#timer !== undefined && this.#dueAt <= at) return
    clearTimeout(this.#timer)
    this.#dueAt = at
    this.#timer = setTimeout(() => void this.flush().catch(() => this.#schedule(retryAfterMs)), afterMs)
  }

  /** Drops what is waiting, when another engine has the run. */
  discard(): void {
    this.#isDiscarded = true
    clearTimeout(this.#timer)
    this.#events = []
    this.#steps = []
  }
}
