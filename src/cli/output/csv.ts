import { cellText } from './table.js'

/** A line of CSV (RFC 4180). A missing value is nothing, an empty text is `""`: readers can tell them apart. */
export function csvLine(values: readonly unknown[]): string {
  return values
    .map((value) => {
      const text = cellText(value)
      return value === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    })
    .join(',')
}
