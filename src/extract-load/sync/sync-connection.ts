import { mapConcurrent, systemClock } from '../../base/index.js'
import { connectionStreams } from '../connections/streams.js'
import { contextOf } from '../connections/verbs.js'
import type { StreamSource } from '../connectors/connector.js'
import { connectorOf, destinationOf } from '../connectors/registry.js'
import type { ConnectionStream, StreamResult, SyncOptions, SyncResult } from '../contract.js'
import { type Destination, fileColumns, withSession } from '../destinations/destination.js'
import { extractLoadErrors } from '../errors.js'
import { failedResult } from './failed-result.js'
import { loadStream } from './load-stream.js'
import { planStream } from './plan-stream.js'
import { readState } from './state-table.js'
import { syncMessages } from './sync-messages.js'

/** DuckDB already uses every core for one load; more streams at once only share its memory. */
const streamsAtOnce = 2
const progressIntervalMs = 250

/**
 * Syncs a connection's streams. A stream that fails does not stop the others: its result says why.
 * @throws STREAM_NOT_FOUND for a wrong name in `streams`, DESTINATION_UNSUPPORTED
 */
export async function syncConnection(options: SyncOptions): Promise<SyncResult> {
  const { connection, signal } = options
  const all = connectionStreams(connection)
  const unknown = options.streams?.find((name) => !all.some((stream) => stream.name === name))
  if (unknown !== undefined)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The connection \`${connection.name}\` has no stream \`${unknown}\`.`,
      at: { file: connection.file },
      hint: `Its streams: ${all.map((stream) => stream.name).join(', ')}.`,
    })
  const chosen = all.filter((stream) => options.streams?.includes(stream.name) ?? true)
  const destination = await destinationOf(connection.destination.connector).open(options)
  try {
    await destination.prepare(connection.destination.schema ?? connection.name)
    const streams = await syncStreams(destination, chosen, options)
    return { connection: connection.name, status: statusOf(streams, signal), streams }
  } finally {
    await destination.close()
  }
}

async function syncStreams(
  destination: Destination,
  chosen: readonly ConnectionStream[],
  options: SyncOptions,
): Promise<StreamResult[]> {
  const source = connectorOf(options.connection.source.connector)
  return source.reads === 'messages'
    ? syncMessages(source, destination, chosen, options)
    : mapConcurrent(chosen, streamsAtOnce, (stream) => syncStream(source, destination, stream, options))
}

function statusOf(streams: readonly StreamResult[], signal: AbortSignal | undefined): SyncResult['status'] {
  const failed = streams.filter((stream) => stream.status === 'failed').length
  if (signal?.aborted) return 'cancelled'
  if (failed === 0) return 'succeeded'
  return failed === streams.length ? 'failed' : 'partial'
}

async function syncStream(
  source: StreamSource,
  destination: Destination,
  stream: ConnectionStream,
  options: SyncOptions,
): Promise<StreamResult> {
  const started = performance.now()
  options.onEvent({ type: 'stream_started', stream: stream.name })
  try {
    const result: StreamResult = {
      stream: stream.name,
      schema: stream.schema,
      table: stream.table,
      ...(await readAndLoad(source, destination, stream, options)),
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

async function readAndLoad(
  source: StreamSource,
  destination: Destination,
  stream: ConnectionStream,
  options: SyncOptions,
): Promise<Omit<StreamResult, 'stream' | 'schema' | 'table' | 'durationMs'>> {
  const { connection, signal, onEvent } = options
  return withSession(
    destination,
    async (session) => {
      const previous = await readState(session.tables, connection.name, stream.name)
      const table = await session.columns(stream)
      const plan = planStream(stream, previous, {
        table,
        fullRefresh: options.fullRefresh ?? false,
        connection,
      })
      const reading = await source.read(contextOf(options), {
        stream,
        state: plan.state === undefined ? undefined : JSON.parse(plan.state),
      })
      try {
        let lastReport = 0
        const result = await loadStream(
          session,
          {
            warehouse: destination.staging,
            held: session.held(stream),
            connectionName: connection.name,
            stream,
            replacesTable: plan.replacesTable,
            cursor: reading.cursor,
            previous,
            generationId: plan.generationId,
            extractedAt: (options.clock ?? systemClock).now(),
            table,
            signal,
            onWarning: (message) => onEvent({ type: 'log', level: 'warn', message, stream: stream.name }),
            onProgress: ({ rows, bytes, fraction }) => {
              if (performance.now() - lastReport < progressIntervalMs && fraction !== 1) return
              lastReport = performance.now()
              onEvent({ type: 'stream_progress', stream: stream.name, recordsRead: rows, bytesRead: bytes, fraction })
            },
          },
          reading,
        )
        return { status: 'succeeded', ...result, columns: await fileColumns(session, stream), note: reading.note }
      } finally {
        await reading.dispose()
      }
    },
    { signal },
  )
}
