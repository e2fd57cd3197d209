import { inSpan, systemClock } from '../../base/index.js'
import { contextOf } from '../connections/verbs.js'
import type { Reading, StreamSource } from '../connectors/connector.js'
import type { ConnectionStream, StreamResult } from '../contract.js'
import { type Destination, type DestinationSession, fileColumns, withSession } from '../destinations/destination.js'
import { asLoaded } from '../fields/loaded-names.js'
import { nestedPaths } from '../fields/nested-paths.js'
import { ColumnsToFill, fieldsToFill } from './backfill.js'
import { failedResult } from './failed-result.js'
import { judgeSchema, readStream } from './judge-schema.js'
import { loadStream } from './load-stream.js'
import { fillingPlan } from './plan-stream.js'
import { type PlannedStream, planSync } from './planned-stream.js'
import type { SyncWork } from './time-limits.js'

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
  try {
    const loaded = await inStreamSpan(stream, () => readAndLoad(source, destination, stream, options))
    const result: StreamResult = {
      stream: stream.name,
      schema: stream.schema,
      table: stream.table,
      ...loaded,
      durationMs: performance.now() - started,
    }
    options.onEvent({ type: 'stream_committed', stream: stream.name, result })
    return result
  } catch (thrown) {
    const result = failedResult(stream, thrown, { signal: options.signal, startedAt: started })
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

type LoadedStream = Omit<StreamResult, 'stream' | 'schema' | 'table' | 'durationMs'>

/** @throws ColumnsToFill where the stream is to be read from the start instead */
async function loadPlanned(
  source: StreamSource,
  destination: Destination,
  session: DestinationSession,
  { stream, previous, plan, situation }: PlannedStream,
  options: SyncWork,
): Promise<LoadedStream> {
  const { connection, limits, signal, onEvent } = options
  const { table, nameOf } = situation
  const read = readStream(situation)
  if (plan.fills !== undefined)
    onEvent({ type: 'log', level: 'info', message: `read from the start: ${plan.fills}`, stream: stream.name })
  const state = plan.state === undefined ? undefined : JSON.parse(plan.state)
  const reading = await inSpan('read', {}, () =>
    limits.opened(`the stream \`${stream.name}\``, () => source.read(contextOf(options), { stream: read, state })),
  )
  try {
    let lastReport = 0
    const result = await loadStream(
      session,
      {
        warehouse: destination.staging,
        held: session.held(stream),
        connectionName: connection.name,
        stream: asLoaded(read, nameOf),
        nameOf,
        paths: nestedPaths(stream),
        replacesTable: plan.replacesTable,
        cursor: reading.cursor && { ...reading.cursor, column: nameOf(reading.cursor.column) },
        previous,
        generationId: plan.generationId,
        extractedAt: (options.clock ?? systemClock).now(),
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

/** A file that is new or changed is read with all of its rows and columns: those of the others have no more than they had. */
const readsWholeFiles = ({ batches, cursor }: Reading) =>
  cursor === undefined && batches.some(({ representation }) => representation === 'file')
