import { systemClock, throwIfAborted, toMillraceError } from '../../base/index.js'
import { inTransaction } from '../../warehouse/index.js'
import { contextOf } from '../connections/verbs.js'
import type { MessageReading, MessageSource, SourceMessage } from '../connectors/connector.js'
import type { ConnectionStream, StreamResult, SyncOptions } from '../contract.js'
import { type Destination, type DestinationSession, type Published, withSession } from '../destinations/destination.js'
import { extractLoadErrors } from '../errors.js'
import { MessageStream } from './message-stream.js'
import { planStream } from './plan-stream.js'
import { readSharedState, readState, type StreamState, writeSharedState } from './state-table.js'

/** Records of one stream that are staged together, and those of all streams that may wait for it. */
const stageBytes = 16 * 1024 * 1024
const waitingBytes = 64 * 1024 * 1024
const usualCheckpoint = { bytes: 64 * 1024 * 1024, ms: 30_000 }
const progressIntervalMs = 250

/** Syncs streams whose source sends all of them at once, as messages. A failure is in the results of the streams that it hit. */
export function syncMessages(
  source: MessageSource,
  destination: Destination,
  streams: readonly ConnectionStream[],
  options: SyncOptions,
): Promise<StreamResult[]> {
  const sync = (session: DestinationSession) => new MessageSync(source, destination, session, streams, options).run()
  return withSession(destination, sync, options)
}

class MessageSync {
  readonly #source: MessageSource
  readonly #destination: Destination
  readonly #session: DestinationSession
  readonly #configured: readonly ConnectionStream[]
  readonly #options: SyncOptions
  readonly #started = performance.now()
  readonly #results = new Map<string, StreamResult>()
  #streams = new Map<string, MessageStream>()
  /** What is being staged while the next records are read. */
  #staging: Promise<void> = Promise.resolve()
  #sharedState: string | undefined
  #lastCommit = performance.now()
  #bytesSinceCommit = 0
  #lastReport = 0
  #hasStatuses = false
  readonly #estimates = new Map<string, number>()
  readonly #unknown = new Set<string>()

  constructor(
    source: MessageSource,
    destination: Destination,
    session: DestinationSession,
    streams: readonly ConnectionStream[],
    options: SyncOptions,
  ) {
    this.#source = source
    this.#destination = destination
    this.#session = session
    this.#configured = streams
    this.#options = options
  }

  async run(): Promise<StreamResult[]> {
    for (const { name } of this.#configured) this.#options.onEvent({ type: 'stream_started', stream: name })
    try {
      const reading = await this.#open()
      try {
        await this.#read(reading)
        await this.#finishAll()
      } catch (error) {
        await this.#salvage()
        throw error
      } finally {
        await reading.dispose()
        for (const stream of this.#streams.values()) await stream.dispose()
      }
    } catch (error) {
      for (const stream of this.#configured) if (!this.#results.has(stream.name)) this.#fail(stream, error)
    }
    return this.#configured.map(({ name }) => this.#results.get(name) as StreamResult)
  }

  async #open(): Promise<MessageReading> {
    const { connection, clock, signal, fullRefresh = false } = this.#options
    const planned = []
    for (const stream of this.#configured) {
      const previous = await readState(this.#session.tables, connection.name, stream.name)
      const table = await this.#session.columns(stream)
      planned.push({
        stream,
        previous,
        plan: planStream(stream, previous, {
          table,
          fullRefresh,
          connection,
          canResume: await this.#canResume(previous, stream),
        }),
      })
    }
    const reading = await this.#source.open(contextOf(this.#options), {
      streams: planned.map(({ stream, previous, plan }) => ({
        stream,
        state: plan.state,
        generationId: plan.generationId,
        startsOver: plan.replacesTable,
        syncId: previous.syncId + 1,
      })),
      sharedState: planned.every(({ plan }) => plan.replacesTable)
        ? undefined
        : await readSharedState(this.#session.tables, connection.name),
    })
    const extractedAt = (clock ?? systemClock).now()
    for (const one of planned) {
      const { name } = one.stream
      const stream = new MessageStream(this.#session, {
        ...one,
        warehouse: this.#destination.staging,
        connectionName: connection.name,
        columns: reading.columns.get(name) ?? [],
        extractedAt,
        signal,
        onWarning: (message) => this.#log('warn', message, name),
      })
      await stream.start()
      this.#streams.set(name, stream)
    }
    return reading
  }

  /** Whether what a broken load staged is still there. */
  async #canResume({ pending }: StreamState, { schema }: ConnectionStream): Promise<boolean> {
    if (!pending || !this.#session.keepsStaging) return false
    const relations = await this.#destination.staging.listRelations({ schemas: [schema] })
    return relations.some(({ identifier }) => identifier === pending.table)
  }

  async #read({ messages }: MessageReading): Promise<void> {
    for await (const batch of messages) {
      throwIfAborted(this.#options.signal)
      for (const message of batch) await this.#take(message)
      this.#report()
    }
    throwIfAborted(this.#options.signal)
  }

  async #take(message: SourceMessage): Promise<void> {
    switch (message.type) {
      case 'records':
        return this.#records(message)
      case 'state':
        return this.#state(message)
      case 'status':
        return this.#status(message)
      case 'estimate':
        this.#estimates.set(message.stream, message.rows)
        return
      case 'log':
        this.#log(message.level, message.message)
    }
  }

  async #records({ stream: name, records }: Extract<SourceMessage, { type: 'records' }>): Promise<void> {
    const stream = this.#streams.get(name)
    if (!stream) return this.#passOver(name)
    stream.add(records)
    this.#bytesSinceCommit += records.bytes.length
    if (stream.bufferedBytes >= stageBytes) await this.#stage(stream)
    else if (this.#waiting() >= waitingBytes) await this.#stage(this.#largest())
  }

  #waiting(): number {
    // Only where it can matter: the sum over many streams is taken rarely.
    if (this.#streams.size < waitingBytes / stageBytes) return 0
    let sum = 0
    for (const { bufferedBytes } of this.#streams.values()) sum += bufferedBytes
    return sum
  }

  #largest(): MessageStream {
    return [...this.#streams.values()].reduce((a, b) => (a.bufferedBytes >= b.bufferedBytes ? a : b))
  }

  /** One at a time, beside the reading: when the next one is ready before, the reading waits. */
  async #stage(stream: MessageStream): Promise<void> {
    await this.#staging
    this.#staging = stream.takeBuffered()()
    // Whoever waits next hears of a failure.
    this.#staging.catch(() => {})
  }

  async #stageAll(streams: Iterable<MessageStream>): Promise<void> {
    for (const stream of streams) if (stream.bufferedBytes > 0) await this.#stage(stream)
    await this.#staging
  }

