import type { Cell, ColumnInfo, QueryResult, WarehouseConnection } from '../../../warehouse/index.js'
import type { MergeDialect } from '../../loading/merge/merge-dialect.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'

/**
 * What a warehouse that is loaded by files says in its own way: imitate `../snowflake/`. Everything else (which rows make way for which,
 * in what order, and that data and states are committed together) is told by this room, in SQL that these engines have in common:
 *
 * 1. `publish` has DuckDB write the staged rows into a file (`file`), or a folder of them, and `load` brings that into a table of its own beside the final one
 *    (or `rows.write` does so piece by piece, where the connection wants it).
 *    Nobody sees it; it goes with the session, or by `dropIncoming`.
 * 2. Meanwhile the final table is made, or takes new columns and wider types (DDL, which these engines commit at once). What is there stays readable.
 * 3. What changes the final table is put off until the states of its streams are known; then `commit` runs all of it, the states first, as
 *    one transaction. A reader finds the former rows or the new ones; after a crash so does the next sync, with the state that goes with them.
 */
export interface LoadDialect extends Omit<MergeDialect, 'literal' | 'typed'> {
  /** A schema, table or column by the name that Millrace has for it, as SQL has it: folded to the case of the engine, and quoted. */
  quote(name: string): string
  /** The same without quotes: what the engine itself calls it. */
  storedName(name: string): string
  /** The name that Millrace has for what the engine calls so: the way back. */
  nameOf(stored: string): string
  literal(value: Cell): string
  /** The n-th parameter of a statement, from 1. */
  parameter(position: number): string
  /** The table of states has only texts and these. */
  readonly integerType: string
  /** The type of the engine that holds every value of a column of DuckDB's. */
  typeOf(column: Pick<TableColumn, 'type' | 'kind'>): string
  /** A column of the engine's as DuckDB would call it; what has no counterpart is text. The name is given as Millrace has it. */
  columnOf(info: ColumnInfo): TableColumn
  /** SQL: a value of one type as another one that holds it, as the engine writes that; both in DuckDB's types. */
  converted(sql: string, from: TableColumn, to: TableColumn): string
  /** The file that DuckDB writes, or the folder of files, where the options say how large each may be. */
  readonly file: {
    /** `rows.parquet` */
    readonly name: string
    /** What stands in the brackets of DuckDB's `copy … to`. */
    readonly options: string
    /** SQL for DuckDB: a value as it stands in the file. */
    value(sql: string, column: TableColumn): string
    /** SQL for DuckDB: whether the engine has no place for a value, which becomes NULL with a note then; undefined where it takes all. */
    misfit?(sql: string, column: TableColumn): string | undefined
  }
  /** Where the connection has its rows written without a file: how they come to the engine, in place of `file` and `load`. */
  readonly rows?: {
    /** SQL for DuckDB: a value as `write` takes it. */
    value(sql: string, column: TableColumn): string
    /** Brings all rows into a table that has these columns in this order, or none; pieces are taken as there is room for them. */
    write(connection: WarehouseConnection, rows: IncomingRows): Promise<void>
  }
  /** A word between `create` and `table` for a table that nobody else sees, and that goes with the session: `temporary`. */
  readonly incomingWord: string
  /** What stands behind its columns: where it is a table like others, when it goes if nobody drops it. */
  readonly incomingBehind?: string
  /** More words for tables that hold the rows of streams: between `create` and `table`, and behind the columns. */
  readonly tableWords: { readonly before: string; readonly behind: string }
  /** Brings the file into a table that has these columns in this order, all of it or nothing; schema and table by Millrace's names. */
  load(
    connection: WarehouseConnection,
    file: {
      readonly path: string
      readonly schema: string
      readonly table: string
      readonly columns: readonly TableColumn[]
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<void>
  /** What a table is, in the words that make one like it, where the engine has several kinds. */
  kindOfTable?(connection: WarehouseConnection, relation: string): Promise<string>
  /**
   * SQL: a table made anew of its own rows, at once, with what hangs on it.
   * @param selected its columns, with the SQL of each @param kind what `kindOfTable` told
   */
  rebuilt(
    relation: string,
    selected: readonly { readonly name: string; readonly sql: string }[],
    kind: string | undefined,
  ): string
  /** SQL: a table that is to hold states, with its columns and their types. Where one is there it stays. */
  stateTable(relation: string, columns: readonly { readonly name: string; readonly type: string }[]): string
  /**
   * Runs statements as one transaction: all of them or none.
   * @throws UnchangedRow when one that must change a row changed none; then nothing is committed
   */
  commit(
    connection: WarehouseConnection,
    statements: readonly DeferredStatement[],
    signal: AbortSignal | undefined,
  ): Promise<void>
}

/** Rows on their way into a table; schema and table by Millrace's names. */
export interface IncomingRows {
  readonly rows: AsyncIterable<QueryResult['rows']>
  readonly schema: string
  readonly table: string
  readonly columns: readonly TableColumn[]
  readonly signal?: AbortSignal | undefined
}

/** A statement that waits for the transaction. */
export interface DeferredStatement {
  readonly sql: string
  readonly params?: readonly Cell[] | undefined
  /** Somebody else was there where it changes no row. */
  readonly mustChange?: boolean | undefined
  /** The same asked before it: SQL of what holds where the statement changes a row. */
  readonly holds?: { readonly sql: string; readonly params: readonly Cell[] } | undefined
}

/** A statement changed no row, and had to. */
export class UnchangedRow extends Error {}

/** For engines with transactions of their own that statements are sent in one by one. */
export async function commitOneByOne(
  connection: WarehouseConnection,
  statements: readonly DeferredStatement[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await connection.begin()
  try {
    for (const { sql, params, mustChange } of statements) {
      const { rowsAffected } = await connection.query(sql, { params, signal })
      if (mustChange && rowsAffected === 0) throw new UnchangedRow(sql)
    }
    await connection.commit()
  } catch (error) {
    await connection.rollback().catch(() => {})
    throw error
  }
}

export const mergeDialect = (dialect: LoadDialect): MergeDialect => ({
  ...dialect,
  typed: (text, column) => `cast(${dialect.literal(text)} as ${dialect.typeOf(column)})`,
})

export const relationOf = ({ quote }: LoadDialect, schema: string, table: string) => `${quote(schema)}.${quote(table)}`

/** SQL: a table. @param word between `create` and `table` */
export const createTable = (
  dialect: LoadDialect,
  relation: string,
  columns: readonly TableColumn[],
  word: string,
  behind = '',
): string =>
  `create ${word} table ${relation} (${columns.map((column) => `${dialect.quote(column.name)} ${dialect.typeOf(column)}`).join(', ')})${behind}`
