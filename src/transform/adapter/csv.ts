/** A value as a CSV has it. */
export const csvText = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export interface CsvRecords {
  readonly rows: string[][]
  readonly lineNumbers: number[]
  /** Where a quote begins that does not end. */
  readonly openLine: number | undefined
}

/** Records of a CSV with the line each begins at; blank lines are left out. */
export function readCsv(text: string, delimiter = ','): CsvRecords {
  let openLine: number | undefined
  const rows: string[][] = []
  const lineNumbers: number[] = []
  let row: string[] = []
  let line = 1
  let startLine = 1
  let at = 0
  const finishRow = () => {
    if (row.length > 1 || row[0] !== '') {
      rows.push(row)
      lineNumbers.push(startLine)
    }
    row = []
    startLine = line
  }
  while (at < text.length) {
    let field = ''
    if (text[at] === '"') {
      let from = at + 1
      for (;;) {
        const end = text.indexOf('"', from)
        if (end < 0) {
          openLine = line
          field += text.slice(from)
          at = text.length
          break
        }
        field += text.slice(from, end)
        if (text[end + 1] !== '"') {
          at = end + 1
          break
        }
        field += '"'
        from = end + 2
      }
      line += field.split('\n').length - 1
    }
    let end = at
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
    row.push(field + text.slice(at, end))
    at = end
    if (text[at] === delimiter) {
      at++
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') continue
      row.push('')
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
    line++
    finishRow()
  }
  return { rows, lineNumbers, openLine }
}
