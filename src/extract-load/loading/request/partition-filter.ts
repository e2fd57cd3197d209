import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { partitionFieldInvalid, windowSql } from '../../fields/row-window.js'
import { columnNamed, type TableColumn } from '../rows/table-shape.js'
import type { LoadRequest } from './load-request.js'

/**
 * SQL: whether a row belongs to the partitions that are loaded; undefined where all rows are.
 * @param value the SQL of a column's value where the rows come from
 * @throws PARTITION_FIELD_INVALID
 */
export function windowCondition(
  { window, stream }: LoadRequest,
  columns: readonly TableColumn[],
  origin: string,
  value: (column: TableColumn) => string = ({ name }) => quoteIdentifier(name),
): string | undefined {
  if (!window) return undefined
  const column = columnNamed(columns, window.field)
  if (!column)
    throw partitionFieldInvalid(
      `The field \`${window.field}\`, by which the stream \`${stream.name}\` is cut into partitions, is none of the columns of ${origin}.`,
      `Its columns: ${columns.map(({ name }) => name).join(', ')}.`,
    )
  // No row has a value, so none belongs to a partition.
  return column.isEmpty ? 'false' : windowSql(window, column, value(column))
}

/** Takes the rows out of the staged ones that belong to no partition which is loaded. Answers how many. */
export async function dropOutside(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
  origin: string,
): Promise<number> {
  const condition = windowCondition(request, columns, origin)
  if (condition === undefined) return 0
  const { rowsAffected } = await connection.query(`delete from ${relation} where not coalesce(${condition}, false)`)
  return rowsAffected ?? 0
}
