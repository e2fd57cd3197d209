import type { TableColumn } from '../../loading/rows/table-shape.js'

/** SQL for DuckDB: times before the year 1 and behind the year 9999, or without an end; whole numbers of more than 38 digits. */
export function hasNoPlace(sql: string, { kind, type }: TableColumn): string | undefined {
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestamptz')
    return `(not isfinite(${sql}) or year(${sql}) < 1 or year(${sql}) > 9999)`
  if (type === 'HUGEINT' || type === 'UHUGEINT')
    return `(${sql} > 99999999999999999999999999999999999999 or ${sql} < -99999999999999999999999999999999999999)`
  return undefined
}
