import type { ColumnInfo } from '../../../warehouse/index.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { plainTypes } from '../loaded-warehouse/index.js'

/** The type of Snowflake that holds every value of a column of DuckDB's. */
export function snowflakeType({ type, kind }: Pick<TableColumn, 'type' | 'kind'>): string {
  switch (kind) {
    case 'boolean':
    case 'date':
    case 'binary':
      return kind
    case 'integer':
      return 'number(38,0)'
    case 'decimal':
      return type.replace('DECIMAL', 'number').replaceAll(' ', '')
    case 'float':
      return 'float'
    case 'time':
      return 'time(9)'
    case 'timestamp':
      return 'timestamp_ntz(9)'
    case 'timestamptz':
      return 'timestamp_tz(9)'
    case 'json':
    case 'list':
    case 'struct':
      return 'variant'
    default:
      return 'varchar'
  }
}

/** A column of Snowflake's as DuckDB would call it; what has no counterpart is text. */
export function duckDbColumn({ name, type, kind }: ColumnInfo): TableColumn {
  const [, precision, scale] = /^NUMBER\((\d+),\s*(\d+)\)$/i.exec(type) ?? []
  // Whole numbers are of 38 digits here; fewer are those of a DECIMAL.
  if (kind === 'integer' && Number(precision ?? 38) < 38)
    return { name, type: `DECIMAL(${precision},0)`, kind: 'decimal' }
  if (kind === 'integer') return { name, type: 'HUGEINT', kind }
  if (kind === 'decimal') return { name, type: `DECIMAL(${precision ?? 38},${scale ?? 0})`, kind }
  const known = plainTypes[kind]
  return known === undefined ? { name, type: 'VARCHAR', kind: 'text' } : { name, type: known, kind }
}

/** SQL for DuckDB: a value as Snowflake reads it from a file. */
export function fileValue(sql: string, { kind }: TableColumn): string {
  switch (kind) {
    case 'binary':
      return `hex(${sql})`
    case 'timestamptz':
      // In UTC, whatever zone DuckDB's session is in: `at time zone` takes four times as long.
      return `strftime(make_timestamp(epoch_us(${sql})), '%Y-%m-%d %H:%M:%S.%f') || '+00:00'`
    default:
      return `cast(${sql} as varchar)`
  }
}
