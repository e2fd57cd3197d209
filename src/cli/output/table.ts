import { out } from './colors.js'
import { cutTo, displayWidth, printable } from './display-width.js'

export interface TableColumn {
  readonly name: string
  /** Stands right; when absent, where every cell is a number. */
  readonly isNumeric?: boolean | undefined
  /** Never cut: half an id is none. */
  readonly isWhole?: boolean | undefined
}

export interface TableOptions {
  /** The most columns of the terminal that a line may take; absent where nobody looks at the width. */
  readonly width?: number | undefined
  /** How a missing value is written. */
  readonly missing?: string
  /** Colours for a cell that is already padded. */
  readonly style?: (text: string, row: number, column: number) => string
  /** A last column of words goes on in further lines instead of being cut. */
  readonly wrapLast?: boolean
}

const gap = '  '
/** A column is not made narrower than this: less says nothing. */
const leastWidth = 8

/** How wide the terminal is that standard output goes to; undefined in a pipe, where nothing must be cut. */
export function terminalWidth(): number | undefined {
  // A terminal that does not know its size says 0.
  return process.stdout.isTTY ? process.stdout.columns || 80 : undefined
}

/**
 * Columns padded to their widest cell; numbers stand right. Where the table is wider than it may be, its widest columns
 * are cut; where even that does not help, every row becomes a block of lines.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly unknown[])[],
  options: TableOptions = {},
): string {
  const { missing = '', style = (text: string) => text } = options
  const cells = rows.map((row) => columns.map((_, i) => printable(isMissing(row[i]) ? missing : cellText(row[i]))))
  const names = columns.map((column) => printable(column.name))
  const natural = names.map((name, i) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? '')), displayWidth(name)),
  )
  const widths = options.width === undefined ? natural : fitted(natural, options.width, columns)
  if (!widths) return blocks(names, cells, options.width ?? 80)
  const isRight = columns.map(
    (column, i) => column.isNumeric ?? (rows.length > 0 && rows.every((row) => isNumber(row[i]))),
  )
  const pad = (text: string, i: number) => {
    const width = widths[i] as number
    const cut = cutTo(text, width)
    const space = ' '.repeat(width - displayWidth(cut))
    if (isRight[i]) return space + cut
    return i === widths.length - 1 ? cut : cut + space
  }
  const line = (row: readonly string[], paint: (text: string, column: number) => string) =>
    row
      .map((cell, i) => paint(pad(cell, i), i))
      .join(gap)
      .trimEnd()
  const last = widths.length - 1
  const indent = ' '.repeat(widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0))
  const body = cells.map((row, r) => {
    const [first = '', ...more] = options.wrapLast ? wrap(row[last] ?? '', widths[last] as number) : [row[last] ?? '']
    const paint = (text: string, i: number) => (isMissing(rows[r]?.[i]) ? out.dim(text) : style(text, r, i))
    return [line([...row.slice(0, -1), first], paint), ...more.map((text) => indent + text)].join('\n')
  })
  return [out.bold(line(names, (text) => text)), ...body].join('\n')
}

/** Takes from the widest columns first. @returns undefined when no column would be readable */
function fitted(
  natural: readonly number[],
  width: number,
  columns: readonly TableColumn[],
): readonly number[] | undefined {
  const widths = [...natural]
  const cuttable = columns.flatMap((column, i) => (column.isWhole ? [] : [i]))
  const room = width - gap.length * (widths.length - 1)
  for (let over = sum(widths) - room; over > 0; ) {
    const widest = Math.max(0, ...cuttable.map((i) => widths[i] as number))
    if (widest <= leastWidth) return undefined
    const at = cuttable.findLast((i) => widths[i] === widest) as number
    const next = Math.max(leastWidth, ...cuttable.map((i) => widths[i] as number).filter((one) => one < widest))
    const taken = Math.min(over, widest - next)
    widths[at] = widest - taken
    over -= taken
  }
  return widths
}

function blocks(names: readonly string[], cells: readonly (readonly string[])[], width: number): string {
  const column = Math.max(...names.map(displayWidth))
  return cells
    .map((row, i) =>
      [
        out.dim(`row ${i + 1}`),
        ...names.map((name, n) =>
          cutTo(`${name}${' '.repeat(column - displayWidth(name))}${gap}${row[n] ?? ''}`, width),
        ),
      ].join('\n'),
    )
    .join('\n\n')
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || displayWidth(line) + displayWidth(word) + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
const isMissing = (value: unknown) => value === null || value === undefined
const isNumber = (value: unknown) => isMissing(value) || typeof value === 'number' || typeof value === 'bigint'

export function cellText(value: unknown): string {
  if (isMissing(value)) return ''
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'object' ? cellJson(value) : String(value)
}

/** JSON as exact as JSON can be: integers beyond 2^53 become strings, bytes hexadecimal. */
export function cellJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    // A Buffer has made itself an object of numbers before anybody is asked.
    const original = this[key]
    return typeof original === 'bigint' || original instanceof Uint8Array ? cellText(original) : plain
  })
}
