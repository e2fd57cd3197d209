import type { PartitionMatrixView } from '../../../../../src/server/contract/index.js'

/** One cell, by its column and its row. */
export interface Cell {
  readonly column: number
  readonly row: number
}

/** All cells between two corners, both among them. */
export interface Area {
  readonly from: Cell
  readonly to: Cell
}

export const letterAt = ({ cells, across }: PartitionMatrixView, { column, row }: Cell): string =>
  cells[row * across.keys.length + column] ?? '.'

/** Left to right and top to bottom, wherever the corners are. */
export function bounds({ from, to }: Area) {
  return {
    left: Math.min(from.column, to.column),
    right: Math.max(from.column, to.column),
    top: Math.min(from.row, to.row),
    bottom: Math.max(from.row, to.row),
  }
}

export const isOneCell = (area: Area) => area.from.column === area.to.column && area.from.row === area.to.row

/** An area as a choice of partitions: `2024-01-01...2024-01-31|eu|*`. */
export function areaText(matrix: PartitionMatrixView, area: Area): string {
  const { left, right, top, bottom } = bounds(area)
  return matrix.dimensions
    .map(({ name }) => {
      if (name === matrix.across.name) return range(matrix.across, left, right)
      if (name === matrix.down.name) return range(matrix.down, top, bottom)
      const held = matrix.others.find((one) => one.name === name)?.held
      return held === undefined ? '*' : quoted(held)
    })
    .join('|')
}

/** The key of the one partition that a cell stands for; undefined where it stands for several. */
export function keyOf(matrix: PartitionMatrixView, { column, row }: Cell): string | undefined {
  const keys = matrix.dimensions.map(({ name }) => {
    if (name === matrix.across.name) return matrix.across.keys[column]
    if (name === matrix.down.name) return matrix.down.keys[row]
    return matrix.others.find((one) => one.name === name)?.held
  })
  return keys.some((key) => key === undefined) ? undefined : keys.join('|')
}

type Side = PartitionMatrixView['across']

function range(side: Side, first: number, last: number): string {
  if (side.leftOut === 0 && first === 0 && last === side.keys.length - 1) return '*'
  const [from = '', to = ''] = [side.keys[first], side.keys[last]]
  return first === last ? quoted(from) : `${quoted(from)}...${quoted(to)}`
}

/** As `parsePartitions` reads it. */
const quoted = (key: string) => (/[,|]|\.\.\.|^\s|\s$|^\*$/.test(key) ? `"${key}"` : key)

/** How many cells of an area there are of each letter. */
export function countIn(matrix: PartitionMatrixView, area: Area): Readonly<Record<string, number>> {
  const { left, right, top, bottom } = bounds(area)
  const counts: Record<string, number> = {}
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const letter = letterAt(matrix, { column, row })
      counts[letter] = (counts[letter] ?? 0) + 1
    }
  return counts
}

/** The next cell with one of some letters, column by column, from the one after a cell on and around. */
export function nextCell(matrix: PartitionMatrixView, after: Cell, letters: string): Cell | undefined {
  const [columns, rows] = [matrix.across.keys.length, matrix.down.keys.length]
  const all = columns * rows
  const start = after.column * rows + after.row
  for (let step = 1; step <= all; step++) {
    const at = (start + step) % all
    const cell = { column: Math.floor(at / rows), row: at % rows }
    if (letters.includes(letterAt(matrix, cell))) return cell
  }
  return undefined
}
