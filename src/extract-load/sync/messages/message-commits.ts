import type { DestinationSession } from '../../destinations/destination.js'
import type { TimeLimits } from '../../loading/request/time-limits.js'
import { deleteSharedState, writeSharedState } from '../../loading/state/state-table.js'
import { attempt, fail } from '../attempts/attempt.js'
import { type Checkpoint, usualCheckpoint } from '../publish/checkpoint.js'
import type { MessageStream } from './message-stream.js'

/**
 * Records of one stream that are staged together: little, so that the warehouse is at work while the next ones are read, and so that as much again in
 * memory is not much. And those of all streams that may wait for it, where what is reserved for their columns is no more than usual.
 */
const stageBytes = 16 * 1024 * 1024
const waitingBytes = 64 * 1024 * 1024
/** For some 1 400 columns, or for those of one stream: were they counted, each few records of them would be a statement of their own. */
const usualColumnsBytes = 64 * 1024 * 1024

/** What waits of a stream, and what is reserved for its columns. */
interface Waiting {
  readonly bytes: number
  readonly columns: number
}
const nothing: Waiting = { bytes: 0, columns: 0 }

export interface MessageCommitsOptions {
  readonly connectionName: string
  /** The state of the whole connection as the last sync left it. */
  readonly storedSharedState: string | undefined
  readonly checkpoint: Checkpoint | undefined
  readonly limits: TimeLimits
  /** The stream was not brought into its table; the others go on. */
  readonly onFailed: (stream: MessageStream, error: unknown) => void
}

const hasFailed = ({ outcome }: MessageStream) => outcome === 'failed'

/**
 * When the rows of which streams are committed with which state. A stream with a state of its own is committed by itself; where all
 * streams share a state, all of them at once, or none.
 */
export class MessageCommits {
  readonly #session: DestinationSession
  readonly #options: MessageCommitsOptions
  readonly #streams: readonly MessageStream[]
  readonly #checkpoint: Checkpoint
  #sharedState: string | undefined
  #hasSharedRow: boolean
  /** What waits to be staged, of each stream and of all: there may be hundreds, whose records take turns. */
  readonly #waiting = new Map<MessageStream, Waiting>()
  #waitingBytes = 0
  #columnsBytes = 0
  /** Of the stream that has most. */
  #mostColumnsBytes = usualColumnsBytes
  /** What the first stream that failed came to. */
  #failure: unknown
  /** What is being staged while the next records are read. */
  #staging: Promise<unknown> = Promise.resolve()

  constructor(session: DestinationSession, streams: readonly MessageStream[], options: MessageCommitsOptions) {
    this.#session = session
    this.#streams = streams
    this.#options = options
    this.#checkpoint = options.checkpoint ?? usualCheckpoint
    this.#hasSharedRow = options.storedSharedState !== undefined
  }

