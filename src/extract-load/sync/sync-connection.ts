import { inSpan, mapConcurrent } from '../../base/index.js'
import { sourceOf } from '../connections/source-of.js'
import type { ConnectionStream, StreamResult, SyncOptions, SyncResult } from '../contract.js'
import type { Destination } from '../destinations/destination.js'
import { syncCdc } from './sync-cdc.js'
import { syncMessages } from './sync-messages.js'
import { streamsAtOnce, syncStream } from './sync-stream.js'
import type { SyncWork } from './time-limits.js'
import { withDestination } from './with-destination.js'

/**
 * Syncs a connection's streams. A stream that fails does not stop the others: its result says why.
 * @throws STREAM_NOT_FOUND for a wrong name in `streams`, DESTINATION_UNSUPPORTED
 */
export async function syncConnection(options: SyncOptions): Promise<SyncResult> {
  return withDestination(options, async (destination, chosen, work) => {
    const streams = await syncTwiceForMemory(destination, chosen, work)
    return { connection: options.connection.name, status: statusOf(streams, options.signal), streams }
  })
}

/** DuckDB's limit for loads is lifted where a load did not do with it: that is no failure of the stream, which is loaded again. */
async function syncTwiceForMemory(
  destination: Destination,
  chosen: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const { onEvent } = options
  const isLifted = ({ error }: StreamResult) => error?.code === 'WAREHOUSE_MEMORY'
  const results = await syncStreams(destination, chosen, {
    ...options,
    onEvent: (event) => {
      if (event.type !== 'stream_failed' || !isLifted(event.result)) return onEvent(event)
      const message = `loaded once more: ${event.result.error?.message}`
      onEvent({ type: 'log', level: 'warn', message, stream: event.stream })
    },
  })
  const again = new Set(results.filter(isLifted).map(({ stream }) => stream))
  if (again.size === 0) return results
  const loaded = await syncStreams(
    destination,
    chosen.filter(({ name }) => again.has(name)),
    options,
  )
  return results.map((result) => loaded.find(({ stream }) => stream === result.stream) ?? result)
}

async function syncStreams(
  destination: Destination,
  chosen: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const source = sourceOf(options.connection)
  const isCut = ({ name }: ConnectionStream) => options.partitions?.has(name) === true
  const parts = chosen.filter(isCut)
  if (parts.length > 0 && source.reads === 'streams') {
    const others = chosen.filter((stream) => !isCut(stream))
    return [
      ...(await mapConcurrent(parts, streamsAtOnce, (stream) => syncStream(source, destination, stream, options))),
      ...(others.length === 0 ? [] : await syncStreams(destination, others, options)),
    ]
  }
  if (source.reads === 'messages')
    return inSpan('read messages', {}, () => syncMessages(source, destination, chosen, options))
  const { cdc } = source
  if (cdc?.isUsed(options.connection.source.config))
    return inSpan('follow log', {}, () => syncCdc({ ...source, cdc }, destination, chosen, options))
  return mapConcurrent(chosen, streamsAtOnce, (stream) => syncStream(source, destination, stream, options))
}

function statusOf(streams: readonly StreamResult[], signal: AbortSignal | undefined): SyncResult['status'] {
  const failed = streams.filter((stream) => stream.status === 'failed').length
  if (signal?.aborted) return 'cancelled'
  if (failed === 0) return 'succeeded'
  return failed === streams.length ? 'failed' : 'partial'
}
