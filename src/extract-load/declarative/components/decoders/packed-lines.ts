import { isUtf8 } from 'node:buffer'
import { RecordScanner } from '../../../protocol/scan-record.js'
import type { PackedFields } from '../../component-contract.js'
import { PackedRecords } from '../../packed/packed-records.js'
import { PageText } from '../../packed/page-text.js'
import type { BlockReader, ByteBlock } from './byte-blocks.js'

export interface PackedLinesOptions {
  readonly fields: PackedFields
  /** Hands on what a line is that is no plain record; nothing where it is no JSON. */
  readonly whole: (line: string, take: (value: unknown) => void) => void
  /** @throws what is said of bytes that are no text */
  readonly textOf: (bytes: Uint8Array) => string
}

const newline = 0x0a

/** Makes records of lines of JSON, which stay where they are. */
export class PackedLines implements BlockReader<unknown> {
  readonly #options: PackedLinesOptions
  readonly #records: PackedRecords
  readonly #scanner = new LineScanner()

  constructor(options: PackedLinesOptions) {
    this.#options = options
    this.#records = new PackedRecords(options.fields)
  }

  read({ bytes, from, to }: ByteBlock) {
    const end = bytes.lastIndexOf(newline, to - 1) + 1
    if (end <= from) return { values: [], unread: { from, to } }
    if (!isUtf8(bytes.subarray(from, end))) this.#options.textOf(bytes.subarray(from, end))
    const found = this.#lines(bytes, from, end)
    const { numbers, noted } = this.#scanner
    const text = new PageText(bytes, to)
    const page = this.#records.page(text, numbers.slice(0, noted), { rows: found.length, sizeBytes: end - from })
    const values = found.map((one) => (typeof one === 'number' ? this.#records.record(page, one) : one.value))
    return { values, unread: { from: end, to } }
  }

  /** Of each record where its numbers begin, or what it is. */
  #lines(bytes: Buffer, from: number, to: number): (number | { readonly value: unknown })[] {
    const scanner = this.#scanner
    const found: (number | { readonly value: unknown })[] = []
    scanner.noted = 0
    for (let at = from; at < to; ) {
      const end = bytes.indexOf(newline, at)
      const start = scanner.noted
      if (scanner.isPlainRecord(bytes, at, end)) found.push(start)
      else {
        scanner.noted = start
        this.#options.whole(bytes.toString('utf8', at, end), (value) => found.push({ value }))
      }
      at = end + 1
    }
    return found
  }

  end(rest: Uint8Array): readonly unknown[] {
    const values: unknown[] = []
    this.#options.whole(this.#options.textOf(rest), (value) => values.push(value))
    return values
  }
}

class LineScanner extends RecordScanner {
  /** Notes the numbers of the record of a line, unless it is empty, has numbers that a double has not, or is no object of JSON. */
  isPlainRecord(bytes: Buffer, from: number, to: number): boolean {
    this.bytes = bytes
    this.to = to
    this.isBroken = false
    this.isBeyondDouble = false
    const noted = this.noted
    const end = this.data(this.afterSpace(from), 0, 0)
    return (
      end > 0 &&
      !this.isBroken &&
      !this.isBeyondDouble &&
      (this.numbers[noted] as number) > 0 &&
      this.afterSpace(end) === to
    )
  }
}
