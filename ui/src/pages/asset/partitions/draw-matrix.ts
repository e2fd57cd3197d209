import type { PartitionMatrixView } from '../../../../../src/server/contract/index.js'
import { type Area, bounds, type Cell } from './area.js'

export type Zoom = 'whole' | 'near'

export const headHeight = 22
const near = { width: 18, height: 18 }
const wholeHeight = { least: 4, most: 18 }
/** Of all rows together, where the whole is looked at. */
const wholeRows = 400
const letterWidth = 6.6
const mostLabelWidth = 150

export interface Layout {
  readonly cellWidth: number
  readonly cellHeight: number
  readonly labelWidth: number
  /** Of the whole table with its labels. */
  readonly width: number
  readonly height: number
}

/** How large cells are: so that the whole width fits, or so that each can be told from the others. */
export function layoutOf({ across, down }: PartitionMatrixView, zoom: Zoom, available: number): Layout {
  const longest = down.keys.reduce((most, key) => Math.max(most, key.length), 0)
  const labelWidth = Math.min(mostLabelWidth, Math.ceil(longest * letterWidth) + 16)
  const [columns, rows] = [across.keys.length, down.keys.length]
  const fitting = Math.min(near.width, (available - labelWidth) / Math.max(1, columns))
  const cellWidth = zoom === 'near' ? near.width : Math.max(0.05, fitting)
  const cellHeight =
    zoom === 'near'
      ? near.height
      : Math.max(wholeHeight.least, Math.min(wholeHeight.most, Math.floor(wholeRows / Math.max(1, rows))))
  return {
    cellWidth,
    cellHeight,
    labelWidth,
    width: Math.floor(labelWidth + columns * cellWidth),
    height: headHeight + rows * cellHeight,
  }
}

interface Picture {
  readonly matrix: PartitionMatrixView
  readonly layout: Layout
  readonly cursor: Cell | undefined
  readonly area: Area | undefined
}

/** Draws what of the table is in view. */
export function drawMatrix(canvas: HTMLCanvasElement, box: HTMLElement, picture: Picture): void {
  const [width, height] = [box.clientWidth, box.clientHeight]
  const scale = window.devicePixelRatio || 1
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const context = canvas.getContext('2d')
  if (!context) return
  const colours = coloursOf()
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  const view = { context, width, height, left: box.scrollLeft, top: box.scrollTop, colours }
  drawCells(view, picture)
  drawFrames(view, picture)
  drawLabels(view, picture)
}

interface View {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  readonly colours: ReturnType<typeof coloursOf>
}

function coloursOf() {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    m: of('status-good'),
    p: of('status-good'),
    f: of('status-bad'),
    r: of('status-run'),
    '.': of('sunken'),
    panel: of('panel'),
    line: of('line'),
    ink: of('ink'),
    soft: of('ink-soft'),
    accent: of('accent'),
  } as const
}

/** What is the matter covers what is well where several share a pixel. */
const order = ['m', 'p', 'r', 'f'] as const
const signs = { f: '✕', r: '▸' } as const
const gapFrom = 5
const signFrom = 12

