import { type QueryResult, streamed } from '../../../warehouse/index.js'
import { isSelected } from '../../fields/selection.js'
import { cellChunks } from '../../table-source/cell-chunks.js'
import type { CellColumnReader } from '../../table-source/cell-reader.js'
import { tableBatch } from '../../table-source/table-batch.js'
import { wantedRows } from '../../table-source/wanted-rows.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { openSession, type SourceSession, sourceError } from './session.js'
import { relationOf, tableOf } from './tables.js'

/** Reads one table or view: all of it, or the rows at and above the cursor's last value. */
export async function readSnowflake(context: ConnectorContext, request: ReadRequest): Promise<Reading> {
  const session = await openSession(context)
  try {
    const { table, columns: all } = await tableOf(session, request.stream.name, context)
    const { where, reading } = wantedRows(request, all)
    const columns = all.filter(({ name }) => isSelected(request.stream, name))
    const sql = `select ${columns.map((one) => one.sql).join(', ')} from ${relationOf(table)} ${where}`
    const batch = tableBatch(columns, {
      all,
      origin: `${table.schema}.${table.name}`,
      // The readers that the columns have made.
      chunks: (readers, count) =>
        cellChunks(pieces(session, sql.trim(), context.signal), readers as readonly CellColumnReader[], count),
    })
    return { batches: [batch], ...reading, dispose: () => session.end() }
  } catch (error) {
    await session.end()
    throw sourceError(error)
  }
}

async function* pieces(
  { connection }: SourceSession,
  sql: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<QueryResult> {
  try {
    yield* streamed(connection, sql, { signal })
  } catch (error) {
    throw sourceError(error)
  }
}
