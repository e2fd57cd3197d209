import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { ColumnCursor } from '../../connectors/connector.js'
import { extractLoadErrors } from '../../errors.js'
import { exactCast } from '../rows/exact-cast.js'
import { columnNamed, isOwn, type TableColumn } from '../rows/table-shape.js'
import type { LoadRequest } from './load-request.js'

const noOrderHint =
  'Choose another cursor, or leave `cursor_field` out to read whole files by their time; then load from the start with --full-refresh.'

/** @throws CURSOR_INVALID when a file does not have the cursor, or its values cannot be put in order */
export async function checkCursor(request: LoadRequest, columns: readonly TableColumn[], url: string): Promise<void> {
  const name = cursorColumn(request)
  if (name === undefined || isOwn(name)) return
  const column = columnNamed(columns, name)
  if (!column)
    throw invalid(request, url, 'is none of its columns', `Its columns: ${columns.map((one) => one.name).join(', ')}.`)
  if (column.isEmpty) return
  if (column.kind === 'json' || column.kind === 'boolean')
    throw invalid(request, url, `holds values without an order (${column.type})`, noOrderHint)
  const known = columnNamed(request.table, name)
  if (!known || request.replacesTable || (known.kind === 'text') === (column.kind === 'text')) return
  if (await request.existing.hasValues(known.name))
    throw invalid(request, url, `was ${known.type} and is ${column.type} now: its order is another one`, noOrderHint)
}

/**
 * The rows that a column cursor lets through: above the last value, and of those equal to it or without a value the ones
 * that the table does not have yet. A row that arrives late with the same value is neither lost nor loaded twice.
 * @param value the SQL of a column's value where the rows come from
 */
export async function cursorFilter(
  request: LoadRequest,
  columns: readonly TableColumn[],
  value: (column: TableColumn) => string = ({ name }) => quoteIdentifier(name),
): Promise<string> {
  const { cursor, warehouse, table } = request
  const name = cursor?.column
  const column = name === undefined ? undefined : columnNamed(columns, name)
  const known = name === undefined ? undefined : columnNamed(table, name)
  if (cursor?.from === undefined || !column || !known) return ''
  const quoted = value(column)
  // The bare literal takes the column's own type, so the comparison stays exact.
  const from = quoteLiteral(cursor.from)
  const shared = columns.flatMap((one) => {
    const own = isOwn(one.name) ? undefined : columnNamed(table, one.name)
    return own ? [{ incoming: exactCast(value(one), one, own), loaded: warehouse.quoteIdentifier(own.name) }] : []
  })
  const incoming = rowText(shared.map((one) => one.incoming))
  const loaded = rowText(shared.map((one) => one.loaded))
  const existing = await request.existing.at(known.name, cursor.from)
  if (existing === undefined) return `where ${quoted} >= ${from} or ${quoted} is null`
  const atBoundary = `select ${loaded} from ${existing}`
  return `where ${quoted} > ${from} or ((${quoted} = ${from} or ${quoted} is null) and ${incoming} not in (${atBoundary}))`
}

/** The column that rows are put in order by: to go on from, or to know the newest of a key. */
export function cursorColumn({
  cursor,
  stream,
  window,
}: Pick<LoadRequest, 'cursor' | 'stream' | 'window'>): string | undefined {
  const isIncremental = stream.syncMode === 'incremental' && stream.destinationSyncMode === 'append_dedup'
  // Where all rows are read at once, the newest of a key is known before: of some partitions it is not.
  const isMerged = isIncremental || (window !== undefined && stream.destinationSyncMode.endsWith('dedup'))
  return cursor?.column ?? (isMerged ? stream.cursorField?.join('.') : undefined)
}

/**
 * Texts are in the order of their letters. Where they mean days that begin with the day or the month, rows would be lost.
 * @throws CURSOR_INVALID
 */
export async function checkTextCursor(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: { readonly relation: string; readonly columns?: readonly TableColumn[] | undefined },
): Promise<void> {
  const name = cursorColumn(request)
  const column = name === undefined ? undefined : columnNamed(staging.columns ?? [], name)
  if (column?.kind !== 'text' || isOwn(column.name)) return
  const quoted = request.warehouse.quoteIdentifier(column.name)
  const { rows } = await connection.query(
    `select ${quoted} from ${staging.relation} where regexp_matches(${quoted}, '^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}') limit 1`,
  )
  const [day] = rows[0] ?? []
  if (day !== undefined)
    throw invalid(request, undefined, `holds days as text (\`${String(day)}\`), which do not sort`, noOrderHint)
}

function invalid(request: LoadRequest, url: string | undefined, why: string, hint: string) {
  return extractLoadErrors.create('CURSOR_INVALID', {
    message: `The cursor \`${cursorColumn(request)}\` of the stream \`${request.stream.name}\` ${why}.`,
    at: url === undefined ? undefined : { file: url },
    hint,
  })
}

/** One text per row, NULL told from every text. */
const rowText = (values: readonly string[]) =>
  `json_array(${values.map((sql) => `${sql}::varchar`).join(', ')})::varchar`

/** The state after a load by a cursor: that of the highest value read; undefined when nothing above the old one came. */
export async function advanceCursor(
  connection: WarehouseConnection,
  cursor: ColumnCursor,
  { warehouse }: LoadRequest,
  staging: { readonly relation: string; readonly columns?: readonly TableColumn[] | undefined },
): Promise<unknown> {
  const column = columnNamed(staging.columns ?? [], cursor.column)
  if (!column) return undefined
  const { rows } = await connection.query(
    `select max(${warehouse.quoteIdentifier(column.name)})::varchar from ${staging.relation}`,
  )
  const value = rows[0]?.[0]
  return typeof value === 'string' ? cursor.stateAfter(value) : undefined
}
