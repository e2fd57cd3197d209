import type { Clock } from '../../../../base/index.js'
import type { HttpResponse, StreamSlice } from '../../component-contract.js'
import type { JobStatus } from './async-job-status-map.js'

/** A job that an API was asked for; or was to be, and did not take. */
export class Job {
  readonly slice: StreamSlice
  /** Undefined for one that could not be started. */
  readonly created: HttpResponse | undefined
  /** The answer by which it was known to be ready. */
  completed: HttpResponse | undefined
  /** Before it no further try is made, in milliseconds. */
  retryAtMs: number | undefined
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #startedAtMs: number
  #endedAtMs: number | undefined
  #status: JobStatus

  constructor(given: {
    readonly slice: StreamSlice
    readonly created: HttpResponse | undefined
    readonly timeoutMs: number
    readonly clock: Clock
  }) {
    this.slice = given.slice
    this.created = given.created
    this.#clock = given.clock
    this.#timeoutMs = given.created ? given.timeoutMs : Number.POSITIVE_INFINITY
    this.#startedAtMs = given.clock.now().getTime()
    this.#status = given.created ? 'running' : 'failed'
  }

  get status(): JobStatus {
    const until = this.#endedAtMs ?? this.#clock.now().getTime()
    return until - this.#startedAtMs > this.#timeoutMs ? 'timeout' : this.#status
  }

  update(status: JobStatus): void {
    if (status !== 'running') this.#endedAtMs ??= this.#clock.now().getTime()
    this.#status = status
  }
}
