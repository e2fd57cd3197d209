import type { TableColumn } from '../../loading/rows/table-shape.js'
import { jsonValue, textValue } from '../json-values.js'
import type { FileFormat } from './config.js'

/** SQL: a value as a file of the format holds it; undefined in the file where it is NULL. */
export function printedValue(format: FileFormat, sql: string, column: TableColumn): string {
  if (format === 'parquet') return parquetValue(sql, column)
  const text = textValue(sql, column)
  return format === 'csv' ? text : jsonValue(sql, text, column)
}

/** DuckDB writes whole numbers beyond 64 bits as DOUBLE, which would round them. */
const parquetValue = (sql: string, { type }: TableColumn) =>
  type === 'HUGEINT' || type === 'UHUGEINT' ? `(${sql})::decimal(38,0)` : sql
