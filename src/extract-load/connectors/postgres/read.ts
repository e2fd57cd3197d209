import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { ColumnChunk } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ColumnBatch, ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { type ReadColumn, readColumn } from './columns.js'
import { copyOut } from './copy/copy-out.js'
import { CopyDecoder } from './copy/decode-copy.js'
import { Snapshot } from './session.js'
import { sourceError } from './source-error.js'
import { readPostgresState } from './state.js'
import { tableOf } from './streams.js'

/** Reads one table or view by binary COPY: all of it, or the rows at and above the cursor's last value. */
export async function readPostgres(context: ConnectorContext, { stream, state }: ReadRequest): Promise<Reading> {
  const snapshot = await Snapshot.open(context)
  try {
    const { client, config } = snapshot
    const table = await tableOf(client, config, stream.name, context)
    const columns = table.columns.map(readColumn)
    const cursor = stream.syncMode === 'incremental' ? cursorOf(stream.name, columns, stream.cursorField) : undefined
    const previous = readPostgresState(cursor ? state : undefined)
    const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
    const where = cursor && previous.cursor !== undefined ? rowsFrom(cursor, previous.cursor) : ''
    const selected = columns.map((column) => column.sql).join(', ')
    return {
      batches: [
        copyBatch(
          snapshot,
          `copy (select ${selected} from ${relation} ${where}) to stdout (format binary)`,
          columns,
          table,
        ),
      ],
      stateAfter: previous,
      dispose: () => snapshot.end(),
      ...(cursor && {
        cursor: {
          column: cursor.name,
          from: previous.cursor,
          stateAfter: (value: string) => ({ cursor_field: cursor.name, cursor: value }),
        },
      }),
    }
  } catch (error) {
    await snapshot.end()
    throw sourceError(error, snapshot.config)
  }
}

/** @throws CURSOR_INVALID */
function cursorOf(stream: string, columns: readonly ReadColumn[], path: readonly string[] | undefined): ReadColumn {
  const name = path?.join('.')
  const found = columns.find((column) => column.name === name)
  if (found && !['json', 'binary', 'boolean'].includes(found.kind)) return found
  const how =
    name === undefined
      ? 'has no `cursor_field`'
      : found
        ? `has the cursor \`${name}\`, whose values have no order`
        : `has no column \`${name}\` for a cursor`
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The incremental stream \`${stream}\` ${how}.`,
    hint: 'Set `cursor_field` to a column whose values grow when rows are added or changed, such as `updated_at`, or load the whole table with `sync_mode: full_refresh`.',
  })
}

/**
 * Rows that have the last value again may be new, and rows without a value never are above one. Texts compare by their bytes, as in the
 * warehouse that says which is the highest: the order of a language is another one.
 */
function rowsFrom({ name, kind, isUnboundedNumber }: ReadColumn, from: string): string {
  const column = quoteIdentifier(name)
  const order = kind === 'text' && !isUnboundedNumber ? ' collate "C"' : ''
  return `where ${column}${order} >= ${quoteLiteral(from)} or ${column} is null`
}

function copyBatch(
  { client, config }: Snapshot,
  sql: string,
  columns: readonly ReadColumn[],
  table: { readonly schema: string; readonly name: string },
): ColumnBatch {
  const readers = columns.map((column) => column.reader())
  let bytes = 0
  async function* chunks(): AsyncGenerator<ColumnChunk> {
    const decoder = new CopyDecoder(readers)
    try {
      yield* copyOut(client, sql, (buffer, start, end) => {
        bytes += end - start
        return decoder.add(buffer, start)
      })
    } catch (error) {
      throw sourceError(error, config, sql)
    }
    const last = decoder.end()
    if (last) yield last
  }
  return {
    representation: 'columns',
    origin: `${table.schema}.${table.name}`,
    columns: columns.map(({ name, kind, isUnboundedNumber }, i) => ({
      name,
      kind,
      type: readers[i]?.type ?? 'VARCHAR',
      isUnboundedNumber,
    })),
    chunks: chunks(),
    get sizeBytes() {
      return bytes
    },
  }
}
