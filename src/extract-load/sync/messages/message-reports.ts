import type { ConnectionStream } from '../../contract.js'
import { type DestinationSession, fileColumns } from '../../destinations/destination.js'
import type { SyncWork } from '../../loading/request/time-limits.js'
import type { StreamResult, SyncEvent } from '../../sync-contract.js'
import { failedResult } from '../attempts/failed-result.js'
import { progressIntervalMs } from '../table-streams/sync-stream.js'
import type { MessageStream } from './message-stream.js'

/** What is said of the streams of a sync by messages: how far they are, and what came of them. */
export class MessageReports {
  readonly #session: DestinationSession
  readonly #options: SyncWork
  readonly #startedAt = performance.now()
  readonly #results = new Map<string, StreamResult>()
  readonly #expectedRows = new Map<string, number>()
  readonly #unknown = new Set<string>()
  #lastProgress = 0

  constructor(session: DestinationSession, options: SyncWork) {
    this.#session = session
    this.#options = options
  }

  resultOf(stream: string): StreamResult | undefined {
    return this.#results.get(stream)
  }

  /** It came otherwise: its next result counts. */
  takeBack(stream: string): void {
    this.#results.delete(stream)
  }

  async finish(stream: MessageStream): Promise<void> {
    stream.noteFinished()
    const { recordsRead, recordsCommitted, bytesRead, schemaChanges } = stream.progress
    const { schema, table } = stream.options.stream
    const result: StreamResult = {
      stream: stream.name,
      schema,
      table,
      status: 'succeeded',
      recordsRead,
      recordsCommitted,
      recordsRejected: 0,
      bytesRead,
      isUnchanged: recordsCommitted === 0 && !stream.startsOver && schemaChanges.length === 0,
      tableRows: await this.#session.countRows(stream.options.stream),
      columns: await fileColumns(this.#session, stream.options.stream),
      durationMs: performance.now() - this.#startedAt,
      generationId: stream.request.generationId,
      schemaChanges,
      ...(recordsRead === 0 && stream.whyEmpty !== undefined && { note: `0 rows: ${stream.whyEmpty}` }),
    }
    this.#results.set(stream.name, result)
    this.#options.onEvent({ type: 'stream_committed', stream: stream.name, result })
  }

  /**
   * What a stream came to first is said of it.
   * @param read undefined where it was not begun
   */
  fail(stream: ConnectionStream, read: MessageStream | undefined, thrown: unknown): void {
    if (this.#results.has(stream.name)) return
    const { signal, connection } = this.#options
    const result = failedResult(stream, thrown, {
      ...(read && progressOf(read)),
      signal,
      startedAt: this.#startedAt,
      connection,
    })
    this.#results.set(stream.name, result)
    this.#options.onEvent({ type: 'stream_failed', stream: stream.name, result })
  }

  /** The source sends what nobody asked for: it is no reason to stop. */
  passOver(name: string): void {
    if (this.#unknown.has(name)) return
    this.#unknown.add(name)
    this.log('warn', `the source sends the stream \`${name}\`, which the connection does not name: it is passed over`)
  }

  /** The source says how many rows a stream will have. */
  expect(stream: string, rows: number): void {
    this.#expectedRows.set(stream, rows)
  }

  progress(streams: Iterable<MessageStream>): void {
    if (performance.now() - this.#lastProgress < progressIntervalMs) return
    this.#lastProgress = performance.now()
    for (const { name, progress, outcome } of streams) {
      const { recordsRead, bytesRead } = progress
      if (outcome !== 'open' || recordsRead === 0) continue
      const expected = this.#expectedRows.get(name)
      const fraction = expected ? Math.min(1, recordsRead / expected) : undefined
      this.#options.onEvent({ type: 'stream_progress', stream: name, recordsRead, bytesRead, fraction })
    }
  }

  log(level: Extract<SyncEvent, { type: 'log' }>['level'], message: string, stream?: string): void {
    this.#options.onEvent({ type: 'log', level, message, stream })
  }
}

const progressOf = ({ progress: { hasPublished, ...counts }, request: { generationId } }: MessageStream) => ({
  ...counts,
  isUnchanged: !hasPublished,
  generationId,
})