  async #state({ stream: name, text, recordCount }: Extract<SourceMessage, { type: 'state' }>): Promise<void> {
    const stream = name === undefined ? undefined : this.#streams.get(name)
    if (name !== undefined && !stream) return this.#passOver(name)
    const spokenFor = stream ? [stream] : [...this.#streams.values()]
    checkCount(name, recordCount, spokenFor)
    for (const one of spokenFor) {
      one.noteState(stream ? text : undefined)
      one.recordsSinceState = 0
    }
    if (!stream) this.#sharedState = text
    const { bytes, ms } = this.#options.checkpoint ?? usualCheckpoint
    if (this.#bytesSinceCommit >= bytes || performance.now() - this.#lastCommit >= ms)
      await this.#keepVouched(spokenFor)
  }

  /** What the source vouches for is committed, or noted where it is not to be seen yet. */
  async #keepVouched(streams: readonly MessageStream[]): Promise<void> {
    await this.#commit(streams, { onlyVouched: true })
    // A state of all streams says nothing of one of them.
    if (this.#sharedState !== undefined) return
    const replacing = streams.filter((one) => one.replacesTable && !one.isFinished)
    await this.#stageAll(replacing)
    for (const stream of replacing) await stream.keep()
    this.#noteCommit()
  }

  #noteCommit(): void {
    this.#lastCommit = performance.now()
    this.#bytesSinceCommit = 0
  }

  async #status({ stream: name, status }: Extract<SourceMessage, { type: 'status' }>): Promise<void> {
    this.#hasStatuses = true
    const stream = this.#streams.get(name)
    if (!stream) return
    if (status === 'INCOMPLETE') stream.status = 'incomplete'
    if (status !== 'COMPLETE') return
    stream.status = 'complete'
    // What replaces a table waits until the source is through with everything; what is added need not.
    if (stream.replacesTable || this.#sharedState !== undefined) return
    await this.#commit([stream], { onlyVouched: false })
    await this.#finish(stream)
  }

