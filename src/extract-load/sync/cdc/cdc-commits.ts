import type { CdcEvent } from '../../connectors/connector.js'
import type { DestinationSession } from '../../destinations/destination.js'
import type { TimeLimits } from '../../loading/request/time-limits.js'
import { attempt, fail } from '../attempts/attempt.js'
import type { Checkpoint } from '../publish/checkpoint.js'
import type { CdcStream } from './cdc-stream.js'

interface CdcCommitsOptions {
  readonly checkpoint: Checkpoint
  readonly limits: TimeLimits
  /** The stream was not brought into its table; the others go on. */
  readonly onFailed: (stream: CdcStream, error: unknown) => void
  readonly onCommitted: () => void
}

/** When what was read from a log is committed: at a position, all streams in one transaction, so that tables agree with each other. */
export class CdcCommits {
  readonly #session: DestinationSession
  readonly #streams: readonly CdcStream[]
  readonly #options: CdcCommitsOptions
  #states: ReadonlyMap<string, unknown> | undefined
  #lastAt = performance.now()
  /** Read since the last commit. */
  bytes = 0

  constructor(session: DestinationSession, streams: readonly CdcStream[], options: CdcCommitsOptions) {
    this.#session = session
    this.#streams = streams
    this.#options = options
  }

  /** What changed in a stream. Where it cannot be taken, the others go on. */
  async changes(stream: CdcStream, event: Extract<CdcEvent, { type: 'changes' }>): Promise<void> {
    this.bytes += event.sizeBytes
    await attempt(stream, this.#options.onFailed, () => stream.add(event))
  }

  async position(states: ReadonlyMap<string, unknown>): Promise<void> {
    this.#states = states
    const { bytes, ms } = this.#options.checkpoint
    if (this.bytes >= bytes || performance.now() - this.#lastAt >= ms) await this.#commit(states)
  }

  /** The log was read to its end, which is a position. */
  async finish(): Promise<void> {
    if (this.#states) await this.#commit(this.#states)
  }

  async #commit(states: ReadonlyMap<string, unknown>): Promise<void> {
    const streams = this.#streams.filter(({ isFollowed }) => isFollowed)
    const ready: CdcStream[] = []
    for (const stream of streams)
      if (await attempt(stream, this.#options.onFailed, () => stream.prepare())) ready.push(stream)
    try {
      await this.#publish(ready, states)
    } catch (error) {
      if (ready.length < 2) for (const stream of ready) fail(stream, error, this.#options.onFailed)
      // Which of them it is shows when each is alone.
      else
        for (const stream of ready) await attempt(stream, this.#options.onFailed, () => this.#publish([stream], states))
    }
    this.#states = undefined
    this.#lastAt = performance.now()
    this.bytes = 0
    this.#options.onCommitted()
  }

  async #publish(streams: readonly CdcStream[], states: ReadonlyMap<string, unknown>): Promise<void> {
    const publish = async () => {
      const all = []
      for (const stream of streams) all.push(await stream.publish(states.get(stream.name)))
      return all
    }
    const published = await this.#session.transaction(() => this.#options.limits.destination(publish))
    for (const [i, stream] of streams.entries())
      await stream.committed(states.get(stream.name), published[i] as (typeof published)[number])
  }
}
