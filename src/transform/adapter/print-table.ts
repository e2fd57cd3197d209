import { Decimal, str } from '../../jinja/index.js'

interface Printable {
  readonly columnNames: readonly string[]
  readonly rows: readonly { readonly values: readonly unknown[] }[]
}

/** How much of a table is printed; what is not said has no bound. */
export interface PrintLimits {
  readonly maxRows?: number | undefined
  readonly maxColumns?: number | undefined
  /** Characters of a cell; 20 when nothing is said. */
  readonly maxColumnWidth?: number | undefined
  /** Digits of a fraction; 3 when nothing is said. */
  readonly maxPrecision?: number | undefined
}

const plainNumber = /^-?\d+(\.\d+)?$/
const fractionOf = ({ text }: Decimal) => (plainNumber.test(text) ? (text.split('.')[1] ?? '').replace(/0+$/, '') : '')
const grouped = (whole: string) => whole.replace(/\B(?=(\d{3})+$)/g, ',')

/** Thousands are parted, and a fraction is rounded half to even, or filled up with zeros: as agate prints numbers. */
function numberText(value: Decimal, places: number): string {
  if (!plainNumber.test(value.text)) return value.text
  const [whole = '0'] = value.text.split('.')
  const fraction = fractionOf(value)
  const sign = whole.startsWith('-') ? '-' : ''
  const kept = BigInt(whole.replace('-', '') + fraction.slice(0, places).padEnd(places, '0'))
  const rest = fraction.slice(places)
  const isUp = rest > '5' || (rest === '5' && kept % 2n === 1n)
  const digits = String(kept + (isUp ? 1n : 0n)).padStart(places + 1, '0')
  if (places === 0) return `${sign}${grouped(digits)}`
  return `${sign}${grouped(digits.slice(0, -places))}.${digits.slice(-places)}`
}

/** The largest of them, 0 of none. A table is longer than a call may have arguments. */
const most = <T>(values: readonly T[], size: (value: T) => number) =>
  values.reduce((largest, value) => Math.max(largest, size(value)), 0)

/** What prints the numbers of a column: all with as many digits behind the point, and with a sign where there are more. */
function numberFormat(column: readonly unknown[], maxPrecision: number): (value: Decimal) => string {
  const places = most(column, (value) => (value instanceof Decimal ? fractionOf(value).length : 0))
  const isCut = places > maxPrecision
  return (value) =>
    `${numberText(value, Math.min(places, maxPrecision))}${isCut && plainNumber.test(value.text) ? '…' : ''}`
}

/** The table as agate prints it: `| name | name |`, all but texts to the right. */
export function printTable(table: Printable, limits: PrintLimits = {}): string {
  const { maxRows = table.rows.length, maxColumns = table.columnNames.length } = limits
  const { maxColumnWidth = 20, maxPrecision = 3 } = limits
  const cut = (text: string) => (text.length > maxColumnWidth ? `${text.slice(0, maxColumnWidth - 3)}...` : text)
  const shown = table.rows.slice(0, maxRows)
  const columns = table.columnNames.slice(0, maxColumns).map((name, i) => {
    const values = shown.map((row) => row.values[i])
    const number = numberFormat(values, maxPrecision)
    const text = (value: unknown) => (value === null ? '' : value instanceof Decimal ? number(value) : str(value))
    const isRight = table.rows.every(({ values }) => values[i] === null || typeof values[i] !== 'string')
    return { cells: [name, ...values.map(text)].map(cut), isRight }
  })
  if (maxColumns < table.columnNames.length) columns.push({ cells: ['...', ...shown.map(() => '...')], isRight: false })
  const widths = columns.map(({ cells }) => most(cells, (cell) => cell.length))
  if (maxRows < table.rows.length) for (const { cells } of columns) cells.push('...')
  const line = (row: number) =>
    `| ${columns
      .map(({ cells, isRight }, i) => {
        const [cell, width] = [cells[row] as string, widths[i] as number]
        return isRight ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [header = '', ...body] = Array.from({ length: columns[0]?.cells.length ?? 1 }, (_, row) => line(row))
  return [header, rule, ...body].join('\n')
}
