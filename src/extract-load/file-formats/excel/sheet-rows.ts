import { dayText } from './number-formats.js'
import { type CellTables, unescaped, type Workbook } from './workbook.js'
import { xmlPieces } from './xml-reader.js'

/** An empty cell is undefined, and so is an error such as `#N/A`. */
export type CellValue = string | number | boolean | undefined

export interface SheetRow {
  /** As Excel counts them, from 1. */
  readonly number: number
  readonly cells: readonly CellValue[]
}

/** Excel has no more. */
const mostColumns = 16_384

/** The rows of a sheet that hold something, a few at a time. */
export async function* sheetRows(
  workbook: Workbook,
  path: string,
  tables: CellTables,
): AsyncGenerator<readonly SheetRow[]> {
  let rows: SheetRow[] = []
  let [number, column, type, style, value, isValue] = [0, -1, 'n', 0, '', false]
  let cells: CellValue[] = []
  const handler = {
    open(name: string, attribute: (name: string) => string | undefined) {
      if (name === 'row') {
        number = Number(attribute('r') ?? number + 1)
        cells = []
        column = -1
      } else if (name === 'c') {
        column = columnOf(attribute('r')) ?? column + 1
        type = attribute('t') ?? 'n'
        style = Number(attribute('s') ?? 0)
        value = ''
      }
      isValue = name === 'v' || (name === 't' && type === 'inlineStr')
    },
    text(piece: string) {
      if (isValue) value += piece
    },
    close(name: string) {
      isValue = false
      if (name === 'c' && column < mostColumns) {
        const found = cellValue(value, { type, style }, tables)
        if (found !== undefined) cells[column] = found
      }
      if (name === 'row' && cells.length > 0) rows.push({ number, cells })
    },
  }
  for await (const _ of xmlPieces(await workbook.zip.read(path), handler)) {
    if (rows.length === 0) continue
    yield rows
    rows = []
  }
}

/** `AB12` is in the column 27, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const [letters] = /^[A-Z]+/.exec(reference ?? '') ?? []
  if (letters === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

function cellValue(
  value: string,
  { type, style }: { readonly type: string; readonly style: number },
  { texts, kinds, epoch }: CellTables,
): CellValue {
  if (value === '') return undefined
  switch (type) {
    case 's':
      return texts[Number(value)] || undefined
    case 'str':
    case 'inlineStr':
      return unescaped(value)
    case 'd':
      return value
    case 'b':
      return value === '1' || value === 'true'
    case 'e':
      return undefined
  }
  const number = Number(value)
  if (!Number.isFinite(number)) return undefined
  const kind = kinds[style] ?? 'number'
  return kind === 'number' ? number : (dayText(number, kind, epoch) ?? number)
}
