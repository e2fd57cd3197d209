import { inSpan, mapConcurrent } from '../../base/index.js'
import { sourceOf } from '../connections/schema/source-of.js'
import type { ConnectionStream } from '../contract.js'
import type { Destination } from '../destinations/destination.js'
import type { SyncWork } from '../loading/request/time-limits.js'
import type { StreamResult, SyncOptions, SyncResult } from '../sync-contract.js'
import { syncCdc } from './cdc/sync-cdc.js'
import { syncMessages } from './messages/sync-messages.js'
import { streamsAtOnce, syncStream, together } from './table-streams/sync-stream.js'
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

/** Connections that needed more memory than DuckDB gives to loads: what stages their rows is opened anew for each sync. */
const needMemory = new Set<string>()

const ranOut = ({ error }: StreamResult) => error?.code === 'WAREHOUSE_MEMORY'

/**
 * That DuckDB's limit for loads was too little is no failure of a stream: it is synced once more, from where it was committed, without the limit.
 */
async function syncTwiceForMemory(
  destination: Destination,
  chosen: readonly ConnectionStream[],
  options: SyncWork,
): Promise<StreamResult[]> {
  const { connection, projectDir, onEvent } = options
  const key = `${connection.name} ${projectDir}`
  const unlimited = { ...options, needsMemory: true }
  if (needMemory.has(key)) return syncStreams(destination, chosen, unlimited)
  const results = await syncStreams(destination, chosen, {
    ...options,
    onEvent: (event) => {
      if (event.type !== 'stream_failed' || !ranOut(event.result)) return onEvent(event)
      const message = `loaded once more: ${event.result.error?.message}`
      onEvent({ type: 'log', level: 'warn', message, stream: event.stream })
    },
  })
  const before = new Map(results.filter(ranOut).map((result) => [result.stream, result]))
  if (before.size === 0) return results
  needMemory.add(key)
  const again = await syncStreams(
    destination,
    chosen.filter(({ name }) => before.has(name)),
    // What the first time committed of a full refresh counts.
    { ...unlimited, resumesFullRefresh: options.fullRefresh === true || options.resumesFullRefresh },
  )
  return results.map((result) => {
    const next = again.find(({ stream }) => stream === result.stream)
    return next && before.has(result.stream) ? both(result, next) : result
  })
}

/** What a stream came to that was synced twice. */
const both = (first: StreamResult, second: StreamResult): StreamResult => ({
  ...together(first, second),
  durationMs: first.durationMs + second.durationMs,
  keptProgress: first.keptProgress || second.keptProgress,
})

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
