import { MillraceError } from '../../../base/index.js'
import type { Reading } from '../../connectors/connector.js'
import type { DestinationSession, Published } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import { withLikelyRenames } from '../../fields/field-changes.js'
import { keptNames } from '../../fields/loaded-names.js'
import { isSameName } from '../../fields/same-name.js'
import { isSelected } from '../../fields/selection.js'
import { dropOlderVersions } from '../../loading/merge/drop-older-versions.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { writePartitionsLoaded } from '../../loading/request/partition-state.js'
import type { SourceRows } from '../../loading/request/time-limits.js'
import { dropDeleted } from '../../loading/stage/drop-deleted.js'
import { withoutIgnored } from '../../loading/stage/keep-columns.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import { type NotedReach, type StreamState, writeState } from '../../loading/state/state-table.js'

export const stateText = (state: unknown) => (state === undefined ? undefined : JSON.stringify(state))

/** Its time begins with the transaction: what others write before it is none of it. */
export const inCommit = <T>(
  session: DestinationSession,
  { limits }: LoadRequest,
  work: (rows: SourceRows) => Promise<T>,
): Promise<T> => session.transaction(() => limits.destination(work))

/** Brings rows into their table that are not staged, and writes the state that goes with them. */
export const commitDirectCopy = <T>(
  session: DestinationSession,
  request: LoadRequest,
  { stateAfter }: Pick<Reading, 'stateAfter'>,
  replace: (rows: SourceRows) => Promise<T>,
): Promise<T> =>
  inCommit(session, request, async (rows) => {
    try {
      const published = await replace(rows)
      await noteState(session, request, stateText(stateAfter))
      return published
    } catch (error) {
      throw refused(error, request)
    }
  })

const wasOffered = ({ previous, nameOf }: LoadRequest, column: string) =>
  previous.accepted === undefined ||
  previous.accepted.some(({ name, isGone }) => !isGone && isSameName(nameOf(name), column))

/** What is noted of a stream's fields together with its rows. */
export function notedFields({
  schema,
  previous,
  stream,
  nameOf,
}: Pick<LoadRequest, 'schema' | 'previous' | 'stream' | 'nameOf'>): Pick<StreamState, 'accepted' | 'names'> {
  const accepted = schema?.accepted ?? previous.accepted
  return { accepted, names: keptNames(previous.names, accepted ?? [], stream, nameOf) }
}

/** How far a sync went, once its rows are in the table. */
export const withTouched = (reach: NotedReach, published: Published | undefined): NotedReach => ({
  ...reach,
  touched: [...new Set([...reach.touched, ...(published?.touched ?? [])])],
})

/** Brings the staged rows into the table and writes the state that goes with them; the caller's transaction makes them one. */
export async function publishWithState(
  session: DestinationSession,
  request: LoadRequest,
  staging: StagingTable,
  state: string | undefined,
  expectedSyncId?: number,
): Promise<Published> {
  const { stream } = request
  try {
    if (stream.destinationSyncMode.endsWith('dedup')) await dropOlderVersions(session.staging, request, staging)
    if (request.replacesTable) await dropDeleted(session.staging, request, staging.relation, staging.columns ?? [])
    const published = await session.publish(request, staging)
    const reach = request.reach && withTouched(request.reach, published)
    await noteState(session, { ...request, reach }, state, expectedSyncId)
    // The table keeps a column that nobody selects any more, and one that is gone: neither is lost anew with every sync.
    const changes = published.changes.filter(
      ({ kind, column }) => kind !== 'column_removed' || (isSelected(stream, column) && wasOffered(request, column)),
    )
    return { ...published, changes: withLikelyRenames(withoutIgnored(changes, request)) }
  } catch (error) {
    throw refused(error, request)
  }
}

async function noteState(
  session: DestinationSession,
  request: LoadRequest,
  state: string | undefined,
  expectedSyncId = request.previous.syncId,
): Promise<void> {
  const { connectionName, stream, generationId, previous } = request
  const noted = { state, generationId, syncId: previous.syncId + 1, reach: request.reach, ...notedFields(request) }
  if (request.window) await writePartitionsLoaded(session.tables, request, noted)
  else await writeState(session.tables, connectionName, stream, noted, expectedSyncId)
}

/** The rows were read, but the table does not take them: an index on a column that must widen, another writer, …. */
function refused(error: unknown, { stream, connectionName }: LoadRequest): unknown {
  if (!(error instanceof MillraceError)) return error
  const message = `${stream.schema}.${stream.table} could not take the rows of the stream \`${stream.name}\`: ${error.message}`
  const failed = (hint: string | undefined) =>
    extractLoadErrors.create('DESTINATION_WRITE_FAILED', { message, hint, cause: error })
  if (error.code === 'WAREHOUSE_ROWS_REFUSED') return failed(error.hint)
  if (error.code !== 'WAREHOUSE_SQL') return error
  const anew = `millrace sync ${connectionName} --stream ${stream.name} --full-refresh`
  return failed(`Nothing was committed. ${whatToDo(error.message, anew)}`)
}

function whatToDo(message: string, anew: string): string {
  if (/conflict/i.test(message)) return 'Something else wrote the table at the same time; sync again.'
  if (/permission denied|must be owner|read-only/i.test(message))
    return 'Let the user of the warehouse write there: own the table and its schema, or grant what is missing. Then sync again.'
  // PostgreSQL's limits.
  if (/at most 1600 columns|row is too big/i.test(message))
    return 'A table has 1600 columns at most, four of them of its own, and a row some 8000 bytes beside its long texts: choose fewer with `fields`.'
  if (/index row (size|requires)/i.test(message))
    return 'PostgreSQL looks up keys of some 2700 bytes at most: hash the key (a mapper `hashing`), or choose another `primary_key`.'
  return `Remove what was added to the table by hand (indexes, constraints), or load it from the start: ${anew}.`
}
