import { isUtf8 } from 'node:buffer'
import { holds } from '../../../protocol/scan-json.js'
import { numbersOfMember, numbersOfRecord } from '../../../protocol/scan-record.js'
import type { PackedFields, RecordData } from '../../component-contract.js'
import { PackedRecords } from '../../packed/packed-records.js'
import { PageText } from '../../packed/page-text.js'
import type { BlockReader, ByteBlock } from './byte-blocks.js'
import { CsvScanner } from './csv-scanner.js'

export interface PackedCsvOptions {
  readonly delimiter: string
  readonly fields: PackedFields
  /** What is made of a row that has other cells than the first one, or is written oddly. */
  readonly whole: (names: readonly string[], row: readonly string[]) => RecordData
  /** Cuts text into rows, slowly. */
  readonly rowsOf: (text: string) => readonly (readonly string[])[]
  /** @throws what is said of bytes that are no text */
  readonly textOf: (bytes: Uint8Array) => string
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Makes records of rows of CSV, whose cells stay where they are: the delimiters around a cell become its quotes, and it is a text of JSON then.
 */
export class PackedCsv implements BlockReader<RecordData> {
  readonly #options: PackedCsvOptions
  readonly #records: PackedRecords
  readonly #scanner: CsvScanner
  #dropsMark: boolean
  #names: readonly string[] | undefined

  constructor(options: PackedCsvOptions, dropsMark: boolean) {
    this.#options = options
    this.#records = new PackedRecords(options.fields)
    this.#scanner = new CsvScanner(options.delimiter.charCodeAt(0))
    this.#dropsMark = dropsMark
  }

  read({ bytes, from, to: end }: ByteBlock) {
    const to = withUnixLines(bytes, from, end)
    const scanner = this.#scanner
    scanner.begin(bytes, bytes[to - 1] === carriageReturn ? to - 1 : to)
    let at = from
    if (this.#dropsMark && to - from >= byteOrderMark.length) {
      this.#dropsMark = false
      if (byteOrderMark.equals(bytes.subarray(from, from + byteOrderMark.length))) at += byteOrderMark.length
    }
    if (!this.#names && !this.#dropsMark) {
      const next = scanner.row(at, [])
      scanner.forgetRow()
      if (next > 0) {
        this.#names = this.#options.rowsOf(this.#options.textOf(bytes.subarray(at, next)))[0] ?? []
        at = next
      }
    }
    return this.#names ? this.#rows(bytes, at, to, this.#names) : { values: [], unread: { from: at, to } }
  }

  #rows(bytes: Buffer, from: number, to: number, names: readonly string[]) {
    const scanner = this.#scanner
    const text = new PageText(bytes, to)
    const keys = names.map((name) => {
      const start = text.add(JSON.stringify(name))
      const isPlain = text.end - start - 2 === Buffer.byteLength(name)
      return { start: start + 1, end: text.end - 1, kind: isPlain ? 0 : holds.keyEscapes }
    })
    const found: (number | RecordData)[] = []
    let at = from
    for (;;) {
      const start = scanner.noted
      const next = scanner.row(at, keys)
      if (next < 0) break
      const isUsual = scanner.isUsual && scanner.cells === keys.length
      // An empty line is none.
      const isEmpty = next - at === 1
      if (isUsual && !isEmpty) found.push(start)
      else scanner.forgetRow()
      if (!isUsual && !isEmpty) {
        const [row = []] = this.#options.rowsOf(this.#options.textOf(bytes.subarray(at, next)))
        found.push(this.#options.whole(names, row))
      }
      at = next
    }
    if (!isUtf8(bytes.subarray(from, at))) this.#options.textOf(bytes.subarray(from, at))
    const places = scanner.numbers.slice(0, scanner.noted)
    this.#quote(text, places, found)
    const rows = found.length
    const page = this.#records.page(text, places, { rows, sizeBytes: at - from })
    const values = found.map((one) => (typeof one === 'number' ? this.#records.record(page, one) : one))
    return { values, unread: { from: at, to } }
  }

  /** Makes texts of JSON of all cells, once nobody looks for delimiters any more. */
  #quote(text: PageText, places: Int32Array, found: readonly (number | RecordData)[]): void {
    const { bytes: cells } = text
    for (const one of found) {
      if (typeof one !== 'number') continue
      const first = one + numbersOfRecord
      const end = first + (places[one] as number) * numbersOfMember
      for (let member = first; member < end; member += numbersOfMember) {
        cells[places[member + 2] as number] = quote
        cells[(places[member + 3] as number) - 1] = quote
      }
    }
    for (const { member, isQuoted, isDoubled } of this.#scanner.escaped) {
      const start = places[member + 2] as number
      const end = places[member + 3] as number
      places[member + 4] = (places[member + 4] as number) | holds.escapes
      // It may be another one with each text that is added.
      const { bytes } = text
      if (isQuoted && isDoubled) escapeDoubled(bytes, start + 1, end - 1)
      else {
        const cell = bytes.toString('utf8', start + 1, end - 1)
        places[member + 2] = text.add(JSON.stringify(isQuoted ? cell.replaceAll('""', '"') : cell))
        places[member + 3] = text.end
      }
    }
  }

  end(rest: Uint8Array): readonly RecordData[] {
    const rows = this.#options.rowsOf(this.#options.textOf(rest))
    const [names = [], ...others] = this.#names ? [this.#names, ...rows] : rows
    return others.filter((row) => row.length > 0).map((row) => this.#options.whole(names, row))
  }
}

const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const carriageReturn = 0x0d

/** Two quotes are one, which JSON writes as long. */
function escapeDoubled(bytes: Buffer, from: number, to: number): void {
  for (let at = bytes.indexOf(quote, from); at >= 0 && at < to; at = bytes.indexOf(quote, at + 2)) bytes[at] = backslash
}

/** Every kind of line end becomes `\n`, also inside of cells; at the end there may be half of one. @returns where the bytes end now */
function withUnixLines(bytes: Buffer, from: number, to: number): number {
  let at = bytes.indexOf(carriageReturn, from)
  if (at < 0 || at >= to - 1) return to
  let end = at
  for (; at < to; at++) {
    const isReturn = bytes[at] === carriageReturn
    if (isReturn && at === to - 1) bytes[end++] = carriageReturn
    else if (!isReturn || bytes[at + 1] !== newline) bytes[end++] = isReturn ? newline : (bytes[at] as number)
  }
  return end
}
