/** A table as files and the clipboard take it. */
interface Cells {
  readonly columns: readonly { readonly name: string }[]
  readonly rows: readonly (readonly unknown[])[]
}

const text = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** A field of a CSV file (RFC 4180). */
const field = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

export const asCsv = ({ columns, rows }: Cells) =>
  [columns.map((column) => column.name), ...rows.map((row) => row.map(text))]
    .map((row) => row.map(field).join(','))
    .join('\r\n')

/** Tabs between cells: what a spreadsheet takes from the clipboard. */
export const asTsv = ({ columns, rows }: Cells) =>
  [columns.map((column) => column.name), ...rows.map((row) => row.map(text))]
    .map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t'))
    .join('\n')

export const download = (name: string, type: string, content: string) => save(name, new Blob([content], { type }))

export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
