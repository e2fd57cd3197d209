import { UnreadText } from './unread-text.js'

/** Cuts text into rows of cells, as Python's `csv` does it with its usual settings (3.11), whatever the pieces are in which the text comes. */
export class CsvRows {
  readonly #delimiter: string
  /** Ends with a row that may go on. */
  readonly #unread = new UnreadText()
  /** The text ended within quotes: something of it is missing. */
  isCutOff = false

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  /** Hands on the rows that are complete; an empty line is an empty row. */
  push(piece: string, take: (row: string[]) => void): void {
    const unread = this.#unread.add(piece)
    if (unread === undefined) return
    const text = this.#withUnixLines(unread)
    this.#unread.keep(text.slice(this.#readRows(text, take)))
  }

  end(take: (row: string[]) => void): void {
    const text = this.#withUnixLines(this.#unread.take()).replaceAll('\r', '\n')
    const at = this.#readRows(text, take)
    const last = at < text.length ? this.#readQuotedRow(text, at, true) : undefined
    if (last) take(last.row)
  }

  /** @returns where the first row begins that is not complete */
  #readRows(text: string, take: (row: string[]) => void): number {
    for (let at = 0; ; ) {
      const end = text.indexOf('\n', at)
      if (end < 0) return at
      const next = this.#readRow(text, at, end, take)
      if (next < 0) return at
      at = next
    }
  }

  /** Python reads every kind of line end as `\n`, also inside of cells. A `\r` at the end of a piece may be half of one. */
  #withUnixLines(text: string): string {
    if (!text.includes('\r')) return text
    const isHalf = text.endsWith('\r')
    const whole = isHalf ? text.slice(0, -1) : text
    return whole.replace(/\r\n?/g, '\n') + (isHalf ? '\r' : '')
  }

  /** @returns where the next row begins; -1: this one goes on in the next piece */
  #readRow(text: string, at: number, end: number, take: (row: string[]) => void): number {
    const line = text.slice(at, end)
    if (!line.includes('"')) {
      take(line === '' ? [] : line.split(this.#delimiter))
      return end + 1
    }
    const quoted = this.#readQuotedRow(text, at, false)
    if (!quoted) return -1
    take(quoted.row)
    return quoted.next
  }

  #readQuotedRow(text: string, start: number, isEnd: boolean): { row: string[]; next: number } | undefined {
    const row: string[] = []
    let at = start
    for (;;) {
      let cell = ''
      if (text[at] === '"') {
        const quoted = this.#readQuotes(text, at + 1)
        if (!quoted) {
          if (!isEnd) return undefined
          // A quote that nobody closed: all that is left belongs to the cell.
          this.isCutOff = true
          row.push(text.slice(at + 1).replaceAll('""', '"'))
          return { row, next: text.length }
        }
        cell = quoted.cell
        at = quoted.next
      }
      const end = this.#cellEnd(text, at)
      if (end >= text.length && !isEnd) return undefined
      row.push(cell + text.slice(at, end))
      at = end + 1
      if (text[end] !== this.#delimiter) return { row, next: at }
    }
  }

  /** Up to the quote that closes them; two quotes are one. What follows it belongs to the cell all the same. */
  #readQuotes(text: string, start: number): { cell: string; next: number } | undefined {
    let cell = ''
    let at = start
    for (;;) {
      const quote = text.indexOf('"', at)
      if (quote < 0) return undefined
      cell += text.slice(at, quote)
      if (text[quote + 1] !== '"') return { cell, next: quote + 1 }
      cell += '"'
      at = quote + 2
    }
  }

  /** Looked for sign by sign: a search for a delimiter that is nowhere goes through all of the text. */
  #cellEnd(text: string, at: number): number {
    const delimiter = this.#delimiter.charCodeAt(0)
    for (let end = at; end < text.length; end++) {
      const sign = text.charCodeAt(end)
      if (sign === delimiter || sign === 0x0a) return end
    }
    return text.length
  }
}
