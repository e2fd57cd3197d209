import type { DeclarativeStream, FileReference, RecordData } from '../component-contract.js'
import { failureOf } from '../failure.js'
import type { EventChannel } from './event-channel.js'
import type { KeptFiles } from './keep-files.js'

/** What is told of one stream while it is read. */
export class StreamProgress {
  readonly stream: DeclarativeStream
  readonly failures: unknown[] = []
  readonly #channel: EventChannel
  readonly #mostRecords: number
  /** Undefined where nobody wants its files. */
  readonly files: KeptFiles | undefined
  #total = 0
  #sinceState = 0
  #hasRecords = false

  /** @param wanted how many records, where somebody only looks, and the files that they are about */
  constructor(
    stream: DeclarativeStream,
    channel: EventChannel,
    { mostRecords, files }: { readonly mostRecords: number | undefined; readonly files: KeptFiles | undefined },
  ) {
    this.stream = stream
    this.#channel = channel
    this.files = files
    this.#mostRecords = mostRecords ?? Number.POSITIVE_INFINITY
  }

  /** As many records as are wanted were read. */
  get isFull(): boolean {
    return this.#total >= this.#mostRecords
  }

  /** @returns how many of so many records are wanted */
  accept(count: number): number {
    const wanted = Math.min(count, this.#mostRecords - this.#total)
    this.#total += wanted
    return wanted
  }

  async started(): Promise<void> {
    await this.#status('STARTED')
    if (this.stream.isStateGivenUp)
      await this.#channel.push({ type: 'state', stream: this.stream.name, state: {}, recordCount: 0 })
  }

  async records(records: readonly RecordData[], files?: readonly FileReference[]): Promise<void> {
    if (!this.#hasRecords) {
      this.#hasRecords = true
      await this.#status('RUNNING')
    }
    this.#sinceState += records.length
    await this.#channel.push({ type: 'records', stream: this.stream.name, records, ...(files && { files }) })
  }

  async state(): Promise<void> {
    const recordCount = this.#sinceState
    this.#sinceState = 0
    await this.#channel.push({
      type: 'state',
      stream: this.stream.name,
      state: this.stream.cursor.state(),
      recordCount,
    })
  }

  /** The stream goes on with its other slices; at its end it says what failed. */
  async failed(error: unknown): Promise<void> {
    const { message } = failureOf(error)
    // The first one is what the stream fails with, and each is said once.
    const isSaid = this.failures.length === 0 || this.failures.some((other) => failureOf(other).message === message)
    this.failures.push(error)
    const level = isSaid ? 'debug' : 'error'
    await this.#channel.push({ type: 'log', level, message: `${this.stream.name}: ${message}` })
  }

  async ended(): Promise<void> {
    try {
      this.stream.cursor.finish()
      await this.state()
    } catch (error) {
      await this.failed(error)
    }
    for (const { level, message } of this.files?.notes ?? [])
      await this.#channel.push({ type: 'log', level, message: `${this.stream.name}: ${message}` })
    await this.#status(this.failures.length > 0 ? 'INCOMPLETE' : 'COMPLETE')
    for (const error of this.failures)
      await this.#channel.push({ type: 'error', stream: this.stream.name, ...failureOf(error), error })
  }

  #status(status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE'): Promise<void> {
    return this.#channel.push({ type: 'status', stream: this.stream.name, status })
  }
}
