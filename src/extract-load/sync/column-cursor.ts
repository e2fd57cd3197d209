import type { WarehouseConnection } from '../../warehouse/index.js'
import type { ColumnCursor } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { sqlText } from '../file-formats/sql-text.js'
import { finalRelation, type LoadRequest } from './load-request.js'
import { isOwn, type TableColumn } from './table-shape.js'

const named = (columns: readonly TableColumn[], name: string) =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase())

/**
 * The rows that a column cursor lets through: above the last value, and of those equal to it or without a value the ones
 * that the table does not hold yet. A row that arrives late with the same value is neither lost nor loaded twice.
 * @throws CURSOR_INVALID when the column does not exist, or its values cannot be put in order
 */
export function cursorFilter(request: LoadRequest, columns: readonly TableColumn[], url: string): string {
  const { reading, warehouse, stream, table } = request
  const { cursor } = reading
  if (!cursor) return ''
  const column = named(columns, cursor.column)
  if (!column)
    throw invalid(request, url, 'is none of its columns', `Its columns: ${columns.map(({ name }) => name).join(', ')}.`)
  if (column.kind === 'json' || column.kind === 'boolean')
    throw invalid(
      request,
      url,
      `holds values without an order (${column.type})`,
      'Choose a column of numbers or times.',
    )
  if (cursor.from === undefined) return ''
  checkOrder(request, cursor.from, column, url)
  const quoted = warehouse.quoteIdentifier(column.name)
  // The bare literal takes the column's own type, so the comparison stays exact.
  const from = sqlText(cursor.from)
  // With a primary key a row that comes again replaces itself.
  if (stream.destinationSyncMode === 'append_dedup') return `where ${quoted} >= ${from} or ${quoted} is null`
  const known = named(table, column.name)
  if (!known) return ''
  const shared = columns.filter((one) => !isOwn(one.name) && named(table, one.name))
  const incoming = rowText(
    shared.map((one) => `try_cast(${warehouse.quoteIdentifier(one.name)} as ${named(table, one.name)?.type})`),
  )
  const loaded = rowText(shared.map((one) => warehouse.quoteIdentifier(one.name)))
  const old = warehouse.quoteIdentifier(known.name)
  const ties = `select ${loaded} from ${finalRelation(request)} where ${old} = ${from} or ${old} is null`
  return `where ${quoted} > ${from} or ((${quoted} = ${from} or ${quoted} is null) and ${incoming} not in (${ties}))`
}

/** Texts are in the order of their letters, not of the numbers or days that they mean: rows would be lost or repeated. */
function checkOrder(request: LoadRequest, from: string, column: TableColumn, url: string): void {
  const known = named(request.table, column.name)
  const hint = `Choose another cursor, or leave \`cursor_field\` out to read whole files by their time; then load from the start with --full-refresh.`
  if (column.kind === 'text' && /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(from))
    throw invalid(request, url, `holds days as text (\`${from}\`), which do not sort`, hint)
  if (known && !column.isEmpty && isText(known) !== isText(column))
    throw invalid(request, url, `was ${known.type} and is ${column.type} now: its order is another one`, hint)
}

const isText = ({ kind }: TableColumn) => kind === 'text'

function invalid({ reading, stream }: LoadRequest, url: string, why: string, hint: string) {
  return extractLoadErrors.create('CURSOR_INVALID', {
    message: `The cursor \`${reading.cursor?.column}\` of the stream \`${stream.name}\` ${why}.`,
    at: { file: url },
    hint,
  })
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
