import { Decimal, str } from '../../../jinja/index.js'
import type { Cell, QueryResult } from '../../../warehouse/index.js'
import { csvText } from '../../adapter/csv.js'
import { AgateTable } from '../../adapter/table.js'

/** A row that one side has, or both: as values, to sort it by, and as texts. */
interface Line {
  readonly mark: '' | '→' | '---' | '+++'
  readonly values: readonly unknown[]
  readonly texts: readonly string[]
}
type Row = Pick<Line, 'values' | 'texts'> & { readonly keys: readonly string[] }

/**
 * Undefined when both hold the same rows in any order. Else a table of what differs, with the rows beside it: `---` a row that
 * is missing, `+++` one too many, `→` one whose values are others than expected, `...` rows that are left out.
 */
export function difference(names: readonly string[], actual: QueryResult, expected: QueryResult): string | undefined {
  const surplus = rowsOf(actual, names)
  const missing: Row[] = []
  const lines: Line[] = []
  for (const row of rowsOf(expected, names)) {
    const found = surplus.findIndex((other) => other.keys.every((key, i) => key === row.keys[i]))
    if (found < 0) missing.push(row)
    else lines.push({ ...(surplus.splice(found, 1)[0] as Row), mark: '' })
  }
  if (missing.length === 0 && surplus.length === 0) return undefined
  lines.push(...changes(missing, surplus))
  lines.sort((a, b) => compareRows(a.values, b.values))
  return table([['@@', ...names], ...withContext(lines, names.length)])
}

function rowsOf(result: QueryResult, names: readonly string[]): Row[] {
  const at = names.map((name) => result.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()))
  const { rows } = AgateTable.fromResult(result)
  return result.rows.map((cells, i) => {
    const values = at.map((column) => rows[i]?.values[column] ?? null)
    return { keys: at.map((column) => keyOf(cells[column])), values, texts: values.map(textOf) }
  })
}

/** What tells whether two cells are equal. */
const keyOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined
    ? 'NULL'
    : typeof cell === 'object'
      ? JSON.stringify(cell, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      : String(cell)

/** As Python prints it, but for what is missing. */
function textOf(value: unknown): string {
  if (value === null) return 'NULL'
  if (!(value instanceof Uint8Array)) return str(value)
  const letters = [...value].map((byte) =>
    byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `b'${letters.join('')}'`
}

/** Pairs missing rows with rows that are too many, where they have something in common. */
function changes(missing: readonly Row[], surplus: readonly Row[]): Line[] {
  const isSingle = singleKeys(missing, surplus)
  const pairs = missing.flatMap((row) =>
    surplus.flatMap((other) => {
      const equal = row.keys.flatMap((key, i) => (key === other.keys[i] && row.values[i] !== null ? [i] : []))
      const identifying = equal.find((i) => isSingle(i, row.keys[i] as string)) ?? Number.POSITIVE_INFINITY
      return equal.length === 0 ? [] : [{ row, other, identifying, count: equal.length }]
    }),
  )
  pairs.sort((a, b) => a.identifying - b.identifying || b.count - a.count)
  const partners = new Map<Row, Row>()
  const taken = new Set<Row>()
  for (const { row, other } of pairs)
    if (!partners.has(row) && !taken.has(other)) {
      partners.set(row, other)
      taken.add(other)
    }
  return [
    ...missing.map((row): Line => {
      const other = partners.get(row)
      if (!other) return { ...row, mark: '---' }
      const isEqual = (i: number) => row.keys[i] === other.keys[i]
      const texts = row.texts.map((text, i) => (isEqual(i) ? text : `${text}→${other.texts[i]}`))
      return { values: row.values, texts, mark: '→' }
    }),
    ...surplus.filter((row) => !taken.has(row)).map((row): Line => ({ ...row, mark: '+++' })),
  ]
}

/** Values that one row of each side has in a column: by those rows are told apart, by the first such column most likely. */
function singleKeys(...sides: readonly (readonly Row[])[]): (column: number, key: string) => boolean {
  const counts = sides.map((rows) => {
    const counted = new Map<string, number>()
    for (const { keys } of rows)
      for (const [i, key] of keys.entries()) counted.set(`${i} ${key}`, (counted.get(`${i} ${key}`) ?? 0) + 1)
    return counted
  })
  return (column, key) => key !== 'NULL' && counts.every((counted) => counted.get(`${column} ${key}`) === 1)
}

function compareRows(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [i, value] of a.entries()) {
    const order = compareValues(value, b[i])
    if (order !== 0) return order
  }
  return 0
}

function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const [one, other] = [a, b].map((value) =>
    value instanceof Decimal || typeof value === 'bigint' ? Number(str(value)) : value,
  )
  const [first, second] = typeof one === 'number' && typeof other === 'number' ? [one, other] : [str(a), str(b)]
  return Number(first > second) - Number(first < second)
}

/** The changed lines and those beside them. */
function withContext(lines: readonly Line[], columns: number): string[][] {
  const isShown = (i: number) => [i - 1, i, i + 1].some((at) => (lines[at]?.mark ?? '') !== '')
  return lines.flatMap(({ mark, texts }, i) => {
    if (isShown(i)) return [[mark, ...texts]]
    return i === 0 || isShown(i - 1) ? [Array.from({ length: columns + 1 }, () => '...')] : []
  })
}

/** Wider tables are not aligned. */
const mostColumns = 130

function table(lines: readonly string[][]): string {
  const cells = lines.map((line) => line.map(csvText))
  const widths = (cells[0] ?? []).map((_, i) =>
    cells.reduce((widest, line) => Math.max(widest, (line[i] ?? '').length), 0),
  )
  const isWide = widths.reduce((sum, width) => sum + width + 1, -1) > mostColumns
  return cells
    .map((line) =>
      line.map((text, i) => (isWide || i === line.length - 1 ? text : text.padEnd(widths[i] ?? 0))).join(','),
    )
    .join('\n')
}
