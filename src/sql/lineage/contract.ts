import type { SqlDialect } from './dialects.js'

/** What a query makes its columns of, found from its text and the columns of what it reads. */

/**
 * How a column is made of another one, the stronger word winning: `copied` as it is, `transformed` by an expression,
 * `aggregated` of several rows.
 */
export type ColumnUse = 'copied' | 'transformed' | 'aggregated'

export interface ColumnInput {
  /** The id of the relation, as its resolver names it. */
  readonly relation: string
  readonly column: string
  readonly use: ColumnUse
}

export interface ColumnLineage {
  readonly name: string
  /** As written in the query; of `*` the column's own name. */
  readonly expression: string
  /** What it is made of; none for a constant or a count of rows. */
  readonly inputs: readonly ColumnInput[]
  readonly use: ColumnUse | 'constant'
  /** Why `inputs` may lack something. */
  readonly unknown?: string | undefined
}

/** A column that decides which rows there are, whatever columns are read: `where`, `join … on`, `group by`. */
export interface RowInput {
  readonly relation: string
  readonly column: string
  readonly use: 'filter' | 'join' | 'group'
}

/** A name that stands for no column, where the columns of everything in reach are known. */
export interface UnknownColumn {
  /** As written: `o.amuont`. */
  readonly name: string
  /** Index in the SQL text. */
  readonly start: number
  readonly end: number
  /** The names that could be meant. */
  readonly candidates: readonly string[]
  /** What was looked through, as the query calls it. */
  readonly lookedIn: readonly string[]
}

export interface QueryLineage {
  readonly columns: readonly ColumnLineage[]
  /** False when there may be more columns, in an order that is not known. */
  readonly isComplete: boolean
  /** Why it is not complete. */
  readonly reason?: string | undefined
  readonly rows: readonly RowInput[]
  readonly unknownColumns: readonly UnknownColumn[]
}

export interface KnownRelation {
  readonly id: string
  readonly columns: readonly string[]
  /** False when it may have more columns than these. */
  readonly isComplete: boolean
  /** False when a column that is not among them may be there all the same, once it is read; true when left out. */
  readonly isCertain?: boolean | undefined
}

export interface LineageOptions {
  /** What a name in `from` stands for; its parts without quotes. Undefined = nobody knows it. */
  readonly relationOf: (parts: readonly string[]) => KnownRelation | undefined
  readonly dialect: SqlDialect
}
