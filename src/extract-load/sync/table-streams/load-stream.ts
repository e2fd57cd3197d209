import { inSpan } from '../../../base/index.js'
import type { Reading } from '../../connectors/connector.js'
import type { DestinationSession, Published } from '../../destinations/destination.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { advanceCursor, checkTextCursor } from '../../loading/request/column-cursor.js'
import type { SchemaVerdict } from '../../loading/request/judge-schema.js'
import type { LoadRequest, LoadResult } from '../../loading/request/load-request.js'
import { noteReach } from '../../loading/request/partition-state.js'
import { prepareMappers } from '../../loading/rows/map-values.js'
import { keepColumns } from '../../loading/stage/keep-columns.js'
import { dropLeftovers, StagingTable } from '../../loading/stage/staging-table.js'
import { inCommit, publishWithState, stateText, withTouched } from '../publish/publish-with-state.js'
import { directCopyOf, loadDirectly } from './load-directly.js'

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
  const sent = await directCopyOf(session, request, reading)
  const judged = sent && onOffered(sent.batch.offered)
  if (sent && judged?.ignored.length === 0)
    return inSpan('commit', {}, () => loadDirectly(session, { ...request, schema: judged }, sent, reading))
  const [first, ...others] = reading.batches
  // Of JSON a record far behind may have a field that no other has.
  const isToldAtOnce = first && 'format' in first && ['csv', 'parquet'].includes(first.format) && !others.length
  const staging = new StagingTable(session.staging, { ...request, onOpened: isToldAtOnce ? onOffered : undefined })
  try {
    await prepareMappers(session.staging, request.stream)
    await dropLeftovers(session.staging, request)
    await inSpan('stage', {}, async () => {
      for (const batch of reading.batches) {
        request.signal?.throwIfAborted()
        if (batch.representation === 'columns') schema = judged ?? onOffered(batch.offered)
        await staging.add(batch)
      }
    })
    if (staging.offered.length > 0) schema = onOffered(staging.offered)
    // No record at all: a file that somebody is only beginning to write must not empty a table.
    const recordsRead = staging.rows + staging.rejected
    const judgedRequest = { ...request, schema }
    const published = staging.columns
      ? await inSpan('commit', {}, () => commit(session, judgedRequest, staging, reading))
      : undefined
    const { reach } = request
    if (!published && reach) await session.transaction(() => noteReach(session.tables, request, reach))
    return {
      recordsRead,
      recordsCommitted: published?.rows ?? 0,
      recordsRejected: staging.rejected,
      bytesRead: staging.bytes,
      isUnchanged:
        published === undefined ||
        (published.rows === 0 && !request.replacesTable && !request.window && published.changes.length === 0),
      tableRows: staging.columns || request.table.length > 0 ? await countRows(session, request) : 0,
      generationId: published ? request.generationId : request.previous.generationId,
      schemaChanges: published?.changes ?? [],
      reach: request.reach && withTouched(request.reach, published),
    }
  } finally {
    await staging.drop()
  }
}

/** The rows are committed already: that nobody can count them fails nothing. */
const countRows = (session: DestinationSession, { stream, onWarning }: LoadRequest) =>
  session.countRows(stream).catch((error: Error) => {
    onWarning(`the rows of ${stream.schema}.${stream.table} could not be counted: ${error.message}`)
    return undefined
  })

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
  const state = stateText(advanced ?? stateAfter)
  return inCommit(session, request, () => publishWithState(session, request, staging, state))
}
