import type { ColumnChunk } from '../../../../warehouse/index.js'
import type { ColumnReader } from '../../../table-source/column-reader.js'
import { RowChunks } from '../../../table-source/row-chunks.js'
import { FixedReader } from './value-readers.js'

/**
 * Bytes of the types whose values all have the same length; of all others the length stands in front:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
const fixedBytes: Readonly<Record<number, number>> = {
  1: 1, // tiny
  2: 2, // short
  3: 4, // long
  4: 4, // float
  5: 8, // double
  8: 8, // longlong
  9: 4, // int24
  13: 2, // year
}

/** Of the types whose length stands in front. */
const isVariable = 0

/** Puts the rows of a binary result set into chunks of columns. */
export class RowDecoder {
  readonly #lengths: readonly number[]
  readonly #rows: RowChunks
  /** The marker of a row, and a bit for each column and for two more in front. */
  readonly #headBytes: number

  /** @param types of the columns, as the server says before the first row */
  constructor(readers: readonly ColumnReader[], types: readonly number[]) {
    this.#lengths = types.map((type) => fixedBytes[type] ?? isVariable)
    const strange = readers.find((reader, i) => reader instanceof FixedReader && this.#lengths[i] === isVariable)
    if (strange) throw new Error(`A value of no fixed length came for a column of ${strange.type}.`)
    this.#rows = new RowChunks(readers)
    this.#headBytes = 1 + ((readers.length + 9) >> 3)
  }

  /**
   * Takes the packet of a row. Answers the chunk that is complete with it.
   * @param bytes is kept by the chunk: it must not be written again
   */
  add(bytes: Buffer, start: number): ColumnChunk | undefined {
    const rows = this.#rows
    const lengths = this.#lengths
    rows.beginRow(bytes)
    let at = start + this.#headBytes
    for (let i = 0; i < lengths.length; i++) {
      const bit = i + 2
      if (((bytes[start + 1 + (bit >> 3)] as number) >> (bit & 7)) & 1) {
        rows.none(i)
        continue
      }
      let length = lengths[i] as number
      if (length === isVariable) {
        length = bytes[at++] as number
        if (length > 0xfa) {
          // Two, three or eight bytes; no value is larger than six can say.
          const size = length === 0xfc ? 2 : length === 0xfd ? 3 : 8
          length = bytes.readUIntLE(at, Math.min(size, 6))
          at += size
        }
      }
      rows.value(i, at, length)
      at += length
    }
    return rows.endRow(at - start)
  }

  /** The last rows. */
  end(): ColumnChunk | undefined {
    return this.#rows.end()
  }
}
