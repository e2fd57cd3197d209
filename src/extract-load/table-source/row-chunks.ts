import { type ColumnChunk, rowsPerChunk } from '../../warehouse/index.js'
import type { ColumnReader } from './column-reader.js'

/** Rows with long texts are handed on before they fill a chunk: what they hold is in memory until then. */
const bytesPerChunk = 16 * 1024 * 1024

/** Counts rows into chunks: whoever has given the values of a row to the readers says so. */
export class RowChunks {
  readonly #readers: readonly ColumnReader[]
  #row = 0
  #bytes = 0

  constructor(readers: readonly ColumnReader[]) {
    this.#readers = readers
  }

  /** The number of the row that is read now, in its chunk. */
  get row(): number {
    return this.#row
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

  #take(): ColumnChunk {
    const rowCount = this.#row
    this.#row = 0
    this.#bytes = 0
    return { rowCount, columns: this.#readers.map((reader) => reader.take(rowCount)) }
  }
}
