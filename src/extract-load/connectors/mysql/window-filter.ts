import type { RowWindow } from '../../contract.js'
import { requireValues, windowBounds } from '../../fields/row-window.js'
import type { CursorColumn } from './cursor-filter.js'
import { bytesLiteral } from './quoting.js'

/**
 * The rows of some partitions; all of them where a condition would be the server's own idea of what is equal: the others are dropped then.
 * @param field as people call it
 * @throws PARTITION_FIELD_INVALID
 */
export function rowsIn(column: CursorColumn, field: string, window: RowWindow): string {
  const { name, text, kind, isUnboundedNumber, dataType } = column
  if (window.type === 'time') {
    const bounds = windowBounds(window, { name: field, kind })
    // The session's clock is that of UTC.
    const literal = (value: string) => (bounds.kind === 'integer' ? value : `'${value.replace(/\+00$/, '')}'`)
    return `where ${name} >= ${literal(bounds.from)} and ${name} < ${literal(bounds.to)}`
  }
  requireValues({ name: field, kind })
  if (kind === 'text' && !isUnboundedNumber) {
    const values = window.values.map((value) => bytesLiteral(value))
    return `where cast(convert(${text} using utf8mb4) as binary) in (${values.join(', ')})`
  }
  const numbers = window.values.filter((value) => /^-?\d+$/.test(value))
  if (kind !== 'integer' || dataType === 'bit' || numbers.length === 0) return ''
  return `where ${name} in (${numbers.join(', ')})`
}
