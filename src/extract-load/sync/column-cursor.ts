import type { WarehouseConnection } from '../../warehouse/index.js'
import type { ColumnCursor } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { sqlText } from '../file-formats/duckdb-reader.js'
import { finalRelation, type LoadRequest } from './load-request.js'
import { isOwn, type TableColumn } from './table-shape.js'

const named = (columns: readonly TableColumn[], name: string) =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase())

/**
 * The rows that a column cursor lets through: above the last value, or equal to it and not in the table yet. A row that
 * arrives late with the same value is neither lost nor loaded twice.
 * @throws CURSOR_INVALID when the column does not exist
 */
export function cursorFilter(
  request: LoadRequest,
  columns: readonly TableColumn[],
  value: (column: TableColumn) => string,
): string {
  const { reading, warehouse, stream, table } = request
  if (!reading.cursor) return ''
  const column = named(columns, reading.cursor.column)
  if (!column)
    throw extractLoadErrors.create('CURSOR_INVALID', {
      message: `The cursor \`${reading.cursor.column}\` of the stream \`${stream.name}\` is none of its columns.`,
      hint: `Its columns: ${columns.map(({ name }) => name).join(', ')}.`,
    })
  if (reading.cursor.from === undefined) return ''
  const quoted = warehouse.quoteIdentifier(column.name)
  // The bare literal takes the column's own type, so the comparison stays exact.
  const from = sqlText(reading.cursor.from)
  // With a primary key a row that comes again replaces itself.
  if (stream.destinationSyncMode === 'append_dedup') return `where ${quoted} >= ${from}`
  const known = named(table, column.name)
  if (!known) return ''
  const shared = columns.filter((one) => !isOwn(one.name) && named(table, one.name))
  const incoming = rowText(shared.map((one) => `try_cast(${value(one)} as ${named(table, one.name)?.type})`))
  const loaded = rowText(shared.map((one) => warehouse.quoteIdentifier(one.name)))
  const ties = `select ${loaded} from ${finalRelation(request)} where ${warehouse.quoteIdentifier(known.name)} = ${from}`
  return `where ${quoted} > ${from} or (${quoted} = ${from} and ${incoming} not in (${ties}))`
}

/** One text per row, NULL told from every text. */
const rowText = (values: readonly string[]) =>
  `json_array(${values.map((sql) => `${sql}::varchar`).join(', ')})::varchar`

/** The state after a load: the highest value read; the old one when nothing above it came. */
export async function advanceCursor(
  connection: WarehouseConnection,
  cursor: ColumnCursor,
  { warehouse, reading }: LoadRequest,
  staging: { readonly relation: string; readonly columns?: readonly TableColumn[] | undefined },
): Promise<unknown> {
  const column = named(staging.columns ?? [], cursor.column)
  if (!column) return reading.stateAfter
  const { rows } = await connection.query(
    `select max(${warehouse.quoteIdentifier(column.name)})::varchar from ${staging.relation}`,
  )
  const value = rows[0]?.[0]
  return typeof value === 'string' ? cursor.stateAfter(value) : reading.stateAfter
}