function drawCells({ context, width, height, left, top, colours }: View, { matrix, layout }: Picture): void {
  const { cellWidth, cellHeight, labelWidth } = layout
  const [columns, rows] = [matrix.across.keys.length, matrix.down.keys.length]
  const firstColumn = Math.max(0, Math.floor(left / cellWidth))
  const lastColumn = Math.min(columns, Math.ceil((left + width - labelWidth) / cellWidth))
  const firstRow = Math.max(0, Math.floor(top / cellHeight))
  const lastRow = Math.min(rows, Math.ceil((top + height - headHeight) / cellHeight))
  const gapX = cellWidth >= gapFrom ? 1 : 0
  const gapY = cellHeight >= gapFrom ? 1 : 0
  const x = (column: number) => labelWidth + column * cellWidth - left
  const y = (row: number) => headHeight + row * cellHeight - top
  context.fillStyle = colours['.']
  context.fillRect(
    x(firstColumn),
    y(firstRow),
    (lastColumn - firstColumn) * cellWidth,
    (lastRow - firstRow) * cellHeight,
  )
  if (gapX > 0) {
    context.fillStyle = colours.line
    for (let column = firstColumn; column <= lastColumn; column++)
      context.fillRect(Math.round(x(column)) - 1, headHeight, 1, y(lastRow) - headHeight)
  }
  for (const letter of order) {
    context.fillStyle = colours[letter]
    for (let row = firstRow; row < lastRow; row++) {
      const offset = row * columns
      for (let column = firstColumn; column < lastColumn; column++) {
        if (matrix.cells[offset + column] !== letter) continue
        // Neighbours of one status are one bar: a whole row is often one.
        let end = column + 1
        if (gapX === 0) while (end < lastColumn && matrix.cells[offset + end] === letter) end++
        const high = letter === 'p' ? Math.ceil((cellHeight - gapY) / 2) : cellHeight - gapY
        context.fillRect(
          x(column),
          y(row) + cellHeight - gapY - high,
          Math.max(1, (end - column) * cellWidth - gapX),
          high,
        )
        column = end - 1
      }
    }
  }
  if (cellWidth < signFrom || cellHeight < signFrom) return
  context.fillStyle = colours.panel
  context.font = '10px sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let row = firstRow; row < lastRow; row++)
    for (let column = firstColumn; column < lastColumn; column++) {
      const sign = signs[matrix.cells[row * columns + column] as keyof typeof signs]
      if (sign) context.fillText(sign, x(column) + (cellWidth - 1) / 2, y(row) + cellHeight / 2)
    }
}

function drawFrames({ context, left, top, colours }: View, { layout, cursor, area }: Picture): void {
  const { cellWidth, cellHeight, labelWidth } = layout
  const frame = (shown: Area, colour: string, lineWidth: number) => {
    const { left: from, right, top: first, bottom } = bounds(shown)
    context.strokeStyle = colour
    context.lineWidth = lineWidth
    context.strokeRect(
      labelWidth + from * cellWidth - left - 0.5,
      headHeight + first * cellHeight - top - 0.5,
      Math.max(2, (right - from + 1) * cellWidth),
      Math.max(2, (bottom - first + 1) * cellHeight),
    )
  }
  if (area) {
    frame(area, colours.panel, 4)
    frame(area, colours.ink, 2)
  }
  if (cursor) {
    frame({ from: cursor, to: cursor }, colours.panel, 4)
    frame({ from: cursor, to: cursor }, colours.accent, 2)
  }
}

const labelGap = 8

function drawLabels({ context, width, height, left, top, colours }: View, { matrix, layout }: Picture): void {
  const { cellWidth, cellHeight, labelWidth } = layout
  context.fillStyle = colours.panel
  context.fillRect(0, 0, labelWidth - 1, height)
  context.fillRect(0, 0, width, headHeight - 1)
  context.fillStyle = colours.soft
  context.font = "11px 'Inter Variable', sans-serif"
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  const everyRow = Math.max(1, Math.ceil(13 / cellHeight))
  const { keys } = matrix.down
  context.save()
  context.beginPath()
  context.rect(0, headHeight, labelWidth, height)
  context.clip()
  for (let row = Math.floor(top / cellHeight / everyRow) * everyRow; row < keys.length; row += everyRow) {
    const y = headHeight + row * cellHeight + cellHeight / 2 - top
    if (y > height) break
    context.fillText(
      shortened(keys[row] ?? '', labelWidth - 16),
      labelWidth - 8,
      everyRow > 1 ? Math.max(y + 2, headHeight + 7) : y,
    )
  }
  context.restore()
  context.textAlign = 'left'
  const longest = matrix.across.keys.reduce((most, key) => Math.max(most, key.length), 0)
  const everyColumn = Math.max(1, Math.ceil((Math.min(longest, 24) * letterWidth + labelGap) / cellWidth))
  context.save()
  context.beginPath()
  context.rect(labelWidth, 0, width, headHeight)
  context.clip()
  const first = Math.max(0, Math.floor(left / cellWidth / everyColumn) * everyColumn)
  for (let column = first; column < matrix.across.keys.length; column += everyColumn) {
    const x = labelWidth + column * cellWidth - left
    if (x > width) break
    context.fillText(shortened(matrix.across.keys[column] ?? '', 24 * letterWidth), x, headHeight / 2)
    context.fillRect(x, headHeight - 5, 1, 4)
  }
  context.restore()
}

function shortened(text: string, room: number): string {
  const most = Math.floor(room / letterWidth) + 1
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
