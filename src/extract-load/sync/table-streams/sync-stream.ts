import { inSpan, plural, systemClock, throwIfAborted } from '../../../base/index.js'
import { contextOf } from '../../connections/verbs.js'
import type { Reading, StreamSource } from '../../connectors/connector.js'
import type { ChosenPartitions, ConnectionStream, RowWindow } from '../../contract.js'
import { type Destination, type DestinationSession, fileColumns, withSession } from '../../destinations/destination.js'
import { asLoaded, type NameOf } from '../../fields/loaded-names.js'
import { nestedPaths } from '../../fields/nested-paths.js'
import { rowWindow, windowText } from '../../fields/row-window.js'
import { judgeSchema, readStream } from '../../loading/request/judge-schema.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import type { SyncWork } from '../../loading/request/time-limits.js'
import type { NotedReach, StreamState } from '../../loading/state/state-table.js'
import type { StreamResult } from '../../sync-contract.js'
import { failedResult } from '../attempts/failed-result.js'
import { ColumnsToFill, fieldsToFill } from '../plan/backfill.js'
import { fillingPlan, type StreamPlan } from '../plan/plan-stream.js'
import { type PlannedStream, planSync } from '../plan/planned-stream.js'
import { loadStream } from './load-stream.js'

/** DuckDB already uses every core for one load; more streams at once only share its memory. */
export const streamsAtOnce = 2
/** What is told of a sync while it runs is told so often. */
export const progressIntervalMs = 250

/** Syncs one stream by itself. A failure is its result. */
export async function syncStream(
  source: StreamSource,
  destination: Destination,
  stream: ConnectionStream,
  options: SyncWork,
): Promise<StreamResult> {
  const started = performance.now()
  options.onEvent({ type: 'stream_started', stream: stream.name })
  const resultOf = (loaded: LoadedStream): StreamResult => ({
    stream: stream.name,
    schema: stream.schema,
    table: stream.table,
    ...loaded,
    durationMs: performance.now() - started,
  })
  try {
    const chosen = options.partitions?.get(stream.name)
    const loaded = await inStreamSpan(stream, () =>
      chosen
        ? loadPartitions(source, destination, { stream, chosen }, options, resultOf)
        : readAndLoad(source, destination, stream, options),
    )
    const result = resultOf(loaded)
    if (!chosen) options.onEvent({ type: 'stream_committed', stream: stream.name, result })
    return result
  } catch (thrown) {
    const result = failedResult(stream, thrown, {
      signal: options.signal,
      startedAt: started,
      connection: options.connection,
    })
    options.onEvent({ type: 'stream_failed', stream: stream.name, result })
    return result
  }
}

function inStreamSpan({ name }: ConnectionStream, work: () => Promise<LoadedStream>): Promise<LoadedStream> {
  return inSpan(`stream ${name}`, { shared: { 'millrace.stream': name } }, async (span) => {
    const loaded = await work()
    span.set({
      'millrace.rows_read': loaded.recordsRead,
      'millrace.rows_committed': loaded.recordsCommitted,
      'millrace.bytes_read': loaded.bytesRead,
    })
    return loaded
  })
}

async function readAndLoad(
  source: StreamSource,
  destination: Destination,
  stream: ConnectionStream,
  options: SyncWork,
): Promise<LoadedStream> {
  return withSession(
    destination,
    async (session) => {
      const planned = await planSync(destination, session, stream, options)
      const load = (one: PlannedStream) => loadPlanned(source, destination, session, one, options)
      try {
        return await load(planned)
      } catch (error) {
        if (!(error instanceof ColumnsToFill)) throw error
        return await load({ ...planned, plan: fillingPlan(stream, planned.previous, error.why) })
      }
    },
    options,
  )
}

interface Choice {
  readonly stream: ConnectionStream
  readonly chosen: readonly ChosenPartitions[]
}

/** Loads partitions, each stretch of them in a transaction of its own: what is committed stays, whatever becomes of the next. */
async function loadPartitions(
  source: StreamSource,
  destination: Destination,
  { stream, chosen }: Choice,
  options: SyncWork,
  resultOf: (loaded: LoadedStream) => StreamResult,
): Promise<LoadedStream> {
  const { partitions } = stream
  if (!partitions) throw new Error(`The stream ${stream.name} has no partitions.`)
  return withSession(
    destination,
    async (session) => {
      let all: LoadedStream | undefined
      for (const one of chosen) {
        throwIfAborted(options.signal)
        const window = rowWindow(partitions, one)
        const planned = await planSync(destination, session, stream, { ...options, loadsPartitions: true })
        const loaded = await loadPlanned(source, destination, session, { ...planned, window }, options)
        all = all ? together(all, loaded) : loaded
        const note = `${plural(loaded.recordsCommitted, 'row')} of ${windowText(window)}`
        const result = resultOf({ ...loaded, note })
        options.onEvent({ type: 'partitions_committed', stream: stream.name, keys: one.keys, result })
      }
      if (!all) throw new Error(`No partition of the stream ${stream.name} was chosen.`)
      return all
    },
    options,
  )
}

