import type { ColumnChunk } from '../../../warehouse/index.js'
import { isSelected } from '../../fields/selection.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { tableCursor } from '../../table-source/cursor.js'
import { tableBatch } from '../../table-source/table-batch.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { readColumn } from './columns.js'
import { quoteName } from './quoting.js'
import { executeRaw } from './rows/execute-raw.js'
import { RowDecoder } from './rows/row-decoder.js'
import { Snapshot } from './session.js'
import { sourceError } from './source-error.js'
import { tableOf } from './streams.js'

/** Reads one table or view by the binary protocol: all of it, or the rows at and above the cursor's last value. */
export async function readMysql(context: ConnectorContext, request: ReadRequest): Promise<Reading> {
  const snapshot = await Snapshot.open(context)
  try {
    const { config } = snapshot
    const table = await tableOf(snapshot, request.stream.name, context)
    const all = table.columns.map(readColumn)
    const columns = all.filter(({ name }) => isSelected(request.stream, name))
    const { column, from, reading } = tableCursor(request, columns)
    const relation = `${quoteName(config.database)}.${quoteName(table.name)}`
    const where = column && from !== undefined ? column.rowsFrom(from) : ''
    const sql = `select ${columns.map((one) => one.sql).join(', ')} from ${relation} ${where}`
    const batch = tableBatch(columns, {
      all,
      origin: `${config.database}.${table.name}`,
      chunks: (readers, count) => readChunks(snapshot, sql, readers, count),
    })
    return { batches: [batch], ...reading, dispose: () => snapshot.end() }
  } catch (error) {
    await snapshot.end()
    throw sourceError(error, snapshot.config)
  }
}

async function* readChunks(
  { connection, config }: Snapshot,
  sql: string,
  readers: readonly ColumnReader[],
  count: (bytes: number) => void,
): AsyncGenerator<ColumnChunk> {
  let decoder: RowDecoder | undefined
  try {
    yield* executeRaw(connection, sql, (types) => {
      const rows = new RowDecoder(readers, types)
      decoder = rows
      return (bytes, start, end) => {
        count(end - start)
        return rows.add(bytes, start)
      }
    })
  } catch (error) {
    throw sourceError(error, config)
  }
  const last = decoder?.end()
  if (last) yield last
}
