import type { GridColumn } from './data-grid.js'
import { asCsv } from './export.js'

/** What a table shows, as CSV: the columns that are not hidden and have a value, the rows in their order. */
export function gridCsv<Row>(
  columns: readonly GridColumn<Row>[],
  rows: readonly Row[],
  hidden: readonly string[],
): string {
  const shown = columns.flatMap(({ key, title, value }) => (value && !hidden.includes(key) ? [{ title, value }] : []))
  return asCsv({
    columns: shown.map(({ title }) => ({ name: title })),
    rows: rows.map((row) => shown.map(({ value }) => value(row))),
  })
}
