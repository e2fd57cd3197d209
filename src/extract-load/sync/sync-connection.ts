import { mapConcurrent } from '../../base/index.js'
import { connectionStreams } from '../connections/streams.js'
import { connectorOf, destinationOf } from '../connectors/registry.js'
import type { ConnectionStream, StreamResult, SyncOptions, SyncResult } from '../contract.js'
import type { Destination } from '../destinations/destination.js'
import { extractLoadErrors } from '../errors.js'
import { syncCdc } from './sync-cdc.js'
import { syncMessages } from './sync-messages.js'
import { streamsAtOnce, syncStream } from './sync-stream.js'
import { type SyncWork, TimeLimits } from './time-limits.js'

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
  const limits = new TimeLimits(connection, signal)
  try {
    const work: SyncWork = { ...options, limits, signal: limits.signal }
    const destination = await destinationOf(connection.destination.connector).open(work)
    try {
      await destination.prepare(all.map(({ schema }) => schema))
      const streams = await syncStreams(destination, chosen, work)
      return { connection: connection.name, status: statusOf(streams, signal), streams }
    } finally {
      await destination.close()
    }
  } finally {
    limits.dispose()
  }
}

async function syncStreams(
  destination: Destination,
  chosen: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const source = connectorOf(options.connection.source.connector)
  if (source.reads === 'messages') return syncMessages(source, destination, chosen, options)
  if (source.cdc?.isUsed(options.connection.source.config))
    return syncCdc({ ...source, cdc: source.cdc }, destination, chosen, options)
  return mapConcurrent(chosen, streamsAtOnce, (stream) => syncStream(source, destination, stream, options))
}

function statusOf(streams: readonly StreamResult[], signal: AbortSignal | undefined): SyncResult['status'] {
  const failed = streams.filter((stream) => stream.status === 'failed').length
  if (signal?.aborted) return 'cancelled'
  if (failed === 0) return 'succeeded'
  return failed === streams.length ? 'failed' : 'partial'
}
