import { isUtf8 } from 'node:buffer'
import { type ColumnVector, rowsPerChunk, shortTextBytes } from '../../warehouse/index.js'
import { type ValuePlaces, VectorReader } from './column-reader.js'

interface TextOptions {
  /** Bytes before the text: PostgreSQL's jsonb says its version there. */
  readonly skipped?: number
  /** The server does not vouch for UTF-8, and DuckDB takes nothing else: a text of other bytes becomes NULL. */
  readonly isChecked?: boolean
}

/** Of columns in which no row has a value: there may be a thousand of them. */
const noTexts = new Uint8Array(rowsPerChunk * 16)

/** How much memory a vector takes of its own. */
export const ownBytes = ({ data }: ColumnVector): number =>
  data.buffer === noTexts.buffer ? 0 : data.buffer.byteLength

/** Texts in UTF-8, and whatever else is bytes. */
export class TextReader extends VectorReader {
  #pieces: { bytes: Buffer; from: number; to: number }[] = []
  readonly #skipped: number
  readonly #isChecked: boolean
  #isUsed = false

  constructor(type: string, { skipped = 0, isChecked = false }: TextOptions = {}) {
    super(type, 16)
    this.#skipped = skipped
    this.#isChecked = isChecked
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    this.#isUsed = true
    const start = at + this.#skipped
    const size = length - this.#skipped
    const { data } = this
    let to = row * 16
    if (size > shortTextBytes) {
      if (this.#isChecked && !isText(bytes, start, size)) {
        this.refuse(row)
        return
      }
      this.view.setUint32(to, size, true)
      for (let i = 0; i < 4; i++) data[to + 4 + i] = bytes[start + i] as number
      this.view.setUint32(to + 8, start, true)
      this.view.setUint32(to + 12, this.#pieceOf(bytes, start, start + size), true)
      return
    }
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

  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, lengths, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, lengths[first + row] as number, row)
    }
  }

  /** The number of the piece that texts of these bytes are in. One after the other they are, as a rule, in the same. */
  #pieceOf(bytes: Buffer, from: number, to: number): number {
    const last = this.#pieces.length - 1
    const piece = this.#pieces[last]
    if (piece?.bytes !== bytes) return this.#pieces.push({ bytes, from, to }) - 1
    if (from < piece.from) piece.from = from
    if (to > piece.to) piece.to = to
    return last
  }

  override take(rowCount: number): ColumnVector {
    if (!this.#isUsed) return { data: noTexts.subarray(0, rowCount * 16), ...this.takeValidity() }
    const pieces = this.#pieces
    this.#pieces = []
    this.#isUsed = false
    return { ...super.take(rowCount), pieces }
  }
}

/** To call isUtf8 takes as long as looking at so many bytes here. */
const shortBytes = 100

function isText(bytes: Buffer, start: number, size: number): boolean {
  if (size <= shortBytes) {
    let bits = 0
    for (let i = start; i < start + size; i++) bits |= bytes[i] as number
    if (bits <= 0x7f) return true
  }
  return isUtf8(bytes.subarray(start, start + size))
}
