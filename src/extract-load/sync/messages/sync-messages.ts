import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock, throwIfAborted } from '../../../base/index.js'
import { connectionStreams } from '../../connections/schema/streams.js'
import { contextOf } from '../../connections/verbs.js'
import type { MessageReading, MessageSource, SourceMessage, StreamRequest } from '../../connectors/connector.js'
import type { ConnectionStream } from '../../contract.js'
import { type Destination, type DestinationSession, withSession } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import { asLoaded, type NameOf } from '../../fields/loaded-names.js'
import { valueMapper } from '../../fields/mappers.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isSelected } from '../../fields/selection.js'
import { judgeSchema, readStream, type SchemaVerdict } from '../../loading/request/judge-schema.js'
import type { SyncWork } from '../../loading/request/time-limits.js'
import { mappedValue } from '../../loading/rows/map-values.js'
import { readSharedState, type StreamState } from '../../loading/state/state-table.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import type { StreamResult } from '../../sync-contract.js'
import { fieldsToFill, fillReason } from '../plan/backfill.js'
import { fillingPlan } from '../plan/plan-stream.js'
import { type PlannedStream, planSync } from '../plan/planned-stream.js'
import { MessageCommits } from './message-commits.js'
import { MessageReports } from './message-reports.js'
import { MessageStream } from './message-stream.js'

/** Syncs streams whose source sends all of them at once, as messages. A failure is in the results of the streams that it hit. */
export function syncMessages(
  source: MessageSource,
  destination: Destination,
  streams: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const sync = async (session: DestinationSession) => {
    const shared = await readSharedState(session.tables, options.connection.name)
    // Read without the others, a stream would move the state on that they share.
    const all = shared === undefined ? streams : connectionStreams(options.connection)
    return new MessageSync(source, destination, session, all, options).run(shared)
  }
  return withSession(destination, sync, options)
}

interface ReadStream extends PlannedStream {
  /** As it is read. */
  readonly read: ConnectionStream
}

interface JudgedStream extends ReadStream {
  readonly schema: SchemaVerdict
}

/** A stream with what becomes of the fields that its source has; where new ones are to be filled, it is read from the start. */
function judge(one: ReadStream, offered: readonly OfferedField[]): JudgedStream {
  const schema = judgeSchema(one.situation, offered)
  const fields = one.plan.isFromStart ? [] : fieldsToFill(one.situation, offered)
  const plan = fields.length === 0 ? one.plan : fillingPlan(one.stream, one.previous, fillReason(fields))
  return { ...one, schema, plan }
}

const requestOf = ({ read, previous, plan }: ReadStream): StreamRequest => ({
  stream: read,
  state: plan.state,
  generationId: plan.generationId,
  startsOver: plan.replacesTable,
  isFromStart: plan.isFromStart,
  syncId: previous.syncId + 1,
})

class MessageSync {
  readonly #source: MessageSource
  readonly #destination: Destination
  readonly #session: DestinationSession
  readonly #configured: readonly ConnectionStream[]
  readonly #options: SyncWork
  readonly #reports: MessageReports
  readonly #streams = new Map<string, MessageStream>()
  /** Records of streams that nobody asked for, or that failed, since the last state of all streams. */
  #passedOver = 0
  #hasStatuses = false

  constructor(
    source: MessageSource,
    destination: Destination,
    session: DestinationSession,
    streams: readonly ConnectionStream[],
    options: SyncWork,
  ) {
    this.#source = source
    this.#destination = destination
    this.#session = session
    this.#configured = streams
    this.#options = options
    this.#reports = new MessageReports(session, options)
  }

