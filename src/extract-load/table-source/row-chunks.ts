import { type ColumnChunk, rowsPerChunk } from '../../warehouse/index.js'
import type { ColumnReader } from './column-reader.js'

/** Rows with long texts are handed on before they fill a chunk: what they hold is in memory until then. */
export const bytesPerChunk = 16 * 1024 * 1024

/**
 * Counts rows into chunks. Whoever finds the values of a row says where they are; they are read column by column, all that lie in the same
 * bytes at once.
 */
export class RowChunks {
  readonly #readers: readonly ColumnReader[]
  readonly #starts: Int32Array
  readonly #lengths: Int32Array
  #held: Buffer | undefined
  /** The first row whose values are not read yet. */
  #unread = 0
  #row = 0
  #bytes = 0

  constructor(readers: readonly ColumnReader[]) {
    this.#readers = readers
    this.#starts = new Int32Array(readers.length * rowsPerChunk)
    this.#lengths = new Int32Array(readers.length * rowsPerChunk)
  }

  /** Begins a row. @param bytes has its values, and is not written again */
  beginRow(bytes: Buffer): void {
    if (bytes === this.#held) return
    this.#read()
    this.#held = bytes
  }

  /** Where the value of a column is. Each column of the row is told of, by this or by `none`. */
  value(column: number, at: number, length: number): void {
    const i = column * rowsPerChunk + this.#row
    this.#starts[i] = at
    this.#lengths[i] = length
  }

  /** A column has no value. */
  none(column: number): void {
    this.#starts[column * rowsPerChunk + this.#row] = -1
  }

  /** Ends a row that took so many bytes. Answers the chunk that is complete with it. */
  endRow(bytes: number): ColumnChunk | undefined {
    this.#row++
    this.#bytes += bytes
    return this.#row === rowsPerChunk || this.#bytes >= bytesPerChunk ? this.#take() : undefined
  }

  /** The last rows. */
  end(): ColumnChunk | undefined {
    return this.#row > 0 ? this.#take() : undefined
  }

  #read(): void {
    if (!this.#held || this.#unread === this.#row) return
    const places = { bytes: this.#held, starts: this.#starts, lengths: this.#lengths }
    for (const [i, reader] of this.#readers.entries())
      reader.readRows({ ...places, first: i * rowsPerChunk }, this.#unread, this.#row)
    this.#unread = this.#row
  }

  #take(): ColumnChunk {
    this.#read()
    const rowCount = this.#row
    this.#row = 0
    this.#unread = 0
    this.#bytes = 0
    this.#held = undefined
    return { rowCount, columns: this.#readers.map((reader) => reader.take(rowCount)) }
  }
}
