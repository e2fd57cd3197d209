import { quoteIdentifier } from '../../../sql/index.js'
import type { ColumnChunk } from '../../../warehouse/index.js'
import { isSelected } from '../../fields/selection.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { tableBatch } from '../../table-source/table-batch.js'
import { wantedRows } from '../../table-source/wanted-rows.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import type { PostgresTable } from './catalogue.js'
import { cdcSnapshot } from './cdc/snapshot.js'
import { readColumn } from './columns.js'
import { type CdcSettings, cdcOf, cursorSessionsAtOnce, readConfig, sessionsAtOnce } from './config.js'
import { copyBytes } from './copy/copy-bytes.js'
import { copyOut } from './copy/copy-out.js'
import { type CursorRows, cursorParts } from './copy/cursor-parts.js'
import { CopyDecoder } from './copy/decode-copy.js'
import { readParts } from './copy/parallel-copy.js'
import { tableParts } from './copy/table-parts.js'
import { openLockedSnapshot, openSnapshot, type SourceSession } from './session.js'
import { sourceError } from './source-error.js'
import { tableOf } from './streams.js'
import { xminRead } from './xmin.js'

/** Reads one table or view by binary COPY: all of it, or the rows at and above the cursor's last value. */
export async function readPostgres(context: ConnectorContext, request: ReadRequest): Promise<Reading> {
  const { name, syncMode } = request.stream
  const cdc = syncMode === 'incremental' ? cdcOf(readConfig(context.config, context.file)) : undefined
  const snapshot = await (cdc ? openLockedSnapshot(context, name) : openSnapshot(context))
  try {
    const { table, all, condition, parts, reading } = await whatToRead(snapshot, context, request, cdc)
    const columns = all.filter(({ name }) => isSelected(request.stream, name))
    const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
    const copy = (selected: readonly string[], part?: string) => {
      const conditions = [condition, part].flatMap((one) => (one ? [`(${one})`] : []))
      const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
      return `copy (select ${selected.join(', ')} from ${relation}${where}) to stdout (format binary)`
    }
    const selected = columns.map((one) => one.sql)
    const asSent = columns.flatMap(({ postgresSql }) => postgresSql ?? [])
    const batch = tableBatch(columns, {
      all,
      origin: `${table.schema}.${table.name}`,
      async *chunks(readers, count) {
        const found = parts.atOnce === 1 ? [] : await parts.find()
        if (found.length === 0) yield* copyChunks(snapshot, copy(selected), readers, count)
        else
          yield* readParts(snapshot, found, {
            atOnce: parts.atOnce,
            readerOf: (session) => {
              const own = columns.map((column) => column.reader())
              return (part) => copyChunks(session, copy(selected, part), own, count)
            },
          })
      },
      postgresRows: (count) =>
        asSent.length < columns.length
          ? undefined
          : {
              uniqueBy: async () => ((await hasHeirs(snapshot, relation)) ? [] : table.primaryKey),
              copy: (onRows) =>
                sentRows(snapshot, copy(asSent), (rows, bytes) => {
                  count(bytes)
                  onRows(rows)
                }),
            },
    })
    return { batches: [batch], ...reading, dispose: () => snapshot.end() }
  } catch (error) {
    await snapshot.end()
    throw sourceError(error, snapshot.config)
  }
}

/** What several sessions read one after the other, as SQL conditions. */
interface Parts {
  readonly atOnce: number
  /** None: it is read at once. */
  find(): Promise<readonly string[]>
}

async function whatToRead(
  session: SourceSession,
  context: ConnectorContext,
  request: ReadRequest,
  cdc: CdcSettings | undefined,
) {
  const { client, config } = session
  const table = await tableOf(client, config, request.stream.name, context)
  const pages: Parts = { atOnce: sessionsAtOnce(config), find: () => tableParts(session, table) }
  if (cdc) {
    const { columns, state, ...told } = await cdcSnapshot(client, cdc, table)
    return {
      ...told,
      all: [...told.table.columns.map(readColumn), ...columns],
      parts: pages,
      reading: { stateAfter: state, cursor: undefined },
    }
  }
  const all = table.columns.map(readColumn)
  if (config.replication_method.method === 'Xmin' && request.stream.syncMode === 'incremental') {
    const { condition, state, note } = await xminRead(client, table, request)
    // No index knows `xmin`: the server looks at the whole table.
    return { table, all, condition, parts: pages, reading: { stateAfter: state, cursor: undefined, note } }
  }
  const { where, reading } = wantedRows(request, all)
  const { column, from } = reading.cursor ?? {}
  let parts = where === '' ? pages : atOnce
  if (!request.window && column !== undefined && from !== undefined)
    parts = newRows(session, table, { column, from, condition: where })
  return { table, all, condition: where, parts, reading }
}

/** The rows of a partition, and those whose cursor has no parts. */
const atOnce: Parts = { atOnce: 1, find: async () => [] }

/** Those above a cursor's last value. */
function newRows(session: SourceSession, table: PostgresTable, rows: CursorRows): Parts {
  const sessions = cursorSessionsAtOnce(session.config)
  // Where they lie is unknown: more parts than sessions end at about the same time.
  return { atOnce: sessions, find: () => cursorParts(session, table, rows, 2 * sessions) }
}

/** Whether tables inherit from a table: their rows are read with its own, and its key does not hold for them. */
async function hasHeirs({ client, config }: SourceSession, relation: string): Promise<boolean> {
  const sql =
    "select 1 from pg_inherits i join pg_class c on c.oid = i.inhparent where c.oid = to_regclass($1) and c.relkind = 'r' limit 1"
  try {
    return (await client.query(sql, [relation])).rows.length > 0
  } catch (error) {
    throw sourceError(error, config, sql)
  }
}

async function* sentRows(
  { client, config }: SourceSession,
  sql: string,
  onRows: (rows: number, bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* copyBytes(client, sql, onRows)
  } catch (error) {
    throw sourceError(error, config, sql)
  }
}

async function* copyChunks(
  { client, config }: SourceSession,
  sql: string,
  readers: readonly ColumnReader[],
  count: (bytes: number) => void,
): AsyncGenerator<ColumnChunk> {
  const decoder = new CopyDecoder(readers)
  try {
    yield* copyOut(client, sql, (buffer, start, end) => {
      count(end - start)
      return decoder.add(buffer, start)
    })
  } catch (error) {
    throw sourceError(error, config, sql)
  }
  const last = decoder.end()
  if (last) yield last
}
