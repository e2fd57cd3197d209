import { MillraceError } from '../../base/index.js'
import { inTransaction, type WarehouseConnection } from '../../warehouse/index.js'
import type { Reading } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { advanceCursor, checkTextCursor } from './column-cursor.js'
import { finalRelation, type LoadRequest, type LoadResult } from './load-request.js'
import { type Published, publish } from './publish.js'
import { dropLeftovers, StagingTable } from './staging-table.js'
import { writeState } from './state-table.js'

/**
 * Loads what a reading holds into the stream's table, on one connection. Everything goes to a temporary table first;
 * then ONE transaction brings it into the final table together with the state. A reader never sees half of it, and a
 * crash at any point leaves the old table with the old state.
 */
export async function loadStream(
  connection: WarehouseConnection,
  request: LoadRequest,
  reading: Reading,
): Promise<LoadResult> {
  const staging = new StagingTable(connection, request)
  try {
    await dropLeftovers(connection, request)
    for (const batch of reading.batches) {
      request.signal?.throwIfAborted()
      await staging.add(batch)
    }
    // No record at all: a file that somebody is only beginning to write must not empty a table.
    const published = staging.columns ? await commit(connection, request, staging, reading) : undefined
    return {
      recordsRead: staging.rows + staging.rejected,
      recordsCommitted: published?.rows ?? 0,
      recordsRejected: staging.rejected,
      bytesRead: staging.bytes,
      isUnchanged:
        published === undefined || (published.rows === 0 && !request.replacesTable && published.changes.length === 0),
      tableRows: await countRows(connection, request, staging.columns !== undefined),
      generationId: published ? request.generationId : request.previous.generationId,
      schemaChanges: published?.changes ?? [],
    }
  } finally {
    await staging.drop()
  }
}

async function commit(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
  { cursor, stateAfter }: Reading,
): Promise<Published> {
  await checkTextCursor(connection, request, staging)
  const advanced = cursor && (await advanceCursor(connection, cursor, request, staging))
  const state = advanced ?? stateAfter
  return inTransaction(connection, () =>
    publishWithState(connection, request, staging, state === undefined ? undefined : JSON.stringify(state)),
  )
}

/** Brings the staged rows into the table and writes the state that goes with them; the caller's transaction makes them one. */
export async function publishWithState(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
  state: string | undefined,
): Promise<Published> {
  const { previous, connectionName, stream, generationId } = request
  try {
    const published = await publish(connection, request, staging)
    await writeState(connection, connectionName, stream, { state, generationId, syncId: previous.syncId + 1 })
    return published
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

export async function countRows(
  connection: WarehouseConnection,
  request: LoadRequest,
  hasTable: boolean,
): Promise<number> {
  if (!hasTable && request.table.length === 0) return 0
  const { rows } = await connection.query(`select count(*) from ${finalRelation(request)}`)
  return Number(rows[0]?.[0])
}
