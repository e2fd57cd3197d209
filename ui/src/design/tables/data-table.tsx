import { Table, Text } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import classes from './data-table.module.css'
import { useWindowed } from './windowed.js'

const numeric = new Set(['integer', 'decimal', 'float'])
const rowHeight = 30
const shown = (value: unknown) =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/**
 * Rows of a query: numbers right, the header stays, beyond 200 rows only the visible ones are drawn. Arrow keys walk from
 * cell to cell, Ctrl-C copies the one that is focused in full.
 */
export function DataTable({ table }: { table: ApiTable }) {
  const [active, setActive] = useState<readonly [number, number]>([0, 0])
  const { ref, from, to, above, below } = useWindowed(table.rows.length, rowHeight)
  const isNumber = table.columns.map((column) => numeric.has(column.kind))
  const press = (event: KeyboardEvent, row: number, column: number) => {
    const move = moves[event.key]
    if (move) {
      event.preventDefault()
      const next = [
        Math.max(0, Math.min(table.rows.length - 1, row + move[0])),
        Math.max(0, Math.min(table.columns.length - 1, column + move[1])),
      ] as const
      setActive(next)
      ref.current?.querySelector<HTMLElement>(`[data-cell="${next[0]}:${next[1]}"]`)?.focus()
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && String(window.getSelection()) === '') {
      event.preventDefault()
      void navigator.clipboard?.writeText(shown(table.rows[row]?.[column]))
    }
  }
  return (
    <div ref={ref} className={classes.box}>
      <Table role="grid" aria-rowcount={table.rows.length} className={classes.table}>
        <Table.Thead className={classes.head}>
          <Table.Tr>
            {table.columns.map((column, j) => (
              <Table.Th
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns of a query may have one name
                key={j}
                title={column.type}
                className={classes.th}
                data-numeric={isNumber[j] || undefined}
              >
                {column.name}
                <span className={classes.type}>{column.type.toLowerCase()}</span>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {above > 0 && <tr style={{ height: above }} aria-hidden />}
          {table.rows.slice(from, to).map((row, offset) => {
            const i = from + offset
            return (
              <Table.Tr key={i} className={classes.row}>
                {row.map((value, j) => (
                  <Table.Td
                    // biome-ignore lint/suspicious/noArrayIndexKey: two columns of a query may have one name
                    key={j}
                    data-cell={`${i}:${j}`}
                    data-numeric={isNumber[j] || undefined}
                    className={classes.cell}
                    tabIndex={active[0] === i && active[1] === j ? 0 : -1}
                    onFocus={() => setActive([i, j])}
                    onKeyDown={(event) => press(event, i, j)}
                    title={shown(value)}
                  >
                    {value === null ? (
                      <Text span c="dimmed" size="xs">
                        null
                      </Text>
                    ) : (
                      shown(value)
                    )}
                  </Table.Td>
                ))}
              </Table.Tr>
            )
          })}
          {below > 0 && <tr style={{ height: below }} aria-hidden />}
        </Table.Tbody>
      </Table>
    </div>
  )
}
