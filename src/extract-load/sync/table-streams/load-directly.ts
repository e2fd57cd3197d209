import type { ColumnBatch, PostgresRows, Reading } from '../../connectors/connector.js'
import type { DestinationSession, DirectCopy } from '../../destinations/destination.js'
import { withLikelyRenames } from '../../fields/field-changes.js'
import { isSameName } from '../../fields/same-name.js'
import { checkCursor } from '../../loading/request/column-cursor.js'
import { keyNames, type LoadRequest, type LoadResult } from '../../loading/request/load-request.js'
import { withoutIgnored } from '../../loading/stage/keep-columns.js'
import { checkNames } from '../../loading/stage/stage-columns.js'
import { commitDirectCopy } from '../publish/publish-with-state.js'

export interface DirectRows {
  readonly batch: ColumnBatch
  readonly rows: PostgresRows
  readonly target: DirectCopy
}

/**
 * The rows of a reading, where source and destination are PostgreSQL and a table is replaced by them as they are: without mappers, each
 * key once, and with no highest value of a cursor to be looked for.
 */
export async function directCopyOf(
  { directCopy: target }: DestinationSession,
  request: LoadRequest,
  { batches, cursor }: Reading,
): Promise<DirectRows | undefined> {
  const [batch, ...others] = batches
  if (!target || batch?.representation !== 'columns' || !batch.postgresRows || others.length > 0) return undefined
  const { stream, replacesTable, window } = request
  if (!replacesTable || cursor || window || (stream.mappers ?? []).length > 0) return undefined
  if (stream.destinationSyncMode.endsWith('dedup')) {
    const { uniqueBy: ask } = batch.postgresRows
    const uniqueBy = await request.limits.source(ask)
    if (!isUnique(request, batch, uniqueBy)) return undefined
  }
  return (await target.canReplace(request)) ? { batch, rows: batch.postgresRows, target } : undefined
}

function isUnique({ stream, nameOf }: LoadRequest, { columns }: ColumnBatch, uniqueBy: readonly string[]): boolean {
  const keys = keyNames(stream)
  const isIn = (names: readonly string[], name: string) => names.some((one) => isSameName(one, name))
  const loaded = columns.map(({ name }) => nameOf(name))
  return (
    uniqueBy.length > 0 && uniqueBy.every((name) => isIn(keys, nameOf(name))) && keys.every((key) => isIn(loaded, key))
  )
}

/** Brings such rows into the table of their stream. The request knows what becomes of the fields of its source. */
export async function loadDirectly(
  session: DestinationSession,
  request: LoadRequest,
  { batch, rows, target }: DirectRows,
  reading: Reading,
): Promise<LoadResult> {
  checkNames(batch)
  const columns = batch.columns.map((column) => ({ ...column, name: request.nameOf(column.name) }))
  await checkCursor(request, columns, batch.origin)
  let count = 0
  const copied = rows.copy((more) => {
    count += more
    const fraction = batch.rowCount && count / batch.rowCount
    request.onProgress({ rows: count, bytes: batch.sizeBytes, fraction })
  })
  const failure: { error?: unknown } = {}
  const changes = await commitDirectCopy(session, request, reading, (fromSource) =>
    target.replace(request, columns, noting(fromSource(copied), failure)),
  ).catch((error: unknown) => {
    // The destination only knows that it got no more rows.
    throw failure.error ?? error
  })
  return {
    recordsRead: count,
    recordsCommitted: count,
    recordsRejected: 0,
    bytesRead: batch.sizeBytes,
    isUnchanged: false,
    tableRows: count,
    generationId: request.generationId,
    schemaChanges: withLikelyRenames(withoutIgnored(changes, request)),
    reach: request.reach,
  }
}

async function* noting<T>(items: AsyncIterable<T>, failure: { error?: unknown }): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    failure.error = error
    throw error
  }
}