  /** Commits streams together, with the state of the whole connection where there is one. */
  async #commit(streams: readonly MessageStream[], { onlyVouched }: { readonly onlyVouched: boolean }): Promise<void> {
    const chosen = streams.filter((one) => !one.isFinished && !(onlyVouched && (one.replacesTable || one.isCommitted)))
    // A state of all streams is good only together with the records of all.
    if (onlyVouched && this.#sharedState !== undefined && streams.some((one) => one.replacesTable)) return
    if (chosen.length === 0) return
    await this.#stageAll(chosen)
    const ready: MessageStream[] = []
    for (const stream of chosen) if (await stream.prepare({ onlyVouched })) ready.push(stream)
    const published = await inTransaction(this.#session.tables, async () => {
      const all: (readonly [MessageStream, Published])[] = []
      for (const stream of ready) all.push([stream, await stream.publish()])
      if (this.#sharedState !== undefined)
        await writeSharedState(this.#session.tables, this.#options.connection.name, this.#sharedState)
      return all
    })
    for (const [stream, what] of published) await stream.committed(what)
    this.#noteCommit()
  }

  /** The source is through, without an error. */
  async #finishAll(): Promise<void> {
    const left = [...this.#streams.values()].filter((stream) => !stream.isFinished)
    const through = left.filter(({ status }) => status === 'complete' || (status === 'running' && !this.#hasStatuses))
    await this.#commit(through, { onlyVouched: false })
    for (const stream of through) await this.#finish(stream)
    if (through.length === left.length) return
    throw extractLoadErrors.create('SOURCE_FAILED', {
      message: 'The connector ended without saying that the stream is complete.',
      hint: 'What it wrote before stands in the log of the run. Rows up to its last state were kept where the table is added to; a table that is replaced stayed as it was.',
    })
  }

  /** The source failed: what it vouched for before is kept, where that leaves no half of a table. */
  async #salvage(): Promise<void> {
    if (this.#options.signal?.aborted) return
    try {
      await this.#keepVouched([...this.#streams.values()])
    } catch (error) {
      this.#log('warn', `What was read could not be kept: ${toMillraceError(error).message}`)
    }
  }

  async #finish(stream: MessageStream): Promise<void> {
    stream.isFinished = true
    const { request } = stream
    const isUnchanged =
      stream.recordsCommitted === 0 && !stream.options.plan.replacesTable && stream.schemaChanges.length === 0
    const result: StreamResult = {
      ...this.#identity(stream.options.stream),
      status: 'succeeded',
      recordsRead: stream.recordsRead,
      recordsCommitted: stream.recordsCommitted,
      recordsRejected: 0,
      bytesRead: stream.bytesRead,
      isUnchanged,
      tableRows: await this.#session.countRows(stream.options.stream),
      durationMs: performance.now() - this.#started,
      generationId: request.generationId,
      schemaChanges: stream.schemaChanges,
    }
    this.#results.set(stream.name, result)
    this.#options.onEvent({ type: 'stream_committed', stream: stream.name, result })
  }

  #fail(stream: ConnectionStream, thrown: unknown): void {
    const read = this.#streams.get(stream.name)
    const result: StreamResult = {
      ...this.#identity(stream),
      status: this.#options.signal?.aborted ? 'cancelled' : 'failed',
      recordsRead: read?.recordsRead ?? 0,
      recordsCommitted: read?.recordsCommitted ?? 0,
      recordsRejected: 0,
      bytesRead: read?.bytesRead ?? 0,
      isUnchanged: !read?.hasPublished,
      durationMs: performance.now() - this.#started,
      generationId: read?.request.generationId ?? 0,
      schemaChanges: read?.schemaChanges ?? [],
      error: toMillraceError(thrown).toJSON(),
    }
    this.#results.set(stream.name, result)
    this.#options.onEvent({ type: 'stream_failed', stream: stream.name, result })
  }

  #identity({ name, schema, table }: ConnectionStream) {
    return { stream: name, schema, table }
  }

  /** The source sends what nobody asked for: it is no reason to stop. */
  #passOver(name: string): void {
    if (this.#unknown.has(name)) return
    this.#unknown.add(name)
    this.#log('warn', `the source sends the stream \`${name}\`, which the connection does not name: it is passed over`)
  }

  #report(): void {
    if (performance.now() - this.#lastReport < progressIntervalMs) return
    this.#lastReport = performance.now()
    for (const { name, recordsRead, bytesRead, isFinished } of this.#streams.values()) {
      if (isFinished || recordsRead === 0) continue
      const estimate = this.#estimates.get(name)
      const fraction = estimate ? Math.min(1, recordsRead / estimate) : undefined
      this.#options.onEvent({ type: 'stream_progress', stream: name, recordsRead, bytesRead, fraction })
    }
  }

  #log(level: 'debug' | 'info' | 'warn' | 'error', message: string, stream?: string): void {
    this.#options.onEvent({ type: 'log', level, message, stream })
  }
}

/** @throws SOURCE_COUNT_WRONG */
function checkCount(name: string | undefined, counted: number | undefined, streams: readonly MessageStream[]): void {
  if (counted === undefined) return
  const arrived = streams.reduce((sum, { recordsSinceState }) => sum + recordsSinceState, 0)
  if (arrived === counted) return
  throw extractLoadErrors.create('SOURCE_COUNT_WRONG', {
    message: `The connector says that it sent ${counted} records${name === undefined ? '' : ` of the stream \`${name}\``} since its last state; ${arrived} arrived.`,
    hint: 'Nothing behind its last state was kept. Sync again; if it stays so, ask who maintains the connector.',
  })
}
