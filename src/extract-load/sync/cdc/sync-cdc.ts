import { mapConcurrent, plural, systemClock, throwIfAborted } from '../../../base/index.js'
import { connectionStreams } from '../../connections/schema/streams.js'
import { contextOf } from '../../connections/verbs.js'
import type { CdcEvent, CdcLog, CdcPosition, CdcSource, StreamSource } from '../../connectors/connector.js'
import type { ConnectionStream } from '../../contract.js'
import { type Destination, type DestinationSession, withSession } from '../../destinations/destination.js'
import type { SyncWork } from '../../loading/request/time-limits.js'
import { readState } from '../../loading/state/state-table.js'
import type { StreamResult, SyncEvent } from '../../sync-contract.js'
import { failedResult } from '../attempts/failed-result.js'
import { planSync } from '../plan/planned-stream.js'
import { usualCheckpoint } from '../publish/checkpoint.js'
import { progressIntervalMs, streamsAtOnce, syncStream } from '../table-streams/sync-stream.js'
import { CdcCommits } from './cdc-commits.js'
import { CdcStream } from './cdc-stream.js'

type ChangeSource = StreamSource & { readonly cdc: CdcSource }

const isFromLog = ({ syncMode }: ConnectionStream) => syncMode === 'incremental'

/**
 * Syncs streams of a database whose log is read: those that are new by a snapshot, then what changed since of all of them. What is not
 * incremental is read as ever. A stream that fails does not stop the others.
 */
export async function syncCdc(
  source: ChangeSource,
  destination: Destination,
  streams: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const sync = new CdcSync(source, destination, options)
  const results = new Map<string, StreamResult>()
  for (const result of await sync.run(streams.filter(isFromLog))) results.set(result.stream, result)
  const others = streams.filter((stream) => !isFromLog(stream))
  for (const result of await mapConcurrent(others, streamsAtOnce, (stream) =>
    syncStream(source, destination, stream, options),
  ))
    results.set(result.stream, result)
  return streams.map(({ name }) => results.get(name) as StreamResult)
}

interface FollowedStream extends CdcPosition {
  readonly stream: ConnectionStream
  /** It is read from the start in any case. */
  readonly startsOver: boolean
  /** Why it is, where new columns are to be filled. */
  readonly fills: string | undefined
}

class CdcSync {
  readonly #source: ChangeSource
  readonly #destination: Destination
  readonly #options: SyncWork
  readonly #started = performance.now()
  readonly #results = new Map<string, StreamResult>()
  #lastReport = 0

  constructor(source: ChangeSource, destination: Destination, options: SyncWork) {
    this.#source = source
    this.#destination = destination
    this.#options = options
  }

  async run(streams: readonly ConnectionStream[]): Promise<readonly StreamResult[]> {
    if (streams.length === 0) return []
    let log: CdcLog | undefined
    try {
      const planned = await this.#plan(streams)
      if (planned.length > 0) {
        log = await this.#options.limits.opened('the log', () =>
          this.#source.cdc.open(contextOf(this.#options), planned),
        )
        const readable = await this.#snapshots(planned, log)
        const left = readable.length > 0 ? await this.#follow(readable, log) : []
        // They go on from the log the next time.
        await mapConcurrent(left, streamsAtOnce, ([stream, why]) => this.#readAnew(stream, why))
      }
    } catch (error) {
      for (const stream of streams) this.#fail(stream, error)
    } finally {
      await log?.dispose()
    }
    return streams.map(({ name }) => this.#results.get(name) as StreamResult)
  }

  /** How far each stream is. One whose table is not its own, or that is configured in another way than before, does not stop the others. */
  #plan(streams: readonly ConnectionStream[]): Promise<FollowedStream[]> {
    return withSession(
      this.#destination,
      async (session) => {
        const planned: FollowedStream[] = []
        for (const stream of streams)
          try {
            planned.push(await this.#planOne(session, stream))
          } catch (error) {
            this.#options.onEvent({ type: 'stream_started', stream: stream.name })
            this.#fail(stream, error)
          }
        return planned
      },
      this.#options,
    )
  }

  async #planOne(session: DestinationSession, stream: ConnectionStream): Promise<FollowedStream> {
    const { plan, previous } = await planSync(this.#destination, session, stream, this.#options)
    return {
      stream,
      state: plan.state === undefined ? undefined : JSON.parse(plan.state),
      startsOver: previous.isCleared === true || (plan.replacesTable && plan.fills === undefined),
      fills: plan.fills,
    }
  }

  /** Takes the snapshots that are needed. @returns the streams that can be read from the log */
  async #snapshots(planned: readonly FollowedStream[], log: CdcLog): Promise<ConnectionStream[]> {
    const readable = await mapConcurrent(planned, streamsAtOnce, async ({ stream, startsOver, fills }) => {
      const start = log.starts.get(stream.name)
      if (start?.type !== 'snapshot') this.#options.onEvent({ type: 'stream_started', stream: stream.name })
      if (start === undefined) return true
      if (start.type === 'refused') {
        this.#fail(stream, start.error)
        return false
      }
      // Where it starts over anyhow its own plan holds, with what that refuses.
      return this.#readAnew(stream, fills ?? start.why, { isForced: !startsOver, onEvent: this.#tellOfSnapshot })
    })
    return planned.filter((_, i) => readable[i]).map(({ stream }) => stream)
  }

