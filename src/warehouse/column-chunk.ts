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
   * (32 bits), then its bytes where those are twelve or fewer.
   */
  readonly data: Uint8Array<ArrayBuffer>
  /** A bit a row, the lowest first, 1 = there is a value; in whole words of 64 bits. Undefined = every row has one. */
  readonly validity?: Uint8Array<ArrayBuffer> | undefined
  /** Rows whose value has no place in the column's type: they have none here. */
  readonly unfitRows?: readonly number[] | undefined
  /** The texts of more than twelve bytes. */
  readonly longTexts?: readonly LongText[] | undefined
}

export interface LongText {
  readonly row: number
  readonly bytes: Uint8Array
}

/** The most rows that a chunk holds: the size of DuckDB's vectors. */
export const rowsPerChunk = 2048

/** Takes the rows of one load, in order. Rows are in the table when it is closed; nothing of them if the transaction is rolled back. */
export interface ColumnAppender {
  append(chunk: ColumnChunk): void
  close(): void
}
