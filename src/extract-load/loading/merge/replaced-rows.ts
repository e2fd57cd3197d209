import type { WarehouseConnection } from '../../../warehouse/index.js'
import { partitionFieldInvalid, windowSql } from '../../fields/row-window.js'
import { isSameName } from '../../fields/same-name.js'
import { finalRelation, isMerged, type LoadRequest } from '../request/load-request.js'
import { type ColumnPlan, columnNamed, type TableColumn } from '../rows/table-shape.js'
import { deletedAt } from '../stage/drop-deleted.js'
import { type MergeDialect, plainDialect } from './merge-dialect.js'

/**
 * SQL: takes all rows out of a table that was truncated in its database, or marks them. After the table has grown: DuckDB cannot commit a
 * change of a table that the same transaction wrote to before.
 */
export function truncatedRows(
  { quote, literal }: MergeDialect,
  { stream, truncatedAt }: LoadRequest,
  relation: string,
): readonly string[] {
  if (truncatedAt === undefined) return []
  if (stream.dropsDeleted) return [`delete from ${relation}`]
  const column = quote(deletedAt)
  return [`update ${relation} set ${column} = ${literal(truncatedAt)} where ${column} is null`]
}

/** The same at once, in DuckDB and PostgreSQL. */
export async function clearTruncated(tables: WarehouseConnection, request: LoadRequest): Promise<void> {
  for (const sql of truncatedRows(plainDialect, request, finalRelation(request))) await tables.query(sql)
}

/**
 * SQL: takes rows out of the table that are read anew: those of the partitions that are loaded; of a stream that is added to by the field of
 * its partitions, those above the value from which it is read, which only partitions that were loaded ahead have.
 * @throws PARTITION_FIELD_INVALID
 */
export function replacedRows(
  dialect: MergeDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  relation: string,
): readonly string[] {
  const { rereadAbove } = request
  const inWindow = replacedWindow(dialect, request, plan)
  const deletes = inWindow === undefined ? [] : [`delete from ${relation} where ${inWindow('')}`]
  if (!rereadAbove) return deletes
  const { from } = rereadAbove
  if (from === undefined) return [...deletes, `delete from ${relation}`]
  const columns = [...plan.map(({ column }) => column), ...request.table]
  const column = columnNamed(columns, rereadAbove.column)
  // No row has a value, so none is above another.
  if (!column) return deletes
  return [...deletes, `delete from ${relation} where ${dialect.quote(column.name)} > ${dialect.typed(from, column)}`]
}

/**
 * SQL: whether a row of the table is one of the partitions that are loaded, and makes room for what is staged; undefined where none are. By what
 * stands before the names of its columns.
 * @throws PARTITION_FIELD_INVALID
 */
export function replacedWindow(
  dialect: MergeDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
): ((prefix: string) => string) | undefined {
  const { window } = request
  const step = window && plan.find(({ incoming }) => isSameName(incoming.name, window.field))
  if (!step) return undefined
  checkField(request, step)
  const { column } = step
  return (prefix) => windowSql(window, column, `${prefix}${dialect.quote(column.name)}`, dialect)
}

/** @throws PARTITION_FIELD_INVALID where the table's values do not say which partition a row is of */
function checkField(request: LoadRequest, { column, incoming, isUnrelated, old }: ColumnPlan): void {
  const fromStart = `Load it from the start: millrace sync ${request.connectionName} --stream ${request.stream.name} --full-refresh.`
  if (!old && !isMerged(request))
    throw partitionFieldInvalid(
      `The table of the stream \`${request.stream.name}\` does not have the field \`${column.name}\` yet, by which the stream is cut into partitions: which rows the new ones replace is not known.`,
      fromStart,
    )
  // Times without a zone are those of the partitions, which no cast between the two knows.
  const isOtherTime =
    !incoming.isEmpty && (column.kind === 'timestamptz') !== (incoming.kind === 'timestamptz') && isTime(incoming)
  if (isUnrelated || isOtherTime)
    throw partitionFieldInvalid(
      `The field \`${column.name}\`, by which the stream \`${request.stream.name}\` is cut into partitions, is ${column.type} in its table and ${incoming.type} in the source.`,
      fromStart,
    )
}

const isTime = ({ kind }: TableColumn) => kind === 'timestamp' || kind === 'timestamptz' || kind === 'date'
