import { numbersOfMember, numbersOfRecord, RecordScanner } from '../../../protocol/scan-record.js'

interface KeyPlace {
  readonly start: number
  readonly end: number
  /** See `holds`. */
  readonly kind: number
}

/** A cell that is not in its bytes as JSON would write it. */
interface EscapedCell {
  /** Where its numbers are. */
  readonly member: number
  readonly isQuoted: boolean
  /** Nothing is in it that JSON would write in another way, but quotes that are doubled. */
  readonly isDoubled: boolean
}

const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const space = 0x20
const none: KeyPlace = { start: 0, end: 0, kind: 0 }

/**
 * Finds the cells of rows in bytes, as `CsvRows` finds them in text whose lines end with `\n`, and notes them as members of records: of each the
 * place with one byte before and one behind it, which are its quotes or what it has in their place.
 */
export class CsvScanner extends RecordScanner {
  readonly #delimiter: number
  /** Of those that were noted. */
  escaped: EscapedCell[] = []
  #rowStart = 0
  #rowEscaped = 0
  /** Of the last row. */
  cells = 0
  /** Whether each cell of the last row is what stands between its quotes, or without any. */
  isUsual = true

  constructor(delimiter: number) {
    super()
    this.#delimiter = delimiter
  }

  begin(bytes: Buffer, to: number): void {
    this.bytes = bytes
    this.to = to
    this.noted = 0
    this.escaped = []
  }

  /** Notes a row. @param keys of its cells, by their place @returns where the next one begins; -1: this one does not end here */
  row(from: number, keys: readonly KeyPlace[]): number {
    const start = this.noted
    this.#rowStart = start
    this.#rowEscaped = this.escaped.length
    this.note(0, 0, 0, 0, 0)
    this.cells = 0
    this.isUsual = true
    for (let at = from; ; ) {
      const end = this.#cell(at, keys[this.cells] ?? none)
      if (end < 0) break
      this.cells++
      if (this.bytes[end] === newline) {
        this.numbers[start] = (this.noted - start - numbersOfRecord) / numbersOfMember
        return end + 1
      }
      at = end + 1
    }
    this.forgetRow()
    return -1
  }

  /** Takes back what was noted of the last row. */
  forgetRow(): void {
    this.noted = this.#rowStart
    this.escaped.length = this.#rowEscaped
  }

  /** @returns where the delimiter or the line end behind it stands; -1: not here */
  #cell(from: number, key: KeyPlace): number {
    const bytes = this.bytes
    const to = this.to
    const delimiter = this.#delimiter
    if (bytes[from] === quote && from < to) return this.#quoted(from, key)
    let isEscaped = false
    let at = from
    for (; at < to; at++) {
      const code = bytes[at] as number
      if (code === delimiter || code === newline) break
      if (code < space || code === backslash || code === quote) isEscaped = true
    }
    if (at === to) return -1
    if (isEscaped) this.escaped.push({ member: this.noted, isQuoted: false, isDoubled: false })
    this.note(key.start, key.end, from - 1, at + 1, key.kind)
    return at
  }

  #quoted(from: number, key: KeyPlace): number {
    const bytes = this.bytes
    const to = this.to
    const delimiter = this.#delimiter
    let isOdd = false
    let isDoubled = false
    let at = from + 1
    for (; at < to; at++) {
      const code = bytes[at] as number
      if (code === quote) {
        if (bytes[at + 1] !== quote || at + 1 >= to) break
        isDoubled = true
        at++
      } else if (code < space || code === backslash) isOdd = true
    }
    // What follows tells whether the quote closes the cell.
    if (at + 1 >= to) return -1
    if (isOdd || isDoubled) this.escaped.push({ member: this.noted, isQuoted: true, isDoubled: !isOdd })
    this.note(key.start, key.end, from, at + 1, key.kind)
    at++
    if (bytes[at] === delimiter || bytes[at] === newline) return at
    this.isUsual = false
    while (at < to && bytes[at] !== delimiter && bytes[at] !== newline) at++
    return at === to ? -1 : at
  }
}
