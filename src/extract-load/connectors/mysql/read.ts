import type { ColumnChunk } from '../../../warehouse/index.js'
import { isSelected } from '../../fields/selection.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { tableBatch } from '../../table-source/table-batch.js'
import { wantedRows } from '../../table-source/wanted-rows.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { cdcSnapshot } from './cdc/snapshot.js'
import { readColumn } from './columns.js'
import { cdcOf, readConfig } from './config.js'
import { quoteName } from './quoting.js'
import { executeRaw } from './rows/execute-raw.js'
import { RowDecoder } from './rows/row-decoder.js'
import { openSnapshot, SourceSession } from './session.js'
import { sourceError } from './source-error.js'
import { tableOf } from './streams.js'

/** Reads one table or view by the binary protocol: all of it, or the rows at and above the cursor's last value. */
export async function readMysql(context: ConnectorContext, request: ReadRequest): Promise<Reading> {
  const isFollowed = cdcOf(readConfig(context.config, context.file)) && request.stream.syncMode === 'incremental'
  // What is followed in the log begins its snapshot together with a place there.
  const session = await (isFollowed ? SourceSession.open(context) : openSnapshot(context))
  try {
    const { config } = session
    const { name, all, where, reading } = await whatToRead(session, context, request, isFollowed)
    const columns = all.filter((column) => isSelected(request.stream, column.name))
    const relation = `${quoteName(config.database)}.${quoteName(name)}`
    const sql = `select ${columns.map((one) => one.sql).join(', ')} from ${relation} ${where}`
    const batch = tableBatch(columns, {
      all,
      origin: `${config.database}.${name}`,
      chunks: (readers, count) => readChunks(session, sql, readers, count),
    })
    return { batches: [batch], ...reading, dispose: () => session.end() }
  } catch (error) {
    await session.end()
    throw sourceError(error, session.config)
  }
}

async function whatToRead(
  session: SourceSession,
  context: ConnectorContext,
  request: ReadRequest,
  isFollowed: boolean | undefined,
) {
  if (isFollowed) {
    const { table, columns, state } = await cdcSnapshot(session, request.stream.name, context)
    const reading = { stateAfter: state, cursor: undefined }
    return { name: table.name, all: [...table.columns.map(readColumn), ...columns], where: '', reading }
  }
  const table = await tableOf(session, request.stream.name, context)
  const all = table.columns.map(readColumn)
  const { where, reading } = wantedRows(request, all)
  return { name: table.name, all, where, reading }
}

async function* readChunks(
  { connection, config }: SourceSession,
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
