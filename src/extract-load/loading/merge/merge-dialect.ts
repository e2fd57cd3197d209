import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { TableColumn } from '../rows/table-shape.js'

/** How the engine of a destination says what adding staged rows to a table asks of it. */
export interface MergeDialect {
  quote(name: string): string
  /** SQL: a text. */
  literal(text: string): string
  /** For texts of any length. */
  readonly textType: string
  /** SQL: a text as a value of a column, exact. */
  typed(text: string, column: TableColumn): string
  /** SQL: whether two values of one column are the same; both may be NULL. Values of all types can be asked. */
  isSame(left: string, right: string, column: TableColumn): string
  /** SQL: the seconds since 1970 of a time. */
  epochSeconds(sql: string): string
  /** SQL: takes the rows `t` out of a table for which there is a row `i` in another one. */
  deleteMatching(target: string, other: string, condition: string): string
}

/** What DuckDB and PostgreSQL have in common. */
export const plainDialect: MergeDialect = {
  quote: quoteIdentifier,
  literal: quoteLiteral,
  textType: 'varchar',
  // The bare literal takes the column's own type, so the comparison stays exact.
  typed: quoteLiteral,
  isSame: (left, right) => `${left}::varchar is not distinct from ${right}::varchar`,
  epochSeconds: (sql) => `extract(epoch from ${sql})`,
  deleteMatching: (target, other, condition) => `delete from ${target} t using ${other} i where ${condition}`,
}
