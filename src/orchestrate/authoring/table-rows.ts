import { sqlName, type Table } from './tables.js'

/** The rows of a table, read while they are asked for: memory holds some thousand of them, whatever the table. */
export interface TableRows<Row> extends AsyncIterable<Row> {
  /** All of them at once. */
  all(): Promise<Row[]>
  /** The table's name as SQL has it. */
  toString(): string
}

export type ReadRows = (sql: string) => AsyncIterable<readonly object[]>

/** Each loop over it reads the table anew. */
export function tableRows(table: Table, read: ReadRows): TableRows<object> {
  return rowsOf(() => read(`select * from ${sqlName(table)}`), String(table))
}

export function rowsOf(pieces: () => AsyncIterable<readonly object[]>, name: string): TableRows<object> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const piece of pieces()) yield* piece
    },
    async all() {
      const rows: object[] = []
      for await (const piece of pieces()) for (const row of piece) rows.push(row)
      return rows
    },
    toString: () => name,
  }
}
