import { isUtf8 } from 'node:buffer'
import type { ColumnVector, LongText } from '../../warehouse/index.js'
import { VectorReader } from './column-reader.js'

interface TextOptions {
  /** Bytes before the text: PostgreSQL's jsonb says its version there. */
  readonly skipped?: number
  /** The server does not vouch for UTF-8, and DuckDB takes nothing else: a text of other bytes becomes NULL. */
  readonly isChecked?: boolean
}

/** Texts in UTF-8, and whatever else is bytes. */
export class TextReader extends VectorReader {
  #longTexts: LongText[] = []
  readonly #skipped: number
  readonly #isChecked: boolean

  constructor(type: string, { skipped = 0, isChecked = false }: TextOptions = {}) {
    super(type, 16)
    this.#skipped = skipped
    this.#isChecked = isChecked
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const start = at + this.#skipped
    const size = length - this.#skipped
    if (size > 12) {
      const text = bytes.subarray(start, start + size)
      if (this.#isChecked && !isText(bytes, start, text)) this.refuse(row)
      else this.#longTexts.push({ row, bytes: text })
      return
    }
    const { data } = this
    let to = row * 16
    data[to] = size
    to += 4
    let bits = 0
    for (let i = start; i < start + size; i++) {
      const byte = bytes[i] as number
      bits |= byte
      data[to++] = byte
    }
    if (bits > 0x7f && this.#isChecked && !isUtf8(bytes.subarray(start, start + size))) this.refuse(row)
  }

  override take(rowCount: number): ColumnVector {
    const longTexts = this.#longTexts
    this.#longTexts = []
    return { ...super.take(rowCount), longTexts }
  }
}

/** To call isUtf8 takes as long as looking at so many bytes here. */
const shortBytes = 100

function isText(bytes: Buffer, start: number, text: Buffer): boolean {
  const { length } = text
  if (length > shortBytes) return isUtf8(text)
  let bits = 0
  for (let i = start; i < start + length; i++) bits |= bytes[i] as number
  return bits <= 0x7f || isUtf8(text)
}
