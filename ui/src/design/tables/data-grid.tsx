import { ActionIcon, CopyButton, Table, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCheck, IconCopy } from '@tabler/icons-react'
import { memo, type ReactNode, useMemo, useState } from 'react'
import classes from './data-grid.module.css'
import { GridTools, useHiddenColumns } from './grid-tools.js'
import { useWindowed } from './windowed.js'

export interface GridColumn<Row> {
  readonly key: string
  readonly title: string
  /** What sorts, and what is copied. */
  readonly value?: (row: Row) => string | number | undefined
  readonly cell: (row: Row) => ReactNode
  /** Numbers stand right. */
  readonly isNumeric?: boolean
  readonly canCopy?: boolean
  readonly width?: number | string
  /** Takes what the other columns leave, and cuts what does not fit. */
  readonly isFlexible?: boolean
}

interface Sorting {
  readonly key: string
  readonly isDescending: boolean
}

const rowHeight = 40

/**
 * A list of things: sorts by any column, its header stays, and beyond 200 rows only the visible ones are drawn.
 * Where the screen is narrow each row is a small card, so that no column is cut off.
 */
export function DataGrid<Row>({
  label,
  columns,
  rows,
  rowKey,
  sortedBy,
  minWidth = 560,
  hasTools = false,
}: {
  /** What the table lists, for screen readers. */
  label: string
  columns: readonly GridColumn<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  sortedBy?: Sorting
  minWidth?: number
  /** Columns may be hidden, which this browser remembers, and what is shown saved as CSV. */
  hasTools?: boolean
}) {
  const [sorting, setSorting] = useState<Sorting | undefined>(sortedBy)
  const { hidden, setHidden } = useHiddenColumns(label)
  const shown = useMemo(
    () => (hasTools ? columns.filter(({ key }) => !hidden.includes(key)) : columns),
    [columns, hidden, hasTools],
  )
  const sorted = useMemo(() => sort(rows, columns, sorting), [rows, columns, sorting])
  const { ref, from, to, above, below, isVirtual } = useWindowed(sorted.length, rowHeight)
  return (
    <>
      <div ref={ref} className={classes.box} data-virtual={isVirtual || undefined} tabIndex={isVirtual ? 0 : undefined}>
        <Table
          highlightOnHover
          aria-label={label}
          aria-rowcount={sorted.length}
          style={{ '--least': `${minWidth}px` }}
          className={classes.table}
        >
          <Table.Thead className={classes.head}>
            <Table.Tr>
              {shown.map((column) => (
                <Head key={column.key} column={column} sorting={sorting} onSort={setSorting} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {above > 0 && <tr style={{ height: above }} aria-hidden />}
            {sorted.slice(from, to).map((row) => (
              <GridRow key={rowKey(row)} row={row} columns={shown} />
            ))}
            {below > 0 && <tr style={{ height: below }} aria-hidden />}
          </Table.Tbody>
        </Table>
      </div>
      {hasTools && <GridTools label={label} columns={columns} rows={sorted} hidden={hidden} onHide={setHidden} />}
    </>
  )
}

/** Drawn again only when what it shows is another: scrolling through thousands draws those that come into view. */
const GridRow = memo(function GridRow<Row>({ row, columns }: { row: Row; columns: readonly GridColumn<Row>[] }) {
  return (
    <Table.Tr>
      {columns.map((column) => (
        <Table.Td
          key={column.key}
          className={classes.cell}
          data-title={column.title || undefined}
          data-numeric={column.isNumeric || undefined}
          data-flexible={column.isFlexible || undefined}
          data-actions={column.title === '' || undefined}
        >
          {column.canCopy ? (
            <Copied value={String(column.value?.(row) ?? '')}>{column.cell(row)}</Copied>
          ) : (
            column.cell(row)
          )}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}) as <Row>(props: { row: Row; columns: readonly GridColumn<Row>[] }) => ReactNode

function Head<Row>({
  column,
  sorting,
  onSort,
}: {
  column: GridColumn<Row>
  sorting: Sorting | undefined
  onSort: (sorting: Sorting) => void
}) {
  const isSorted = sorting?.key === column.key
  const Arrow = isSorted && sorting.isDescending ? IconArrowDown : IconArrowUp
  return (
    <Table.Th
      w={column.width}
      data-numeric={column.isNumeric || undefined}
      data-actions={column.title === '' || undefined}
      className={classes.th}
      aria-sort={isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : undefined}
    >
      {column.value ? (
        <UnstyledButton
          className={classes.sort}
          data-sorted={isSorted || undefined}
          onClick={() =>
            onSort({ key: column.key, isDescending: isSorted ? !sorting.isDescending : column.isNumeric === true })
          }
        >
          {column.title}
          <Arrow size={13} aria-hidden className={classes.arrow} />
        </UnstyledButton>
      ) : (
        column.title || <VisuallyHidden>Actions</VisuallyHidden>
      )}
    </Table.Th>
  )
}

/** Shows a copy button while the pointer or the focus is in the cell. */
function Copied({ value, children }: { value: string; children: ReactNode }) {
  return (
    <span className={classes.copied}>
      <span className={classes.clip}>{children}</span>
      <CopyButton value={value} timeout={1200}>
        {({ copied, copy }) => (
          <ActionIcon
            className={classes.copy}
            size="xs"
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={copied ? 'Copied' : `Copy ${value}`}
          >
            {copied ? <IconCheck size={12} aria-hidden /> : <IconCopy size={12} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  )
}

/** One for all comparisons: making it anew for each takes longer than ten thousand rows have. */
const inWords = new Intl.Collator()

/** Empty values come last in both directions. */
function sort<Row>(
  rows: readonly Row[],
  columns: readonly GridColumn<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const value = columns.find((column) => column.key === sorting?.key)?.value
  if (!value || !sorting) return rows
  const sign = sorting.isDescending ? -1 : 1
  return [...rows].sort((left, right) => {
    const [a, b] = [value(left), value(right)]
    if (a === b) return 0
    if (a === undefined) return 1
    if (b === undefined) return -1
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : inWords.compare(String(a), String(b)))
  })
}
