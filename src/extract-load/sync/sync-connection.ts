import { mapConcurrent, systemClock, toMillraceError } from '../../base/index.js'
import { withConnection } from '../../warehouse/index.js'
import { connectionStreams } from '../connections/streams.js'
import { contextOf } from '../connections/verbs.js'
import type { StreamSource } from '../connectors/connector.js'
import { connectorOf } from '../connectors/registry.js'
import type { ConnectionStream, StreamResult, SyncOptions, SyncResult } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { loadStream } from './load-stream.js'
import { planStream } from './plan-stream.js'
import { prepareSchemas, readState } from './state-table.js'
import { syncMessages } from './sync-messages.js'

/** DuckDB already uses every core for one load; more streams at once only share its memory. */
const streamsAtOnce = 2
const progressIntervalMs = 250

/**
 * Syncs a connection's streams. A stream that fails does not stop the others: its result says why.
 * @throws STREAM_NOT_FOUND for a wrong name in `streams`, DESTINATION_UNSUPPORTED
 */
export async function syncConnection(options: SyncOptions): Promise<SyncResult> {
  const { connection, warehouse, signal } = options
  if (!warehouse.capabilities.readsFiles)
    throw extractLoadErrors.create('DESTINATION_UNSUPPORTED', {
      message: `The connection \`${connection.name}\` loads files, which a warehouse of type ${warehouse.type} cannot read by itself.`,
      at: { file: connection.file },
      hint: 'Connections load into DuckDB today; dbt projects run on both. Use a DuckDB target, or load this source by other means.',
    })
  const all = connectionStreams(connection)
  const unknown = options.streams?.find((name) => !all.some((stream) => stream.name === name))
  if (unknown !== undefined)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The connection \`${connection.name}\` has no stream \`${unknown}\`.`,
      at: { file: connection.file },
      hint: `Its streams: ${all.map((stream) => stream.name).join(', ')}.`,
    })
  const chosen = all.filter((stream) => options.streams?.includes(stream.name) ?? true)
  await prepareSchemas(warehouse, connection.destination.schema)
  const source = connectorOf(connection.source.connector)
  const streams =
    source.reads === 'messages'
      ? await syncMessages(source, chosen, options)
      : await mapConcurrent(chosen, streamsAtOnce, (stream) => syncStream(source, stream, options))
  const failed = streams.filter((stream) => stream.status === 'failed').length
  const status = signal?.aborted
    ? 'cancelled'
    : failed === 0
      ? 'succeeded'
      : failed === streams.length
        ? 'failed'
        : 'partial'
  return { connection: connection.name, status, streams }
}

async function syncStream(source: StreamSource, stream: ConnectionStream, options: SyncOptions): Promise<StreamResult> {
  const started = performance.now()
  const identity = { stream: stream.name, schema: stream.schema, table: stream.table }
  options.onEvent({ type: 'stream_started', stream: stream.name })
  try {
    const result: StreamResult = {
      ...identity,
      ...(await readAndLoad(source, stream, options)),
      durationMs: performance.now() - started,
    }
    options.onEvent({ type: 'stream_committed', stream: stream.name, result })
    return result
  } catch (thrown) {
    const result: StreamResult = {
      ...identity,
      status: options.signal?.aborted ? 'cancelled' : 'failed',
      recordsRead: 0,
      recordsCommitted: 0,
      recordsRejected: 0,
      bytesRead: 0,
      isUnchanged: true,
      durationMs: performance.now() - started,
      generationId: 0,
      schemaChanges: [],
      error: toMillraceError(thrown).toJSON(),
    }
    options.onEvent({ type: 'stream_failed', stream: stream.name, result })
    return result
  }
}

async function readAndLoad(
  source: StreamSource,
  stream: ConnectionStream,
  options: SyncOptions,
): Promise<Omit<StreamResult, 'stream' | 'schema' | 'table' | 'durationMs'>> {
  const { connection, warehouse, signal, onEvent } = options
  return withConnection(
    warehouse,
    async (session) => {
      const previous = await readState(session, connection.name, stream.name)
      const table = await warehouse.columns({ schema: stream.schema, identifier: stream.table })
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
            warehouse,
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
        return { status: 'succeeded', ...result, note: reading.note }
      } finally {
        await reading.dispose()
      }
    },
    { signal },
  )
}
