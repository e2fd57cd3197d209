import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { RowWindow } from '../../contract.js'
import { requireValues, windowBounds } from '../../fields/row-window.js'
import { isSameName } from '../../fields/same-name.js'
import type { LoadRequest } from '../../sync/load/load-request.js'
import { mostTouched, partitionPlaces } from '../../sync/load/partition-filter.js'
import type { TableColumn } from '../../sync/rows/table-shape.js'
import type { LoadDialect } from './load-dialect.js'
import type { Incoming } from './load-staged.js'

/** SQL: whether a row belongs to a window. A row without a value belongs to none. @throws PARTITION_FIELD_INVALID */
export function windowCondition(dialect: LoadDialect, window: RowWindow, column: TableColumn): string {
  const value = dialect.quote(column.name)
  if (window.type === 'values') {
    requireValues(column)
    const text = column.kind === 'text' ? value : `cast(${value} as ${dialect.textType})`
    return `${text} in (${window.values.map((one) => dialect.literal(one)).join(', ')})`
  }
  const { kind, from, to } = windowBounds(window, column)
  const literal = (text: string) =>
    kind === 'integer' ? text : `cast(${dialect.literal(text)} as ${dialect.typeOf(column)})`
  return `${value} >= ${literal(from)} and ${value} < ${literal(to)}`
}

/** Where incoming rows lie among the partitions of their stream: see `touchedBy`. */
export async function placesOf(
  connection: WarehouseConnection,
  dialect: LoadDialect,
  { reach, stream: { partitions } }: LoadRequest,
  incoming: Incoming,
  columns: readonly TableColumn[],
): Promise<readonly string[] | undefined> {
  const column = partitions && columns.find(({ name }) => isSameName(name, partitions.field))
  if (!reach || reach.isWhole || !partitions || !column || column.isEmpty) return undefined
  const value = dialect.quote(column.name)
  const places = partitionPlaces(partitions, column, value, dialect.epochSeconds(value))
  const place = `cast(${places.place} as ${dialect.textType})`
  const { rows } = await connection.query(
    `select distinct ${place} as place from ${incoming.relation} where ${value} is not null limit ${mostTouched}`,
  )
  return places.told(rows.flatMap(([text]) => (typeof text === 'string' ? [text] : [])))
}
