import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { PartitionMatrixView } from '../../../../../src/server/contract/index.js'
import { type Area, type Cell, letterAt } from './area.js'
import { drawMatrix, headHeight, layoutOf, type Zoom } from './draw-matrix.js'
import classes from './partitions.module.css'
import { letterWords } from './statuses.js'

const mostHeight = 460
const page = 10

export interface MatrixGridProps {
  readonly label: string
  readonly matrix: PartitionMatrixView
  readonly zoom: Zoom
  readonly cursor: Cell
  readonly onCursor: (cell: Cell) => void
  readonly area: Area | undefined
  readonly onArea: (area: Area | undefined) => void
  readonly onHover: (cell: Cell | undefined) => void
}

/**
 * A hundred thousand cells are drawn on a canvas of the size of the view. To assistive technology it is a grid of which the
 * row and the cell of the cursor are there: what a screen reader reads is the same that the keys move to.
 */
export function MatrixGrid({ label, matrix, zoom, cursor, onCursor, area, onArea, onHover }: MatrixGridProps) {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawing = useRef(0)
  const dragged = useRef<Cell>(undefined)
  const [width, setWidth] = useState(0)
  const [hasFocus, setFocus] = useState(false)
  const scheme = useComputedColorScheme('light')
  const id = useId()
  const [columns, rows] = [matrix.across.keys.length, matrix.down.keys.length]
  const layout = layoutOf(matrix, zoom, width)

  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])

  const draw = () => {
    cancelAnimationFrame(drawing.current)
    drawing.current = requestAnimationFrame(() => {
      if (box.current && canvas.current)
        drawMatrix(canvas.current, box.current, { matrix, layout, cursor: hasFocus ? cursor : undefined, area })
    })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours come from the scheme
  useEffect(draw, [matrix, layout.cellWidth, layout.width, cursor, area, hasFocus, scheme])

  // The latest is what people look for, wherever the table begins.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the table is another one
  useLayoutEffect(() => {
    box.current?.scrollTo({ left: layout.width })
  }, [zoom, matrix.across.name, matrix.down.name, width > 0])

  const show = ({ column, row }: Cell) => {
    const element = box.current
    if (!element) return
    const [left, top] = [column * layout.cellWidth, row * layout.cellHeight]
    const [wide, high] = [element.clientWidth - layout.labelWidth, element.clientHeight - headHeight]
    if (left < element.scrollLeft) element.scrollLeft = left
    else if (left + layout.cellWidth > element.scrollLeft + wide) element.scrollLeft = left + layout.cellWidth - wide
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + layout.cellHeight > element.scrollTop + high) element.scrollTop = top + layout.cellHeight - high
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the cursor, and nothing else
  useEffect(() => {
    if (width > 0) show(cursor)
  }, [cursor])

  const onKeyDown = (event: KeyboardEvent) => {
    const whole = event.ctrlKey || event.metaKey
    const { column, row } = cursor
    const next = moved(event.key, cursor, whole, columns, rows)
    if (next) {
      onCursor(next)
      if (event.shiftKey) onArea({ from: area?.from ?? cursor, to: next })
    } else if (event.key === ' ' || event.key === 'Enter') {
      const isRow = event.shiftKey && event.key === ' '
      const isColumn = whole && event.key === ' '
      onArea({
        from: { column: isRow ? 0 : column, row: isColumn ? 0 : row },
        to: { column: isRow ? columns - 1 : column, row: isColumn ? rows - 1 : row },
      })
    } else if (whole && event.key.toLowerCase() === 'a')
      onArea({ from: { column: 0, row: 0 }, to: { column: columns - 1, row: rows - 1 } })
    else if (event.key === 'Escape' && area) onArea(undefined)
    else return
    event.preventDefault()
  }

  /** The cell at a pointer; on a label the whole row or column. */
  const areaAt = (event: PointerEvent): Area | undefined => {
    const element = box.current
    if (!element) return undefined
    const { left, top } = element.getBoundingClientRect()
    const x = event.clientX - left - element.clientLeft
    const y = event.clientY - top - element.clientTop
    const inside = (value: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(value)))
    const column = inside((x - layout.labelWidth + element.scrollLeft) / layout.cellWidth, columns)
    const row = inside((y - headHeight + element.scrollTop) / layout.cellHeight, rows)
    const [isRow, isColumn] = [x < layout.labelWidth, y < headHeight]
    return {
      from: { column: isRow ? 0 : column, row: isColumn ? 0 : row },
      to: { column: isRow ? columns - 1 : column, row: isColumn ? rows - 1 : row },
    }
  }
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    const pointed = areaAt(event)
    if (!pointed) return
    const from = event.shiftKey ? (area?.from ?? cursor) : pointed.from
    onArea({ from, to: pointed.to })
    onCursor(pointed.to)
    // A finger scrolls; a mouse draws.
    if (event.pointerType === 'touch') return
    dragged.current = from
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent) => {
    const pointed = areaAt(event)
    if (!pointed) return
    onHover(pointed.to)
    if (dragged.current && (pointed.to.column !== cursor.column || pointed.to.row !== cursor.row)) {
      onArea({ from: dragged.current, to: pointed.to })
      onCursor(pointed.to)
    }
  }
  const height = Math.min(mostHeight, layout.height + 1)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of a hundred thousand cells is none that a browser can hold
    <div
      ref={box}
      className={classes.matrix}
      style={{ height: height + 2 }}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-multiselectable
      aria-activedescendant={`${id}cell`}
      onKeyDown={onKeyDown}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
      onScroll={draw}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        dragged.current = undefined
      }}
      onPointerLeave={() => onHover(undefined)}
    >
      <canvas ref={canvas} className={classes.canvas} aria-hidden />
      <div style={{ width: layout.width, height: layout.height, marginTop: -height }} aria-hidden />
      <CursorCell id={`${id}cell`} matrix={matrix} cursor={cursor} area={area} />
    </div>
  )
}

