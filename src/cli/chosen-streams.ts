import type { ConnectionSpec } from '../orchestrate/index.js'
import { streamNotFound } from './stream-not-found.js'

/** The streams of connections, all or those that were named on the command line. @throws STREAM_NOT_FOUND */
export async function chosenStreams(
  connections: readonly ConnectionSpec[],
  wanted: readonly string[] | undefined,
): Promise<readonly ConnectionSpec['streams'][number][]> {
  const streams = connections.flatMap((connection) => connection.streams)
  const names = streams.map((stream) => stream.name)
  const unknown = wanted?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw await streamNotFound(unknown, names, connections.length === 1 ? connections[0]?.name : undefined)
  return streams.filter((stream) => !wanted || wanted.includes(stream.name))
}
