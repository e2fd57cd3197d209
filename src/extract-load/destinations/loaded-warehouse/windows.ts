import type { RowWindow } from '../../contract.js'
import { requireValues, windowBounds } from '../../fields/row-window.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import type { LoadDialect } from './load-dialect.js'

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
