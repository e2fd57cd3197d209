import type { Clock, Logger } from '../../base/index.js'
import type { OrchestrateStore, RunEvent } from '../contract/index.js'
import { type Alert, alertEvents, alertOf } from './alert.js'
import type { AlertSettings } from './channels.js'
import type { Delivery } from './delivery.js'

export interface AlertOptions extends AlertSettings {
  readonly project: string
  /** Where the page is that alerts lead to. */
  readonly pageUrl: string
}

const atOnce = 500
/** So many of these in one go. */
const mostPages = 20
const [firstPauseMs, longestPauseMs] = [1_000, 300_000]
/** What nobody could be told for so long is old. */
const oldMs = 24 * 3_600_000

/** Tells one address of what went wrong, each thing once, in order; what it does not take is tried again, for a day. */
export class AlertChannel {
  readonly #name: string
  readonly #deliver: Delivery
  readonly #options: AlertOptions
  readonly #store: OrchestrateStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #signal: AbortSignal
  #pauseMs = 0
  #notBeforeMs = 0

  constructor(
    name: string,
    deliver: Delivery,
    options: AlertOptions,
    around: {
      readonly store: OrchestrateStore
      readonly clock: Clock
      readonly logger: Logger
      readonly signal: AbortSignal
    },
  ) {
    this.#name = name
    this.#deliver = deliver
    this.#options = options
    this.#store = around.store
    this.#clock = around.clock
    this.#logger = around.logger
    this.#signal = around.signal
  }

  /** Sends what happened since it was called last. What happened before the very first time is passed over. */
  async send(): Promise<void> {
    if (this.#clock.monotonicMs() < this.#notBeforeMs) return
    let after = await this.#store.alertCursor(this.#name)
    for (let page = 0; page < mostPages && !this.#signal.aborted; page++) {
      const [last] = await this.#store.readEvents({ after, newestFirst: true, limit: 1 })
      if (!last) return
      const events = await this.#store.readEvents({ after, ...alertEvents(this.#options.on), limit: atOnce })
      if (!(await this.#tell(events))) return
      const isAll = events.length < atOnce
      // What is no alert is passed over as well: nobody looks for alerts among it again.
      after = Math.max(isAll ? last.id : 0, events.at(-1)?.id ?? 0)
      await this.#store.moveAlertCursor(this.#name, after)
      if (isAll) return
    }
  }

  /** Whether all of them were told. What was is kept at once: it is told once. */
  async #tell(events: readonly RunEvent[]): Promise<boolean> {
    let passed: number | undefined
    for (const event of events) {
      const alert = await alertOf(event, this.#store, this.#options)
      if (alert && (this.#signal.aborted || !(await this.#isTold(alert)))) {
        if (passed !== undefined) await this.#store.moveAlertCursor(this.#name, passed)
        return false
      }
      if (alert) await this.#store.moveAlertCursor(this.#name, event.id)
      passed = alert ? undefined : event.id
    }
    return true
  }

  /** Whether it was told, or is too old to be. */
  async #isTold(alert: Alert): Promise<boolean> {
    const problem = await this.#deliver(alert)
    if (problem === undefined) {
      this.#pauseMs = 0
      return true
    }
    const isOld = this.#clock.now().getTime() - Date.parse(alert.at) > oldMs
    if (this.#pauseMs === 0 || isOld)
      this.#logger.warn(
        `The alert of ${alert.runId === undefined ? (alert.automation ?? alert.asset) : `run ${alert.runId}`} could not be sent to ${this.#name}: ${problem}${isOld ? '. It is given up.' : ''}`,
      )
    if (isOld) return true
    this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2))
    this.#notBeforeMs = this.#clock.monotonicMs() + this.#pauseMs
    return false
  }
}
