import type { ColumnInfo } from '../../../warehouse/index.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'

const integers: Readonly<Record<string, string>> = {
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric(20,0)',
}
/** Holds every HUGEINT. */
const huge = 'numeric(39,0)'

/** The type of PostgreSQL that holds every value of a column of DuckDB's; of nanoseconds it keeps the microseconds. */
export function postgresType({ type, kind }: Pick<TableColumn, 'type' | 'kind'>): string {
  switch (kind) {
    case 'boolean':
    case 'date':
    case 'interval':
    case 'uuid':
      return kind
    case 'integer':
      return integers[type] ?? huge
    case 'decimal':
      return type.replace('DECIMAL', 'numeric')
    case 'float':
      return type === 'FLOAT' ? 'real' : 'double precision'
    case 'time':
      return 'time'
    case 'timestamp':
      return 'timestamp'
    case 'timestamptz':
      return 'timestamp with time zone'
    case 'binary':
      return 'bytea'
    case 'json':
    case 'list':
    case 'struct':
      return 'jsonb'
    default:
      return 'text'
  }
}

const names: Readonly<Record<string, string>> = {
  smallint: 'SMALLINT',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  real: 'FLOAT',
  'double precision': 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  uuid: 'UUID',
  bytea: 'BLOB',
  json: 'JSON',
  jsonb: 'JSON',
  interval: 'INTERVAL',
  'time without time zone': 'TIME',
  'timestamp without time zone': 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMP WITH TIME ZONE',
}

/** A column of PostgreSQL's as DuckDB would call it; what has no counterpart is text. */
export function duckDbColumn({ name, type, kind }: ColumnInfo): TableColumn {
  if (type === huge) return { name, type: 'HUGEINT', kind: 'integer' }
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? []
  if (precision !== undefined && Number(precision) <= 38)
    return { name, type: `DECIMAL(${precision},${scale})`, kind: 'decimal' }
  const known = names[type]
  return known === undefined ? { name, type: 'VARCHAR', kind: 'text' } : { name, type: known, kind }
}
