import { type ColumnChunk, streamed, type WarehouseConnection } from '../../../warehouse/index.js'
import { isSelected } from '../../fields/selection.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { tableBatch } from '../../table-source/table-batch.js'
import { wantedRows } from '../../table-source/wanted-rows.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { tableOf } from './catalogue.js'
import { readColumn } from './columns.js'
import { relationOf } from './discover.js'
import type { CellReader } from './readers.js'
import { openSession, sourceError } from './session.js'

/** Reads one table or view by a query: all of it, or the rows at and above the cursor's last value. */
export async function readBigQuery(context: ConnectorContext, request: ReadRequest): Promise<Reading> {
  const session = await openSession(context)
  try {
    const { config, connection } = session
    const table = await tableOf(session, request.stream.name, context)
    const all = table.columns.map(readColumn)
    const { where, reading } = wantedRows(request, all)
    const columns = all.filter((one) => isSelected(request.stream, one.name))
    const selected = columns.map((one, i) => `${one.sql} as c${i}`).join(', ')
    const relation = relationOf(config.project_id, table.dataset, table.name)
    const sql = `select ${selected} from ${relation}${where ? ` where ${where}` : ''}`
    const batch = tableBatch(columns, {
      all,
      origin: `${table.dataset}.${table.name}`,
      chunks: (readers, count) =>
        readChunks(connection, sql, readers as (ColumnReader & CellReader)[], count, context.signal),
    })
    return { batches: [batch], ...reading, dispose: () => session.end() }
  } catch (error) {
    await session.end()
    throw sourceError(error)
  }
}

async function* readChunks(
  connection: WarehouseConnection,
  sql: string,
  readers: readonly (ColumnReader & CellReader)[],
  count: (bytes: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<ColumnChunk, void> {
  try {
    for await (const { rows } of streamed(connection, sql, { signal })) {
      for (const [row, cells] of rows.entries()) {
        let bytes = 0
        for (const [i, reader] of readers.entries()) {
          const cell = cells[i] ?? null
          if (cell === null) reader.skip(row)
          else {
            reader.put(cell, row)
            bytes += typeof cell === 'string' ? cell.length : cell instanceof Uint8Array ? cell.length : 8
          }
        }
        count(bytes)
      }
      if (rows.length > 0) yield { rowCount: rows.length, columns: readers.map((reader) => reader.take(rows.length)) }
    }
  } catch (error) {
    throw sourceError(error)
  }
}
