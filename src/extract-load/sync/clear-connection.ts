import { MillraceError, systemClock } from '../../base/index.js'
import { connectionStreams } from '../connections/schema/streams.js'
import type { ConnectionStream } from '../contract.js'
import { type Destination, type DestinationSession, fileColumns, withSession } from '../destinations/destination.js'
import { extractLoadErrors } from '../errors.js'
import { asLoaded, loadedNames } from '../fields/loaded-names.js'
import type { LoadRequest } from '../loading/request/load-request.js'
import { limitReached, type SyncWork } from '../loading/request/time-limits.js'
import { dropLeftovers } from '../loading/stage/staging-table.js'
import { clearState, deleteSharedState, readState, type StreamState } from '../loading/state/state-table.js'
import type { ClearedStream, ClearOptions } from '../sync-contract.js'
import { withDestination } from './with-destination.js'

/**
 * Empties the tables of a connection's streams and forgets how far they were read, all of them or none: the next sync loads everything
 * again. The source is not asked. A stream that was never loaded is left as it is, and not answered.
 * @throws STREAM_NOT_FOUND for a wrong name in `streams`, DESTINATION_TABLE_FOREIGN, DESTINATION_WRITE_FAILED, and what the destination
 *   throws that has no transactions: of that one, what was emptied before is then noted as such
 */
export async function clearConnection(options: ClearOptions): Promise<readonly ClearedStream[]> {
  return withDestination(options, (destination, chosen, work) =>
    // Whoever clears does it once: there is no second time that knows better.
    withSession(destination, (session) => clearStreams(destination, session, chosen, work), {
      ...work,
      needsMemory: true,
    }),
  )
}

async function clearStreams(
  destination: Destination,
  session: DestinationSession,
  chosen: readonly ConnectionStream[],
  work: SyncWork,
): Promise<readonly ClearedStream[]> {
  const { connection, limits, signal } = work
  const requests: LoadRequest[] = []
  for (const stream of chosen) {
    const previous = await readState(session.tables, work.connection.name, stream.name)
    if (wasLoaded(previous)) requests.push(await requestOf(destination, session, { stream, previous }, work))
  }
  const isEmptied = (name: string) => requests.some(({ stream }) => stream.name === name)
  try {
    await session.transaction(() =>
      limits.destination(async () => {
        for (const request of requests) await clearStream(session, request)
        if (await nothingIsLeft(session, work, isEmptied)) await deleteSharedState(session.tables, connection.name)
      }),
    )
  } catch (error) {
    throw limitReached(signal) ?? notCleared(error, connection.name)
  }
  // What a load that was broken off has staged goes as well.
  for (const request of requests) await dropLeftovers(session.staging, request)
  const cleared: ClearedStream[] = []
  for (const { stream, generationId } of requests)
    cleared.push({ stream: stream.name, generationId, columns: await fileColumns(session, stream) })
  return cleared
}

const wasLoaded = ({ mode, pending }: StreamState) => mode !== undefined || pending !== undefined

/** What the destination is told of a stream that is loaded anew, without a row. */
async function requestOf(
  destination: Destination,
  session: DestinationSession,
  { stream, previous }: { readonly stream: ConnectionStream; readonly previous: StreamState },
  { connection, clock, limits, signal, onEvent }: SyncWork,
): Promise<LoadRequest> {
  const nameOf = loadedNames(stream, destination.maxNameBytes, previous.names)
  return {
    warehouse: destination.staging,
    connectionName: connection.name,
    stream: asLoaded(stream, nameOf),
    nameOf,
    paths: [],
    replacesTable: true,
    previous,
    generationId: previous.generationId + 1,
    extractedAt: (clock ?? systemClock).now(),
    table: await session.columns(stream),
    existing: session.existing(stream),
    limits,
    signal,
    onProgress: () => {},
    onWarning: (message) => onEvent({ type: 'log', level: 'warn', message, stream: stream.name }),
  }
}

async function clearStream(session: DestinationSession, request: LoadRequest): Promise<void> {
  const { connectionName, stream, previous } = request
  // What was only begun has nothing in its table.
  if (previous.mode !== undefined) await session.empty(request)
  await clearState(session.tables, connectionName, stream.name, previous)
}

/** Whether no stream needs the state any more that all of them share, where there is one. */
async function nothingIsLeft(
  session: DestinationSession,
  { connection }: SyncWork,
  isEmptied: (name: string) => boolean,
): Promise<boolean> {
  for (const { name } of connectionStreams(connection)) {
    if (isEmptied(name)) continue
    const state = await readState(session.tables, connection.name, name)
    if (wasLoaded(state) && !state.isCleared) return false
  }
  return true
}

function notCleared(error: unknown, connection: string): unknown {
  if (!(error instanceof MillraceError) || error.code !== 'WAREHOUSE_SQL') return error
  return extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `The tables of the connection \`${connection}\` could not be emptied: ${error.message}`,
    hint: 'Nothing was cleared, of no stream. Let the user of the warehouse own the tables, and take away what keeps rows in them (a foreign key of another table, say); then try again.',
    cause: error,
  })
}
