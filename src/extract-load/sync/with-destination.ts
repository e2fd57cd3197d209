import { connectionStreams } from '../connections/schema/streams.js'
import { destinationOf } from '../connectors/registry.js'
import type { ConnectionStream } from '../contract.js'
import type { Destination } from '../destinations/destination.js'
import { type SyncWork, TimeLimits } from '../loading/request/time-limits.js'
import type { SyncOptions } from '../sync-contract.js'
import { streamNotFound } from '../unknown-stream.js'

/**
 * Opens the destination of a connection and makes ready what its streams need there, for what is done within the connection's limits.
 * @param use is given the streams that were asked for
 * @throws STREAM_NOT_FOUND for a wrong name in `streams`, DESTINATION_UNSUPPORTED
 */
export async function withDestination<T>(
  options: SyncOptions,
  use: (destination: Destination, chosen: readonly ConnectionStream[], work: SyncWork) => Promise<T>,
): Promise<T> {
  const { connection, signal } = options
  const all = connectionStreams(connection)
  const unknown = options.streams?.find((name) => !all.some((stream) => stream.name === name))
  if (unknown !== undefined) {
    const known = all.map((stream) => stream.name)
    throw Object.assign(streamNotFound(unknown, known, connection.name), { at: { file: connection.file } })
  }
  const chosen = all.filter((stream) => options.streams?.includes(stream.name) ?? true)
  const limits = new TimeLimits(connection, signal)
  try {
    const work: SyncWork = { ...options, limits, signal: limits.signal }
    const destination = await destinationOf(connection.destination.connector).open(work)
    try {
      await destination.prepare(all.map(({ schema }) => schema))
      return await use(destination, chosen, work)
    } finally {
      await destination.close()
    }
  } finally {
    limits.dispose()
  }
}
