import type { ColumnChunk } from '../../../../warehouse/index.js'
import type { ColumnReader } from '../../../table-source/column-reader.js'
import { RowChunks } from '../../../table-source/row-chunks.js'
import { int32At } from './int32-at.js'

/** `PGCOPY\n\377\r\n\0`, flags, length of an extension: in front of the first row. */
export const headerBytes = 19

/** Puts the rows that `copy … to stdout (format binary)` sends into chunks of columns. */
export class CopyDecoder {
  readonly #columns: number
  #hasHeader = false
  readonly #rows: RowChunks

  constructor(readers: readonly ColumnReader[]) {
    this.#columns = readers.length
    this.#rows = new RowChunks(readers)
  }

  /**
   * Takes the content of one message: a row. Answers the chunk that is complete with it.
   * @param bytes is kept by the chunk: it must not be written again
   */
  add(bytes: Buffer, start: number): ColumnChunk | undefined {
    let at = start
    if (!this.#hasHeader) {
      at += headerBytes
      this.#hasHeader = true
    }
    // -1 fields: the end.
    if ((bytes[at] as number) > 0x7f) return undefined
    at += 2
    const rows = this.#rows
    rows.beginRow(bytes)
    for (let i = 0; i < this.#columns; i++) {
      const length = int32At(bytes, at)
      at += 4
      if (length < 0) rows.none(i)
      else {
        rows.value(i, at, length)
        at += length
      }
    }
    return rows.endRow(at - start)
  }

  /** The last rows. */
  end(): ColumnChunk | undefined {
    return this.#rows.end()
  }
}
