import type { ColumnKind } from '../../../warehouse/index.js'
import { bytesLiteral } from './quoting.js'

/** What is known of a column that rows are chosen by. */
export interface CursorColumn {
  /** Quoted. */
  readonly name: string
  /** The expression that is read. */
  readonly text: string
  readonly kind: ColumnKind
  readonly isUnboundedNumber: boolean
  readonly dataType: string
}

/**
 * Rows that have the last value again may be new, and rows without a value (also those that have none in the warehouse, such as the
 * day 0000-00-00) never are above one.
 * @param value as the warehouse prints it; of one that it cannot have printed nothing is known, and all rows are read
 */
export function rowsFrom(column: CursorColumn, value: string): string {
  const condition = fromValue(column, value)
  return condition === undefined ? '' : `where ${condition} or ${column.name} is null`
}

function fromValue({ name, text, kind, isUnboundedNumber, dataType }: CursorColumn, value: string): string | undefined {
  if (kind === 'float') return fromFloat(name, dataType, value)
  if (kind === 'integer' || kind === 'decimal' || isUnboundedNumber) {
    if (!/^-?(\d+|\d*\.\d+)$/.test(value)) return undefined
    // Beside a year 5 would mean 2005, and beside bits it would be one character.
    const number = dataType === 'year' || dataType === 'bit' ? `${name} + 0` : name
    return `${number} >= ${value}`
  }
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestamptz') {
    const [, moment] = /^(\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?)(?:\+00)?$/.exec(value) ?? []
    if (moment === undefined) return undefined
    return `${name} >= '${moment}' or ${name} = '${dataType === 'date' ? '0000-00-00' : '0000-00-00 00:00:00'}'`
  }
  // By their bytes, as in the warehouse that says which is the highest: the order of a language is another one, and so is that of UUIDs.
  return `cast(convert(${text} using utf8mb4) as binary) >= ${bytesLiteral(value)}`
}

/** The server compares a float as the double that it is exactly, which has more digits than people see. */
function fromFloat(name: string, dataType: string, value: string): string | undefined {
  const number = dataType === 'float' ? Math.fround(Number(value)) : Number(value)
  return Number.isFinite(number) ? `${name} >= ${number.toExponential()}` : undefined
}
