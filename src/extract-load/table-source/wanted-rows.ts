import type { ReadRequest } from '../connectors/connector.js'
import type { RowWindow } from '../contract.js'
import { isSameName } from '../fields/same-name.js'
import { type TableCursor, tableCursor } from './cursor.js'
import type { ReadColumn } from './read-column.js'

/** A column that says which rows are asked for, in the SQL of its source; nothing where that is all of them. */
export interface AskedColumn extends ReadColumn {
  /** Rows at and above a cursor's value, which the warehouse printed. */
  rowsFrom(value: string): string | undefined
  /** Rows of some partitions, and maybe others. @throws PARTITION_FIELD_INVALID */
  rowsIn(window: RowWindow): string | undefined
}

/**
 * Which rows of a table are read: those of partitions, those that are new by its cursor, or '', all of them.
 * @throws CURSOR_INVALID, SOURCE_POSITION_LOST, PARTITION_FIELD_INVALID
 */
export function wantedRows<Column extends AskedColumn>(
  request: ReadRequest,
  columns: readonly Column[],
): { readonly where: string; readonly reading: TableCursor<Column>['reading'] } {
  const { column, from, reading } = tableCursor(request, columns)
  const { window } = request
  const where = window
    ? columns.find(({ name }) => isSameName(name, window.field))?.rowsIn(window)
    : from !== undefined && column?.rowsFrom(from)
  return { where: where || '', reading }
}