interface CursorCellProps {
  readonly id: string
  readonly matrix: PartitionMatrixView
  readonly cursor: Cell
  readonly area: Area | undefined
}

function CursorCell({ id, matrix, cursor, area }: CursorCellProps) {
  const { column, row } = cursor
  const isIn = (value: number, a: number, b: number) => value >= Math.min(a, b) && value <= Math.max(a, b)
  const isChosen =
    area !== undefined && isIn(column, area.from.column, area.to.column) && isIn(row, area.from.row, area.to.row)
  return (
    // biome-ignore-start lint/a11y: the one row and cell of the grid that are there
    <div role="row" aria-rowindex={row + 1} className={classes.unseen}>
      <div role="rowheader">{matrix.down.keys[row]}</div>
      <div role="gridcell" id={id} aria-colindex={column + 1} aria-selected={isChosen}>
        {matrix.across.keys[column]}, {matrix.down.keys[row]}: {letterWords[letterAt(matrix, cursor)]}
      </div>
    </div>
    // biome-ignore-end lint/a11y: the one row and cell of the grid that are there
  )
}

function moved(key: string, { column, row }: Cell, whole: boolean, columns: number, rows: number): Cell | undefined {
  const inside = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))
  const at = (c: number, r: number): Cell => ({ column: inside(c, columns), row: inside(r, rows) })
  const far = Number.POSITIVE_INFINITY
  switch (key) {
    case 'ArrowLeft':
      return at(whole ? 0 : column - 1, row)
    case 'ArrowRight':
      return at(whole ? far : column + 1, row)
    case 'ArrowUp':
      return at(column, whole ? 0 : row - 1)
    case 'ArrowDown':
      return at(column, whole ? far : row + 1)
    case 'Home':
      return at(0, whole ? 0 : row)
    case 'End':
      return at(far, whole ? far : row)
    case 'PageUp':
      return at(column, row - page)
    case 'PageDown':
      return at(column, row + page)
    default:
      return undefined
  }
}
