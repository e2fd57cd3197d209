import { Decimal, str } from '../../jinja/index.js'

interface Printable {
  readonly columnNames: readonly string[]
  readonly rows: readonly { readonly values: readonly unknown[] }[]
}

const maxColumnWidth = 20
const maxFraction = 3

/** Thousands are parted, and a fraction ends after three digits: as agate prints numbers. */
function numberText(value: Decimal): string {
  if (!/^-?\d+(\.\d+)?$/.test(value.text)) return value.text
  const [whole = '0', fraction = ''] = value.text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const shown = fraction.replace(/0+$/, '')
  if (shown === '') return grouped
  return shown.length > maxFraction ? `${grouped}.${shown.slice(0, maxFraction)}…` : `${grouped}.${shown}`
}

const cut = (text: string) => (text.length > maxColumnWidth ? `${text.slice(0, maxColumnWidth - 3)}...` : text)

/** The table as dbt prints it: `| name | name |`, numbers to the right. */
export function printTable(table: Printable, options: { readonly maxRows?: number } = {}): string {
  const rows = table.rows.slice(0, options.maxRows ?? table.rows.length)
  const isNumber = table.columnNames.map(
    (_, i) =>
      rows.some((row) => row.values[i] instanceof Decimal) &&
      rows.every((row) => row.values[i] === null || row.values[i] instanceof Decimal),
  )
  const text = (value: unknown) =>
    value === null ? '' : value instanceof Decimal ? numberText(value) : cut(str(value))
  const cells = [table.columnNames.map(cut), ...rows.map((row) => row.values.map(text))]
  const widths = table.columnNames.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number))).join(' | ')} |`
  const [header = [], ...body] = cells
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n')
}