  /**
   * Each snapshot is of its own moment. That its stream is there is told when the log has brought all of them to the same one: what is
   * made of two of them would otherwise see children without parents.
   */
  readonly #tellOfSnapshot = (event: SyncEvent) => {
    if (event.type !== 'stream_committed') return this.#options.onEvent(event)
    const rows = plural(event.result.recordsCommitted, 'row')
    this.#log('info', `its snapshot is in its table, ${rows}; the log comes next`, event.stream)
  }

  /** @returns whether the snapshot is in its table */
  async #readAnew(
    stream: ConnectionStream,
    why: string,
    { isForced = true, onEvent = this.#options.onEvent } = {},
  ): Promise<boolean> {
    if (why !== '') this.#log('info', `read anew: ${why}`, stream.name)
    const result = await syncStream(this.#source, this.#destination, stream, {
      ...this.#options,
      fullRefresh: isForced || this.#options.fullRefresh,
      onEvent,
    })
    this.#results.set(stream.name, result)
    return result.status === 'succeeded'
  }

  /** @returns the streams that the log does not tell of any more, and why */
  #follow(streams: readonly ConnectionStream[], log: CdcLog): Promise<[ConnectionStream, why: string][]> {
    return withSession(this.#destination, (session) => this.#read(session, streams, log), this.#options)
  }

  async #read(
    session: DestinationSession,
    streams: readonly ConnectionStream[],
    log: CdcLog,
  ): Promise<[ConnectionStream, why: string][]> {
    const { connection, clock, limits, signal } = this.#options
    const open = new Map<string, CdcStream>()
    try {
      for (const stream of streams)
        open.set(
          stream.name,
          await CdcStream.open(session, {
            stream,
            warehouse: this.#destination.staging,
            connection,
            maxNameBytes: this.#destination.maxNameBytes,
            extractedAt: (clock ?? systemClock).now(),
            limits,
            signal,
            onWarning: (message) => this.#log('warn', message, stream.name),
            onIgnored: (message) => this.#log('info', message, stream.name),
          }),
        )
      const others = await this.#statesOfOthers(session, open)
      const commits = new CdcCommits(session, [...open.values()], {
        onFailed: (stream, error) => this.#fail(stream.options.stream, error),
        onCommitted: () => log.confirm([...others, ...[...open.values()].map(({ state }) => state)]),
        checkpoint: this.#options.checkpoint ?? usualCheckpoint,
        limits,
      })
      const positions = [...open.values()].map(({ options, state }) => ({ stream: options.stream, state }))
      for await (const event of limits.each(log.read(positions))) {
        throwIfAborted(signal)
        await take(event, open, commits)
        this.#report(open)
      }
      throwIfAborted(signal)
      await commits.finish()
      for (const stream of open.values()) if (stream.isFollowed) await this.#finish(stream)
      return [...open.values()].flatMap(({ options, hasFailed, leftBecause }): [ConnectionStream, string][] =>
        hasFailed || leftBecause === undefined ? [] : [[options.stream, leftBecause]],
      )
    } catch (error) {
      for (const stream of open.values()) this.#fail(stream.options.stream, error, stream)
      return []
    } finally {
      for (const stream of open.values()) await stream.dispose()
    }
  }

  /** Of streams of the connection that the log is kept for as well, and that this sync does not read. */
  async #statesOfOthers(session: DestinationSession, read: ReadonlyMap<string, CdcStream>): Promise<unknown[]> {
    const { connection } = this.#options
    const others = connectionStreams(connection).filter((stream) => isFromLog(stream) && !read.has(stream.name))
    const states: unknown[] = []
    for (const stream of others) {
      const { state } = await readState(session.tables, connection.name, stream.name)
      if (state !== undefined) states.push(JSON.parse(state))
    }
    return states
  }

  /** What a snapshot and the log came to together. */
  async #finish(stream: CdcStream): Promise<void> {
    const snapshot = this.#results.get(stream.name)
    const { name, schema, table } = stream.options.stream
    const result: StreamResult = {
      stream: name,
      schema,
      table,
      status: 'succeeded',
      recordsRead: stream.recordsRead + (snapshot?.recordsRead ?? 0),
      recordsCommitted: stream.recordsCommitted + (snapshot?.recordsCommitted ?? 0),
      recordsRejected: 0,
      bytesRead: stream.bytesRead + (snapshot?.bytesRead ?? 0),
      isUnchanged: !stream.hasChanged && !snapshot,
      tableRows: await stream.countRows(),
      columns: await stream.columns(),
      durationMs: performance.now() - this.#started,
      generationId: stream.generationId,
      schemaChanges: [...(snapshot?.schemaChanges ?? []), ...stream.schemaChanges],
    }
    this.#results.set(name, result)
    this.#options.onEvent({ type: 'stream_committed', stream: name, result })
  }

  /** What a stream came to first is said of it, and before that what it brought into its table: the next sync would find nothing new there. */
  #fail(stream: ConnectionStream, thrown: unknown, read?: CdcStream): void {
    const before = this.#results.get(stream.name)
    if (before && before.status !== 'succeeded') return
    const { signal, connection } = this.#options
    const result = failedResult(stream, thrown, {
      recordsRead: (before?.recordsRead ?? 0) + (read?.recordsRead ?? 0),
      recordsCommitted: (before?.recordsCommitted ?? 0) + (read?.recordsCommitted ?? 0),
      bytesRead: (before?.bytesRead ?? 0) + (read?.bytesRead ?? 0),
      isUnchanged: !before && !read?.recordsCommitted,
      generationId: read?.generationId ?? before?.generationId ?? 0,
      signal,
      startedAt: this.#started,
      connection,
    })
    this.#results.set(stream.name, result)
    if (before || read?.hasChanged) {
      const { error: _, ...committed } = result
      const schemaChanges = [...(before?.schemaChanges ?? []), ...(read?.schemaChanges ?? [])]
      const told: StreamResult = { ...before, ...committed, status: 'succeeded', isUnchanged: false, schemaChanges }
      this.#options.onEvent({ type: 'stream_committed', stream: stream.name, result: told })
    }
    this.#options.onEvent({ type: 'stream_failed', stream: stream.name, result })
  }

  #report(streams: ReadonlyMap<string, CdcStream>): void {
    if (performance.now() - this.#lastReport < progressIntervalMs) return
    this.#lastReport = performance.now()
    for (const { name, recordsRead, bytesRead } of streams.values())
      if (recordsRead > 0) this.#options.onEvent({ type: 'stream_progress', stream: name, recordsRead, bytesRead })
  }

  #log(level: 'info' | 'warn', message: string, stream: string): void {
    this.#options.onEvent({ type: 'log', level, message, stream })
  }
}

async function take(event: CdcEvent, streams: ReadonlyMap<string, CdcStream>, commits: CdcCommits): Promise<void> {
  if (event.type === 'position') return commits.position(event.states)
  const stream = streams.get(event.stream)
  if (!stream?.isFollowed) return
  if (event.type === 'unfollowed') {
    stream.leftBecause = event.why
    return
  }
  if (event.type === 'truncated') return stream.truncate(event.at)
  await commits.changes(stream, event)
}
