import { MillraceError } from '../../base/index.js'
import type { Reading } from '../connectors/connector.js'
import type { DestinationSession, Published } from '../destinations/destination.js'
import { extractLoadErrors } from '../errors.js'
import { keptNames } from '../fields/loaded-names.js'
import type { OfferedField } from '../fields/offered-field.js'
import { isSameName } from '../fields/same-name.js'
import { isSelected } from '../fields/selection.js'
import { advanceCursor, checkTextCursor } from './column-cursor.js'
import { dropDeleted } from './drop-deleted.js'
import { dropOlderVersions } from './drop-older-versions.js'
import type { SchemaVerdict } from './judge-schema.js'
import { keepColumns, withoutIgnored } from './keep-columns.js'
import type { LoadRequest, LoadResult } from './load-request.js'
import { prepareMappers } from './map-values.js'
import { dropLeftovers, StagingTable } from './staging-table.js'
import { type StreamState, writeState } from './state-table.js'

/**
 * Loads what a reading holds into the stream's table, on one connection. Everything goes to a temporary table first;
 * then ONE transaction brings it into the final table together with the state. A reader never sees half of it, and a
 * crash at any point leaves the old table with the old state.
 * @param onOffered is told what the source has for the stream, before it is read where that is known; and judges it; what it throws stops the load
 */
export async function loadStream(
  session: DestinationSession,
  request: LoadRequest,
  reading: Reading,
  onOffered: (offered: readonly OfferedField[]) => SchemaVerdict,
): Promise<LoadResult> {
  let { schema } = request
  const [first, ...others] = reading.batches
  // Of JSON a record far behind may have a field that no other has.
  const isToldAtOnce = first && 'format' in first && ['csv', 'parquet'].includes(first.format) && !others.length
  const staging = new StagingTable(session.staging, { ...request, onOpened: isToldAtOnce ? onOffered : undefined })
  try {
    await prepareMappers(session.staging, request.stream)
    await dropLeftovers(session.staging, request)
    for (const batch of reading.batches) {
      request.signal?.throwIfAborted()
      if (batch.representation === 'columns') schema = onOffered(batch.offered)
      await staging.add(batch)
    }
    if (staging.offered.length > 0) schema = onOffered(staging.offered)
    // No record at all: a file that somebody is only beginning to write must not empty a table.
    const recordsRead = staging.rows + staging.rejected
    const published = staging.columns ? await commit(session, { ...request, schema }, staging, reading) : undefined
    return {
      recordsRead,
      recordsCommitted: published?.rows ?? 0,
      recordsRejected: staging.rejected,
      bytesRead: staging.bytes,
      isUnchanged:
        published === undefined || (published.rows === 0 && !request.replacesTable && published.changes.length === 0),
      tableRows: staging.columns || request.table.length > 0 ? await session.countRows(request.stream) : 0,
      generationId: published ? request.generationId : request.previous.generationId,
      schemaChanges: published?.changes ?? [],
    }
  } finally {
    await staging.drop()
  }
}

async function commit(
  session: DestinationSession,
  request: LoadRequest,
  staging: StagingTable,
  { stateAfter }: Reading,
): Promise<Published> {
  await keepColumns(session.staging, request, staging)
  await checkTextCursor(session.staging, request, staging)
  const { cursor } = request
  const advanced = cursor && (await advanceCursor(session.staging, cursor, request, staging))
  const state = advanced ?? stateAfter
  return session.transaction(() =>
    publishWithState(session, request, staging, state === undefined ? undefined : JSON.stringify(state)),
  )
}

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

/** Brings the staged rows into the table and writes the state that goes with them; the caller's transaction makes them one. */
export async function publishWithState(
  session: DestinationSession,
  request: LoadRequest,
  staging: StagingTable,
  state: string | undefined,
  expectedSyncId = request.previous.syncId,
): Promise<Published> {
  const { previous, connectionName, stream, generationId } = request
  try {
    if (stream.destinationSyncMode.endsWith('dedup')) await dropOlderVersions(session.staging, request, staging)
    if (request.replacesTable) await dropDeleted(session.staging, request, staging.relation, staging.columns ?? [])
    const published = await session.publish(request, staging)
    await writeState(
      session.tables,
      connectionName,
      stream,
      { state, generationId, syncId: previous.syncId + 1, ...notedFields(request) },
      expectedSyncId,
    )
    // The table keeps a column that nobody selects any more, and one that is gone: neither is lost anew with every sync.
    const changes = published.changes.filter(
      ({ kind, column }) => kind !== 'column_removed' || (isSelected(stream, column) && wasOffered(request, column)),
    )
    return { ...published, changes: withoutIgnored(changes, request) }
  } catch (error) {
    throw refused(error, request)
  }
}

/** The rows were read, but the table does not take them: an index on a column that must widen, another writer, …. */
function refused(error: unknown, { stream, connectionName }: LoadRequest): unknown {
  if (!(error instanceof MillraceError) || error.code !== 'WAREHOUSE_SQL') return error
  const isConflict = /conflict/i.test(error.message)
  return extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `${stream.schema}.${stream.table} could not take the rows of the stream \`${stream.name}\`: ${error.message}`,
    hint: isConflict
      ? 'Something else wrote the table at the same time. Nothing was committed; sync again.'
      : `Nothing was committed. Remove what was added to the table by hand (indexes, constraints), or load it from the start: millrace sync ${connectionName} --stream ${stream.name} --full-refresh.`,
    cause: error,
  })
}
