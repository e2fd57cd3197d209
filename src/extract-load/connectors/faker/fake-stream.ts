import type { ColumnVector } from '../../../warehouse/index.js'
import { type FakeColumn, type Writers, writersOf } from './columns.js'

/** Which rows are made. */
export interface FakeRows {
  readonly seed: number
  /** The number of the first one; the first of all is 1. */
  readonly first: number
  readonly rowCount: number
  /** Milliseconds since 1970 that all of them were updated at; left out, each row has a time of its own. */
  readonly updatedAt?: number | undefined
}

/** A stream that is made up. */
export interface FakeStream {
  readonly name: string
  readonly columns: Readonly<Record<string, FakeColumn>>
  /** How many rows there are with so many users. Those of fewer users are the first ones of more. */
  rowsOf(users: number): number
  /** The vectors of some rows, at most as many as a chunk holds, in the order of the columns. */
  make(rows: FakeRows): readonly ColumnVector[]
}

export function fakeStream<C extends Readonly<Record<string, FakeColumn>>>(
  name: string,
  columns: C,
  { rowsOf, write }: { rowsOf: (users: number) => number; write: (rows: FakeRows, to: Writers<C>) => void },
): FakeStream {
  return {
    name,
    columns,
    rowsOf,
    make(rows) {
      const to = writersOf(columns, rows.rowCount)
      write(rows, to)
      return Object.values(to).map((writer) => writer.vector())
    },
  }
}