  async run(storedSharedState: string | undefined): Promise<StreamResult[]> {
    for (const { name } of this.#configured) this.#options.onEvent({ type: 'stream_started', stream: name })
    try {
      const planned = await this.#plan(storedSharedState !== undefined)
      if (planned.length > 0) await this.#sync(planned, storedSharedState)
    } catch (error) {
      // What goes wrong after the last of them was complete would be said of none.
      if (!this.#options.signal?.aborted && this.#areAllThrough())
        for (const { name } of this.#configured) this.#reports.takeBack(name)
      for (const stream of this.#configured) this.#fail(stream, causeOf(this.#streams.get(stream.name)) ?? error)
    }
    return this.#configured.map(({ name }) => this.#reports.resultOf(name) as StreamResult)
  }

  #areAllThrough(): boolean {
    return this.#configured.every(({ name }) => this.#reports.resultOf(name)?.status === 'succeeded')
  }

  /** A stream that cannot be loaded as it is configured does not stop the others, unless they share a state. */
  async #plan(isShared: boolean): Promise<ReadStream[]> {
    const { connection, fullRefresh = false, resumesFullRefresh, streams: asked, onEvent } = this.#options
    const planned: ReadStream[] = []
    for (const stream of this.#configured)
      try {
        const one = await planSync(this.#destination, this.#session, stream, {
          connection,
          fullRefresh: fullRefresh && (asked?.includes(stream.name) ?? true),
          resumesFullRefresh,
          onEvent,
          canResume: (previous) => this.#canResume(previous, stream),
        })
        planned.push({ ...one, read: readStream(one.situation) })
      } catch (error) {
        if (isShared) throw error
        this.#fail(stream, error)
      }
    return planned
  }

  #fail(stream: ConnectionStream, thrown: unknown): void {
    this.#reports.fail(stream, this.#streams.get(stream.name), thrown)
  }

  /** Whether what a broken load staged is still there. */
  async #canResume({ pending }: StreamState, { schema }: ConnectionStream): Promise<boolean> {
    if (!pending || !this.#session.keepsStaging) return false
    const relations = await this.#destination.staging.listRelations({ schemas: [schema] })
    return relations.some(({ identifier }) => identifier === pending.table)
  }

  async #sync(planned: readonly ReadStream[], storedSharedState: string | undefined): Promise<void> {
    const judged = new Map<string, JudgedStream>()
    const reading = await this.#source.open(contextOf(this.#options), {
      streams: planned.map(requestOf),
      sharedState: planned.every(({ plan }) => plan.isFromStart) ? undefined : storedSharedState,
      takesKeptCatalog: this.#takesKeptCatalog(planned),
      files: this.#destination.files,
      onOffered: ({ stream: { name } }, offered) => {
        const one = judge(planned.find(({ stream }) => stream.name === name) as ReadStream, offered)
        judged.set(name, one)
        if (one.plan.fills !== undefined) this.#reports.log('info', `read from the start: ${one.plan.fills}`, name)
        return requestOf(one)
      },
    })
    let commits: MessageCommits | undefined
    try {
      for (const { stream } of planned)
        if (reading.refused.has(stream.name)) this.#fail(stream, reading.refused.get(stream.name))
      const read = [...judged.values()].filter(({ stream }) => !reading.refused.has(stream.name))
      await this.#startStreams(read, reading)
      commits = new MessageCommits(this.#session, [...this.#streams.values()], {
        connectionName: this.#options.connection.name,
        storedSharedState,
        checkpoint: this.#options.checkpoint,
        limits: this.#options.limits,
        onFailed: ({ name, options: { stream } }, error) => {
          // The source may have called it complete, and then sent more.
          this.#reports.takeBack(name)
          this.#fail(stream, error)
        },
      })
      await this.#read(reading, commits)
      await this.#finishAll(commits)
    } catch (error) {
      if (!this.#options.signal?.aborted)
        for (const stream of (await commits?.salvage()) ?? []) await this.#reports.finish(stream)
      throw error
    } finally {
      await commits?.settle()
      await reading.dispose()
      for (const stream of this.#streams.values()) await stream.dispose()
    }
  }

  /** Where somebody wants to be asked of changes, or to have everything as it is now, the source tells what it has now. */
  #takesKeptCatalog(planned: readonly ReadStream[]): boolean {
    const { connection, fullRefresh } = this.#options
    const isKnown = ({ previous }: ReadStream) => previous.accepted && !previous.isCleared
    return !fullRefresh && connection.schemaChanges !== 'pause' && planned.every(isKnown)
  }

  async #startStreams(judged: readonly JudgedStream[], { columns }: MessageReading): Promise<void> {
    const { connection, clock, limits, signal } = this.#options
    const extractedAt = (clock ?? systemClock).now()
    for (const one of judged) {
      const { name } = one.stream
      const { nameOf } = one.situation
      const loaded = asLoaded(one.read, nameOf)
      const stream = new MessageStream(this.#session, {
        stream: loaded,
        nameOf,
        previous: one.previous,
        plan: one.plan,
        schema: one.schema,
        warehouse: this.#destination.staging,
        connectionName: connection.name,
        columns: (columns.get(name) ?? [])
          .filter(({ key }) => isSelected(one.read, key))
          .map((column) => mappedColumn(loaded, column, nameOf)),
        extractedAt,
        limits,
        signal,
        onWarning: (message) => this.#reports.log('warn', message, name),
      })
      this.#streams.set(name, stream)
      await stream.start()
    }
  }

  async #read({ messages }: MessageReading, commits: MessageCommits): Promise<void> {
    for await (const batch of messages) {
      throwIfAborted(this.#options.signal)
      for (const message of batch) await this.#take(message, commits)
      if (this.#isLost()) return
      this.#reports.progress(this.#streams.values())
      // A pipe that is never empty would keep this thread: what is being staged meanwhile waits for it again and again.
      await nextTurn()
    }
    throwIfAborted(this.#options.signal)
  }

  /** Nothing that the source may still send can be kept. */
  #isLost(): boolean {
    for (const { outcome } of this.#streams.values()) if (outcome !== 'failed') return false
    return true
  }

  async #take(message: SourceMessage, commits: MessageCommits): Promise<void> {
    switch (message.type) {
      case 'records':
        return this.#records(message, commits)
      case 'state':
        return this.#state(message, commits)
      case 'status':
        return this.#status(message, commits)
      case 'estimate':
        return this.#reports.expect(message.stream, message.rows)
      case 'log':
        this.#said(message)
    }
  }

  #said({ level, message, whyEmpty }: Extract<SourceMessage, { type: 'log' }>): void {
    this.#reports.log(level, message, whyEmpty)
    if (whyEmpty !== undefined) this.#streams.get(whyEmpty)?.noteWhyEmpty(message)
  }

  async #records(
    { stream: name, records }: Extract<SourceMessage, { type: 'records' }>,
    commits: MessageCommits,
  ): Promise<void> {
    const stream = this.#streams.get(name)
    // A state of all streams counts these as well.
    if (!stream || stream.outcome === 'failed') this.#passedOver += records.rows
    if (!stream) return this.#reports.passOver(name)
    if (stream.outcome === 'failed') return
    stream.add(records)
    await commits.added(stream)
  }

  async #state(
    { stream: name, text, recordCount }: Extract<SourceMessage, { type: 'state' }>,
    commits: MessageCommits,
  ): Promise<void> {
    if (name === undefined) {
      let arrived = this.#passedOver
      for (const stream of this.#streams.values()) arrived += stream.takeCount()
      this.#passedOver = 0
      checkCount(undefined, recordCount, arrived)
      return commits.sharedState(text)
    }
    const stream = this.#streams.get(name)
    if (!stream) return this.#reports.passOver(name)
    if (stream.outcome === 'failed') return
    checkCount(name, recordCount, stream.takeCount())
    await commits.streamState(stream, text)
  }

  async #status(
    { stream: name, status, rateLimited, error }: Extract<SourceMessage, { type: 'status' }>,
    commits: MessageCommits,
  ): Promise<void> {
    this.#hasStatuses = true
    const stream = this.#streams.get(name)
    if (!stream || stream.outcome === 'failed') return
    if (rateLimited) {
      const until = rateLimited.until?.toISOString()
      this.#options.onEvent({ type: 'stream_rate_limited', stream: name, until })
    }
    if (status === 'INCOMPLETE') stream.noteIncomplete(error)
    if (status !== 'COMPLETE') return
    stream.noteComplete()
    if (await commits.complete(stream)) await this.#reports.finish(stream)
  }

  /** The source is through, without an error. */
  async #finishAll(commits: MessageCommits): Promise<void> {
    // A source may say more of a stream that it called complete.
    const left = [...this.#streams.values()].filter(
      ({ outcome, isCommitted }) => outcome === 'open' || (outcome === 'finished' && !isCommitted),
    )
    const through = left.filter(
      ({ status: { type } }) => type === 'complete' || (type === 'running' && !this.#hasStatuses),
    )
    for (const stream of await commits.finish(through))
      if (stream.outcome !== 'finished') await this.#reports.finish(stream)
    if (through.length === left.length) return
    throw extractLoadErrors.create('SOURCE_FAILED', {
      message: 'The connector ended without saying that the stream is complete.',
      hint: 'What it wrote before stands in the log of the run. Rows up to its last state were kept where the table is added to; a table that is replaced stayed as it was.',
    })
  }
}

/** Why a stream is incomplete, where its source said so. */
const causeOf = (stream: MessageStream | undefined): unknown =>
  stream?.status.type === 'incomplete' ? stream.status.cause : undefined

/** A field as it is loaded. */
function mappedColumn(stream: ConnectionStream, column: DeclaredColumn, nameOf: NameOf): DeclaredColumn {
  const name = nameOf(column.name)
  const isMapped = valueMapper(stream, name) !== undefined
  return { ...column, name, map: isMapped ? (value) => mappedValue(stream, name, value) ?? value : undefined }
}

/** @throws SOURCE_COUNT_WRONG */
function checkCount(name: string | undefined, counted: number | undefined, arrived: number): void {
  if (counted === undefined || arrived === counted) return
  throw extractLoadErrors.create('SOURCE_COUNT_WRONG', {
    message: `The connector says that it sent ${counted} records${name === undefined ? '' : ` of the stream \`${name}\``} since its last state; ${arrived} arrived.`,
    hint: 'Nothing behind its last state was kept. Sync again; if it stays so, ask who maintains the connector.',
  })
}