/** What a stream came to that was loaded in two parts, one after the other. */
export const together = <Result extends LoadedStream>(a: Result, b: Result): Result => ({
  ...b,
  recordsRead: a.recordsRead + b.recordsRead,
  recordsCommitted: a.recordsCommitted + b.recordsCommitted,
  recordsRejected: a.recordsRejected + b.recordsRejected,
  bytesRead: a.bytesRead + b.bytesRead,
  isUnchanged: a.isUnchanged && b.isUnchanged,
  schemaChanges: [...a.schemaChanges, ...b.schemaChanges],
})

interface PlannedLoad extends PlannedStream {
  /** Only these rows. */
  readonly window?: RowWindow
}

type LoadedStream = Omit<StreamResult, 'stream' | 'schema' | 'table' | 'durationMs'>

/** @throws ColumnsToFill where the stream is to be read from the start instead */
async function loadPlanned(
  source: StreamSource,
  destination: Destination,
  session: DestinationSession,
  { stream, previous, plan, situation, window }: PlannedLoad,
  options: SyncWork,
): Promise<LoadedStream> {
  const { connection, limits, signal, onEvent } = options
  const { table, nameOf } = situation
  const read = readStream(situation)
  const extractedAt = (options.clock ?? systemClock).now()
  if (plan.fills !== undefined)
    onEvent({ type: 'log', level: 'info', message: `read from the start: ${plan.fills}`, stream: stream.name })
  const state = plan.state === undefined ? undefined : JSON.parse(plan.state)
  const reading = await inSpan('read', {}, () =>
    limits.opened(`the stream \`${stream.name}\``, () =>
      // Where partitions are read it does not matter what is new.
      source.read(contextOf(options), { stream: window ? { ...read, syncMode: 'full_refresh' } : read, state, window }),
    ),
  )
  try {
    let lastReport = 0
    const result = await loadStream(
      session,
      {
        warehouse: destination.staging,
        existing: session.existing(stream),
        connectionName: connection.name,
        stream: asLoaded(read, nameOf),
        nameOf,
        paths: nestedPaths(stream),
        replacesTable: plan.replacesTable,
        cursor: reading.cursor && { ...reading.cursor, column: nameOf(reading.cursor.column) },
        window: window && { ...window, field: nameOf(window.field) },
        rereadAbove: rereadAbove(stream, reading, nameOf),
        reach: window
          ? undefined
          : reachOf(stream, previous, plan, { until: options.requestedAt ?? extractedAt, runId: options.runId }),
        previous,
        generationId: plan.generationId,
        extractedAt,
        table,
        limits,
        signal,
        onWarning: (message) => onEvent({ type: 'log', level: 'warn', message, stream: stream.name }),
        onProgress: ({ rows, bytes, fraction }) => {
          if (performance.now() - lastReport < progressIntervalMs && fraction !== 1) return
          lastReport = performance.now()
          onEvent({ type: 'stream_progress', stream: stream.name, recordsRead: rows, bytesRead: bytes, fraction })
        },
      },
      reading,
      (offered) => {
        const schema = judgeSchema(situation, offered)
        const fields = plan.isFromStart || readsWholeFiles(reading) ? [] : fieldsToFill(situation, offered)
        if (fields.length > 0) throw new ColumnsToFill(fields)
        return schema
      },
    )
    return { status: 'succeeded', ...result, columns: await fileColumns(session, stream), note: reading.note }
  } finally {
    await reading.dispose()
  }
}

/** Of a stream that is added to by the field of its partitions, what lies above its cursor was loaded as partitions, and is read again. */
function rereadAbove(
  { partitions, destinationSyncMode }: ConnectionStream,
  { cursor }: Reading,
  nameOf: NameOf,
): LoadRequest['rereadAbove'] {
  if (!partitions || destinationSyncMode !== 'append' || !cursor) return undefined
  return { column: nameOf(cursor.column), from: cursor.from }
}

/** How far a sync goes, as far as that is known before its rows are there. What the same run did before, and may not have told, is added. */
function reachOf(
  { partitions }: ConnectionStream,
  { reach: before, isCleared }: StreamState,
  plan: StreamPlan,
  { until, runId }: { readonly until: Date; readonly runId: string | undefined },
): NotedReach | undefined {
  if (!partitions) return undefined
  const untold = runId !== undefined && before?.runId === runId ? before : undefined
  const isWhole = plan.replacesTable || plan.isFromStart || plan.state === undefined || isCleared === true
  return {
    isWhole: isWhole || (untold?.isWhole ?? false),
    since: untold ? untold.since : before?.until,
    until: until.toISOString(),
    touched: untold?.touched ?? [],
    runId,
  }
}

/** A file that is new or changed is read with all of its rows and columns: those of the others have no more than they had. */
const readsWholeFiles = ({ batches, cursor }: Reading) =>
  cursor === undefined && batches.some(({ representation }) => representation === 'file')
