import type { ColumnVector, LongText } from '../../warehouse/index.js'
import { VectorReader } from './column-reader.js'

/** Texts in UTF-8, and whatever else is bytes. */
export class TextReader extends VectorReader {
  #longTexts: LongText[] = []
  /** Bytes before the text: PostgreSQL's jsonb says its version there. */
  readonly #skipped: number

  constructor(type: string, skipped = 0) {
    super(type, 16)
    this.#skipped = skipped
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const start = at + this.#skipped
    const size = length - this.#skipped
    if (size > 12) {
      this.#longTexts.push({ row, bytes: bytes.subarray(start, start + size) })
      return
    }
    const { data } = this
    let to = row * 16
    data[to] = size
    to += 4
    for (let i = start; i < start + size; i++) data[to++] = bytes[i] as number
  }

  override take(rowCount: number): ColumnVector {
    const longTexts = this.#longTexts
    this.#longTexts = []
    return { ...super.take(rowCount), longTexts }
  }
}
