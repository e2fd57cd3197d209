import { Decimal, str } from '../../jinja/index.js'

interface Printable {
  readonly columnNames: readonly string[]
  readonly rows: readonly { readonly values: readonly unknown[] }[]
}

const maxColumnWidth = 20
const maxFraction = 3

/** Thousands are parted, and a fraction is rounded to three digits, half to even, with a sign that there were more: as agate prints numbers. */
function numberText(value: Decimal): string {
  if (!/^-?\d+(\.\d+)?$/.test(value.text)) return value.text
  const [whole = '0', fraction = ''] = value.text.split('.')
  const shown = fraction.replace(/0+$/, '')
  if (shown.length <= maxFraction) return shown === '' ? grouped(whole) : `${grouped(whole)}.${shown}`
  const sign = whole.startsWith('-') ? '-' : ''
  const kept = BigInt(whole.replace('-', '') + shown.slice(0, maxFraction))
  const rest = shown.slice(maxFraction)
  const isUp = rest > '5' || (rest === '5' && kept % 2n === 1n)
  const digits = String(kept + (isUp ? 1n : 0n)).padStart(maxFraction + 1, '0')
  return `${sign}${grouped(digits.slice(0, -maxFraction))}.${digits.slice(-maxFraction)}…`
}

const grouped = (whole: string) => whole.replace(/\B(?=(\d{3})+$)/g, ',')

const cut = (text: string) => (text.length > maxColumnWidth ? `${text.slice(0, maxColumnWidth - 3)}...` : text)

/** The table as dbt prints it: `| name | name |`, all but texts to the right. */
export function printTable(table: Printable, options: { readonly maxRows?: number } = {}): string {
  const rows = table.rows.slice(0, options.maxRows ?? table.rows.length)
  const isRight = table.columnNames.map((_, i) =>
    rows.every(({ values }) => values[i] === null || typeof values[i] !== 'string'),
  )
  const text = (value: unknown) =>
    value === null ? '' : value instanceof Decimal ? numberText(value) : cut(str(value))
  const cells = [table.columnNames.map(cut), ...rows.map((row) => row.values.map(text))]
  const widths = table.columnNames.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isRight[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number))).join(' | ')} |`
  const [header = [], ...body] = cells
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n')
}
