/**
 * Up to 2 048 rows as columns, in the layout that DuckDB's vectors have: numbers side by side in the machine's byte order, so
 * that a table of millions of rows becomes no JavaScript value per cell.
 */
export interface ColumnChunk {
  readonly rowCount: number
  readonly columns: readonly ColumnVector[]
}

export interface ColumnVector {
  /**
   * One value a row, side by side, as wide as the column's type. A text (also JSON and binary) takes 16 bytes: its length in bytes
   * (32 bits), then its bytes where those are twelve or fewer. Of a longer one the first four bytes, where it begins in its piece, and
   * the number of the piece (32 bits each).
   */
  readonly data: Uint8Array<ArrayBuffer>
  /** A bit a row, the lowest first, 1 = there is a value; in whole words of 64 bits. Undefined = every row has one. */
  readonly validity?: Uint8Array<ArrayBuffer> | undefined
  /** Rows whose value has no place in the column's type: they have none here. */
  readonly unfitRows?: readonly number[] | undefined
  /** Where the texts of more than twelve bytes are. They are in UTF-8: DuckDB does not look at them again. */
  readonly pieces?: readonly TextPiece[] | undefined
}

/** Memory in which texts lie, as a rule what came from a socket at once. */
export interface TextPiece {
  readonly bytes: Uint8Array
  /** The part of it that has all the texts. */
  readonly from: number
  readonly to: number
}

/** How wide decimals of a precision of at most 38 are: whole numbers of the column's scale. */
export const decimalBytes = (precision: number): 2 | 4 | 8 | 16 =>
  precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16

/** A text of up to so many bytes stands in its place itself. */
export const shortTextBytes = 12

/** The text of a row that has one. */
export function textAt({ data, pieces = [] }: ColumnVector, row: number): Uint8Array {
  const at = row * 16
  const view = new DataView(data.buffer, data.byteOffset + at, 16)
  const size = view.getUint32(0, true)
  if (size <= shortTextBytes) return data.subarray(at + 4, at + 4 + size)
  const start = view.getUint32(8, true)
  return (pieces[view.getUint32(12, true)] as TextPiece).bytes.subarray(start, start + size)
}

/** The most rows that a chunk holds: the size of DuckDB's vectors. */
export const rowsPerChunk = 2048
/** As many as DuckDB writes to its file together. Where a transaction brings fewer, they go through its log first, and are packed by a checkpoint. */
export const rowsPerGroup = 60 * rowsPerChunk

/** Takes the rows of one load, in order; what is in the table of them before the transaction is rolled back leaves with it. */
export interface ColumnAppender {
  /** Resolves when there is room for the next one. @param chunk is used up: its memory is written to */
  append(chunk: ColumnChunk): Promise<void>
  /** Resolves when all rows are in the table. */
  close(): Promise<void>
  /** In place of `close`: no more rows come. Resolves when nothing of it runs any more. */
  drop(): Promise<void>
}
