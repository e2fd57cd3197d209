import { type ColumnVector, shortTextBytes } from '../column-chunk.js'
import { BLOB, bindings, DuckDBDataChunk } from './driver.js'

const two32 = 4_294_967_296

/**
 * The texts of a chunk where DuckDB can read them. A piece goes over as a whole, as one binary value, and each text in it is told by its
 * address; to hand over each text by itself would take longer than all the rest. A text is `duckdb_string_t` of DuckDB's C API: length,
 * first four bytes, address.
 */
export class TextMemory {
  readonly #chunk = DuckDBDataChunk.create([BLOB], 1)
  /** Where the first byte of a piece would be, had all of it been copied. */
  readonly #addresses = new Map<Uint8Array, number>()

  /** Takes the pieces of a chunk's columns, and forgets those of the chunk before. */
  take(columns: readonly ColumnVector[]): void {
    this.free()
    const vector = bindings.data_chunk_get_vector(this.#chunk.chunk, 0)
    for (const [bytes, { from, to }] of usedParts(columns)) {
      bindings.vector_assign_string_element_len(vector, 0, bytes.subarray(from, to))
      const { buffer, byteOffset } = bindings.vector_get_data(vector, 16)
      const address = Number(new DataView(buffer, byteOffset).getBigUint64(8, true))
      this.#addresses.set(bytes, address - from)
    }
  }

  /** Says of the long texts of a column where they are now. */
  place({ data, pieces = [] }: ColumnVector, rowCount: number): void {
    if (pieces.length === 0) return
    const addresses = pieces.map(({ bytes }) => this.#addresses.get(bytes) as number)
    const words = new Uint32Array(data.buffer, data.byteOffset, rowCount * 4)
    for (let i = 0; i < words.length; i += 4) {
      if ((words[i] as number) <= shortTextBytes) continue
      const piece = words[i + 3] as number
      const start = words[i + 2] as number
      const { from, to } = pieces[piece] ?? { from: 0, to: 0 }
      if (start < from || start + (words[i] as number) > to) throw new Error('A text is not where its chunk says.')
      const address = (addresses[piece] as number) + start
      words[i + 2] = address
      words[i + 3] = address / two32
    }
  }

  free(): void {
    this.#chunk.reset()
    this.#addresses.clear()
  }
}

interface UsedPart {
  from: number
  to: number
}

/** Of each piece the part that texts of some column are in. */
function usedParts(columns: readonly ColumnVector[]): ReadonlyMap<Uint8Array, UsedPart> {
  const parts = new Map<Uint8Array, UsedPart>()
  for (const { pieces = [] } of columns)
    for (const { bytes, from, to } of pieces) {
      const part = parts.get(bytes)
      if (!part) parts.set(bytes, { from, to })
      else {
        part.from = Math.min(part.from, from)
        part.to = Math.max(part.to, to)
      }
    }
  return parts
}