  readonly #onFailed = (stream: MessageStream, error: unknown) => {
    this.#failure ??= error
    this.#noteWaiting(stream)
    this.#options.onFailed(stream, error)
  }

  /** A state speaks for all streams: one of this sync, or the one that it went on from. */
  get isShared(): boolean {
    return this.#sharedState !== undefined || (this.#hasSharedRow && this.#streams.some((one) => !one.startsOver))
  }

  /** Stages what waits, where it is enough. */
  async added(stream: MessageStream): Promise<void> {
    this.#noteWaiting(stream)
    if (stream.bufferedBytes >= stageBytes) await this.#stage(stream, { isMuch: true })
    else if (this.#isTooMuch) await this.#stage(this.#largest())
  }

  get #isTooMuch(): boolean {
    return this.#waitingBytes + Math.max(0, this.#columnsBytes - this.#mostColumnsBytes) >= waitingBytes
  }

  /** The stream of which most waits. */
  #largest(): MessageStream {
    const sizeOf = ({ bytes, columns }: Waiting) => bytes + columns
    return [...this.#waiting].reduce((a, b) => (sizeOf(a[1]) >= sizeOf(b[1]) ? a : b))[0]
  }

  #noteWaiting(stream: MessageStream): void {
    const before = this.#waiting.get(stream) ?? nothing
    const now = hasFailed(stream) ? nothing : { bytes: stream.bufferedBytes, columns: stream.columnsBytes }
    this.#waitingBytes += now.bytes - before.bytes
    this.#columnsBytes += now.columns - before.columns
    this.#mostColumnsBytes = Math.max(this.#mostColumnsBytes, now.columns)
    this.#waiting.set(stream, now)
  }

  /** One at a time, beside the reading: when the next one is ready before, the reading waits. Where it fails, only its stream does. */
  async #stage(stream: MessageStream, how?: { readonly isMuch: boolean }): Promise<void> {
    await this.#staging
    if (hasFailed(stream)) return
    this.#staging = attempt(stream, this.#onFailed, () => stream.stageBuffered(how))
    this.#noteWaiting(stream)
  }

  /** @returns whether everything that came of them is staged */
  async #stageNow(streams: readonly MessageStream[]): Promise<boolean> {
    for (const stream of streams) await this.#stage(stream)
    await this.#staging
    return !streams.some(hasFailed)
  }

  /** Waits for what is being staged. */
  async settle(): Promise<void> {
    await this.#staging
  }

  /** The source vouches for what it sent so far. */
  async streamState(stream: MessageStream, text: string): Promise<void> {
    stream.noteState(text)
    if (stream.isDue(this.#checkpoint)) await this.#keepCheckpointed(stream)
  }

  async sharedState(text: string): Promise<void> {
    this.#sharedState = text
    for (const stream of this.#streams) stream.noteState(undefined)
    if (this.#streams.some((stream) => stream.isDue(this.#checkpoint)))
      await this.#commitAll({ onlyCheckpointed: true })
  }

  /** A stream is complete: what is added to a table need not wait for the others. @returns whether it was committed */
  async complete(stream: MessageStream): Promise<boolean> {
    return !stream.replacesTable && !this.isShared && this.#commit(stream, { onlyCheckpointed: false })
  }

  /** The source is through: commits everything. @returns the streams that were */
  async finish(through: readonly MessageStream[]): Promise<readonly MessageStream[]> {
    if (!this.isShared) {
      const done: MessageStream[] = []
      for (const stream of through) if (await this.#commit(stream, { onlyCheckpointed: false })) done.push(stream)
      return done
    }
    if (this.#streams.some(hasFailed)) this.#failTogether()
    // The shared state speaks for the ones that are not through as well.
    if (through.length < this.#streams.length) return []
    return (await this.#commitAll({ onlyCheckpointed: false })) ? through : []
  }

  /**
   * Keeps what the source vouched for before it failed, where that leaves no half of a table, and all of a stream that was complete.
   * @returns the streams that were, and are committed now
   */
  async salvage(): Promise<readonly MessageStream[]> {
    const whole: MessageStream[] = []
    if (this.isShared) await this.#commitAll({ onlyCheckpointed: true })
    else
      for (const stream of this.#streams)
        if (!stream.isWhole || stream.outcome === 'finished') await this.#keepCheckpointed(stream)
        else if (await this.#commit(stream, { onlyCheckpointed: false })) whole.push(stream)
    return whole
  }

  /** What a stream's own state speaks for is committed, or noted where it is not to be seen yet. */
  async #keepCheckpointed(stream: MessageStream): Promise<void> {
    if (hasFailed(stream) || this.isShared) return
    if (!stream.replacesTable) {
      await this.#commit(stream, { onlyCheckpointed: true })
      return
    }
    if (await this.#stageNow([stream])) await attempt(stream, this.#onFailed, () => stream.keep())
  }

  async #commit(stream: MessageStream, { onlyCheckpointed }: { readonly onlyCheckpointed: boolean }): Promise<boolean> {
    if (hasFailed(stream)) return false
    if (onlyCheckpointed && !stream.hasState) return true
    if (!(await this.#stageNow([stream]))) return false
    return attempt(stream, this.#onFailed, async () => {
      await stream.prepare({ onlyCheckpointed })
      const published = await this.#transaction(async () => {
        const rows = await stream.publish()
        // It has a state of its own now: the shared one would be taken for newer.
        if (this.#hasSharedRow && stream.hasState)
          await deleteSharedState(this.#session.tables, this.#options.connectionName)
        return rows
      })
      if (stream.hasState) this.#hasSharedRow = false
      await stream.committed(published)
    })
  }

  #transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#session.transaction(() => this.#options.limits.destination(work))
  }

  async #commitAll({ onlyCheckpointed }: { readonly onlyCheckpointed: boolean }): Promise<boolean> {
    const streams = this.#streams
    if (onlyCheckpointed && this.#sharedState === undefined) return false
    // A table is not replaced by half of it.
    if (onlyCheckpointed && streams.some(({ replacesTable }) => replacesTable)) return false
    if (!(await this.#stageNow(streams))) return this.#failTogether()
    try {
      for (const stream of streams) await stream.prepare({ onlyCheckpointed })
      const published = await this.#transaction(async () => {
        const all = []
        for (const stream of streams) all.push([stream, await stream.publish()] as const)
        if (this.#sharedState !== undefined)
          await writeSharedState(this.#session.tables, this.#options.connectionName, this.#sharedState)
        return all
      })
      for (const [stream, what] of published) await stream.committed(what)
      return true
    } catch (error) {
      this.#failure ??= error
      return this.#failTogether()
    }
  }

  /** A state of all streams is good only together with the rows of all. */
  #failTogether(): false {
    for (const stream of this.#streams) fail(stream, this.#failure, this.#options.onFailed)
    return false
  }
}
