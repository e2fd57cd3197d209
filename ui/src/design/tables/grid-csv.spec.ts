import { expect, it } from 'vitest'
import type { GridColumn } from './data-grid.js'
import { gridCsv } from './grid-csv.js'

interface Row {
  readonly name: string
  readonly size?: number
}
const columns: readonly GridColumn<Row>[] = [
  { key: 'name', title: 'Name', value: ({ name }) => name, cell: () => null },
  { key: 'size', title: 'Size', value: ({ size }) => size, cell: () => null },
  { key: 'actions', title: '', cell: () => null },
]

it('a table is a file of the columns that are shown and have a value, in the order of its rows', () => {
  const rows = [{ name: 'b,c', size: 2 }, { name: 'a' }]
  expect(gridCsv(columns, rows, [])).toBe('Name,Size\r\n"b,c",2\r\na,')
  expect(gridCsv(columns, rows, ['size'])).toBe('Name\r\n"b,c"\r\na')
})
