import type { ColumnPlan } from '../rows/table-shape.js'
import type { MergeDialect } from './merge-dialect.js'
import type { BoundaryRows } from './merge-plan.js'

/** Two rows that are compared, by the SQL of their values: one of the table, and one that is staged. */
export interface RowPair {
  existing(step: ColumnPlan): string
  staged(step: ColumnPlan): string
}

/** Both rows lie in tables of one engine, in the same columns. @param existing how a statement calls the row @param staged the same */
export const pairOf = ({ quote }: Pick<MergeDialect, 'quote'>, existing: string, staged: string): RowPair => ({
  existing: ({ column }) => `${existing}.${quote(column.name)}`,
  staged: ({ column }) => `${staged}.${quote(column.name)}`,
})

/** SQL: whether rows have the same key, of which no part is NULL. */
export const hasEqualKey = (keys: readonly ColumnPlan[], { existing, staged }: RowPair): string =>
  keys.map((key) => `${existing(key)} = ${staged(key)}`).join(' and ')

/** SQL: the same, where parts may be NULL. */
export const hasSameKey = (keys: readonly ColumnPlan[], { existing, staged }: RowPair): string =>
  keys.map((key) => `${existing(key)} is not distinct from ${staged(key)}`).join(' and ')

/** SQL: whether a part of the staged row's key is NULL. */
export const lacksKey = (keys: readonly ColumnPlan[], { staged }: RowPair): string =>
  `(${keys.map((key) => `${staged(key)} is null`).join(' or ')})`

/** SQL: whether the staged row is older than the existing one of its key. One without a cursor is older than each that has one. */
export function isOlder(cursor: ColumnPlan, pair: RowPair): string {
  const [existing, staged] = [pair.existing(cursor), pair.staged(cursor)]
  return `${existing} > ${staged} or (${staged} is null and ${existing} is not null)`
}

/** SQL: whether rows are the same. Those that have no column in common are not. */
export const isSameRow = (dialect: MergeDialect, compared: readonly ColumnPlan[], pair: RowPair): string =>
  compared.map((step) => dialect.isSame(pair.existing(step), pair.staged(step), step.column)).join(' and ') || 'false'

/** SQL: whether the existing row is the staged one, which was read again because its cursor is not above the last value. */
export function isSameBoundaryRow(
  dialect: MergeDialect,
  { cursor, value, compared }: BoundaryRows,
  pair: RowPair,
): string {
  const [existing, staged] = [pair.existing(cursor), pair.staged(cursor)]
  const last = dialect.typed(value, cursor.column)
  const isLast = `((${existing} = ${last} and ${staged} = ${last}) or (${existing} is null and ${staged} is null))`
  return `${isLast} and ${isSameRow(dialect, compared, pair)}`
}
