import { quoteLiteral } from '../../../sql/index.js'
import type { TableColumn } from '../../sync/table-shape.js'
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

/** What is written as text, in the form that most programs read: times as ISO 8601 has them, bytes in base 64. */
function textValue(sql: string, { kind }: TableColumn): string {
  switch (kind) {
    // What else DuckDB writes, years before Christ and the infinities, has no such form.
    case 'timestamp':
      return matched(sql, '^(\\S+) ([0-9:.]+)$', '\\1T\\2')
    case 'timestamptz':
      return matched(sql, '^(\\S+) ([0-9:.]+)\\+00$', '\\1T\\2Z')
    case 'binary':
      return `base64(${sql})`
    default:
      return sql
  }
}

const matched = (sql: string, pattern: string, by: string) =>
  `regexp_replace((${sql})::varchar, ${quoteLiteral(pattern)}, ${quoteLiteral(by)})`

const texts = ['text', 'date', 'time', 'timestamp', 'timestamptz', 'interval', 'uuid', 'binary']

/** JSON with all digits; the text of the line itself. */
function jsonValue(sql: string, text: string, { kind }: TableColumn): string {
  // Between its tokens a JSON text may have line ends; within its strings it has none.
  if (kind === 'json') return `translate((${sql})::varchar, chr(10) || chr(13), '  ')`
  if (texts.includes(kind)) return `to_json((${text})::varchar)::varchar`
  // JSON has no word for what is no finite number.
  if (kind === 'float')
    return `case when isfinite(${sql}) then to_json(${sql})::varchar else to_json((${sql})::varchar)::varchar end`
  return `to_json(${sql})::varchar`
}
