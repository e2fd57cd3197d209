import { type ColumnVector, rowsPerChunk } from '../../warehouse/index.js'

/** Where the values of a column are. */
export interface ValuePlaces {
  /** The values may stay in the vector as they are here, so they must not be written again. */
  readonly bytes: Buffer
  /** By `first` + the row's number: where its value begins; -1: it has none. */
  readonly starts: Int32Array
  /** Likewise, how many bytes it has. */
  readonly lengths: Int32Array
  readonly first: number
}

/** Turns the values of one column, as a server writes them, into a vector. Each row of it has a value or none. */
export interface ColumnReader {
  /** What the column of the destination must be, in DuckDB's words. */
  readonly type: string
  /** @param at where the value's `length` bytes begin; the vector may keep them, so they must not be written again */
  read(bytes: Buffer, at: number, length: number, row: number): void
  /** The row has no value. */
  skip(row: number): void
  /** Reads the values of rows, from the first up to, and without, the last. */
  readRows(values: ValuePlaces, from: number, to: number): void
  /** The vector of the rows so far; the next ones go into a new one. */
  take(rowCount: number): ColumnVector
}

/** What all readers have in common: space for a chunk, and which rows have a value. */
export abstract class VectorReader implements ColumnReader {
  readonly type: string
  readonly #width: number
  protected data: Uint8Array<ArrayBuffer>
  protected view: DataView
  /** Most columns have a value in every row: nothing is written for those. */
  #validity: Uint8Array<ArrayBuffer> | undefined
  #unfitRows: number[] = []

  /** @param width bytes of a value */
  constructor(type: string, width: number) {
    this.type = type
    this.#width = width
    this.data = new Uint8Array(rowsPerChunk * width)
    this.view = new DataView(this.data.buffer)
  }

  abstract read(bytes: Buffer, at: number, length: number, row: number): void

  /** Readers of the types that most columns have do it in a loop of their own: called once a value, a method takes longer than its work. */
  readRows({ bytes, starts, lengths, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, lengths[first + row] as number, row)
    }
  }

  skip(row: number): void {
    this.#validity ??= new Uint8Array(rowsPerChunk / 8).fill(0xff)
    this.#validity[row >> 3] = (this.#validity[row >> 3] as number) & ~(1 << (row & 7))
  }

  /** The value of a row has no place in the column's type. */
  protected refuse(row: number): void {
    this.skip(row)
    this.#unfitRows.push(row)
  }

  take(rowCount: number): ColumnVector {
    const data = this.data.subarray(0, rowCount * this.#width)
    this.data = new Uint8Array(rowsPerChunk * this.#width)
    this.view = new DataView(this.data.buffer)
    return { data, ...this.takeValidity() }
  }

  /** Which rows have a value. */
  protected takeValidity(): Pick<ColumnVector, 'validity' | 'unfitRows'> {
    const taken = { validity: this.#validity, unfitRows: this.#unfitRows }
    this.#validity = undefined
    this.#unfitRows = []
    return taken
  }
}
