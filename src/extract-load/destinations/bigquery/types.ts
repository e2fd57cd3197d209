import type { ColumnInfo } from '../../../warehouse/index.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { plainTypes } from '../loaded-warehouse/index.js'

/** NUMERIC has so many digits before the point, and behind it. */
const mostWhole = 29
const mostFraction = 9

/**
 * Both have 38 digits and none behind the point, and are told apart when they are read back: one holds integers beyond 64 bits, the other
 * DECIMAL(38,0).
 */
const longWhole = 'bignumeric(38)'
const longDecimal = 'bignumeric'

/** The type of BigQuery that holds every value of a column of DuckDB's. */
export function bigQueryType({ type, kind }: Pick<TableColumn, 'type' | 'kind'>): string {
  switch (kind) {
    case 'boolean':
      return 'bool'
    case 'integer':
      return isLong(type) ? longWhole : 'int64'
    case 'decimal':
      return decimalType(type)
    case 'float':
      return 'float64'
    case 'date':
    case 'time':
      return kind
    case 'timestamp':
      return 'datetime'
    case 'timestamptz':
      return 'timestamp'
    case 'binary':
      return 'bytes'
    case 'json':
    case 'list':
    case 'struct':
      return 'json'
    default:
      return 'string'
  }
}

/** Whole numbers beyond 64 bits with a sign. */
const isLong = (type: string) => /^U?(?:HUGEINT)$|^UBIGINT$/.test(type)

function decimalType(type: string): string {
  const [, precision = '38', scale = '9'] = /\((\d+),\s*(\d+)\)/.exec(type) ?? []
  if (precision === '38' && scale === '0') return longDecimal
  const fits = Number(precision) - Number(scale) <= mostWhole && Number(scale) <= mostFraction
  return `${fits ? 'numeric' : 'bignumeric'}(${precision}, ${scale})`
}

const names: Readonly<Record<string, string>> = {
  ...plainTypes,
  integer: 'BIGINT',
  list: 'JSON',
  struct: 'JSON',
}

/** A column of BigQuery's as DuckDB would call it; what has no counterpart is text. */
export function duckDbColumn({ name, type, kind }: ColumnInfo): TableColumn {
  if (kind === 'decimal') {
    // The API leaves a scale of nothing out.
    const known = type.toLowerCase().replace(/,\s*0\)$/, ')')
    if (known === longWhole) return { name, type: 'HUGEINT', kind: 'integer' }
    if (known === longDecimal) return { name, type: 'DECIMAL(38,0)', kind }
    const [, precision, scale] = /^\w+(?:\((\d+)(?:,\s*(\d+))?\))?$/.exec(type) ?? []
    return { name, type: `DECIMAL(${precision ?? 38},${scale ?? (precision === undefined ? 9 : 0)})`, kind }
  }
  const known = names[kind]
  if (known === undefined) return { name, type: 'VARCHAR', kind: 'text' }
  return { name, type: known, kind: known === 'JSON' ? 'json' : kind }
}

/** SQL for DuckDB: a value as it stands in a Parquet file that BigQuery reads. */
export function fileValue(sql: string, { kind, type }: TableColumn): string {
  switch (kind) {
    case 'integer':
      // Parquet has no whole numbers of more than 64 bits.
      return isLong(type) ? `cast(${sql} as decimal(38, 0))` : `cast(${sql} as bigint)`
    case 'float':
      return `cast(${sql} as double)`
    case 'timestamp':
      return `cast(${sql} as timestamp)`
    case 'boolean':
    case 'decimal':
    case 'date':
    case 'time':
    case 'timestamptz':
    case 'binary':
      return sql
    default:
      return `cast(${sql} as varchar)`
  }
}
