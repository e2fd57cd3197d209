import { quoteLiteral } from '../../sql/index.js'
import type { TableColumn } from '../loading/rows/table-shape.js'

/** What is written as text, in the form that most programs read: times as ISO 8601 has them, bytes in base 64. */
export function textValue(sql: string, { kind }: TableColumn): string {
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

/** JSON with all digits. @param text what is written as text of it */
export function jsonValue(sql: string, text: string, { kind }: TableColumn): string {
  // Between its tokens a JSON text may have line ends; within its strings it has none.
  if (kind === 'json') return `translate((${sql})::varchar, chr(10) || chr(13), '  ')`
  if (texts.includes(kind)) return `to_json((${text})::varchar)::varchar`
  // Large whole numbers would become DOUBLE.
  if (kind === 'integer' || kind === 'decimal') return `(${sql})::varchar`
  // JSON has no word for what is no finite number.
  if (kind === 'float')
    return `case when isfinite(${sql}) then to_json(${sql})::varchar else to_json((${sql})::varchar)::varchar end`
  return `to_json(${sql})::varchar`
}

/** SQL: an object as one text. Put together here, as DuckDB itself would round the long numbers of JSON values. */
export function jsonObject(values: readonly { readonly name: string; readonly sql: string }[]): string {
  const parts = values.map(
    ({ name, sql }, i) => `${quoteLiteral(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`)}, coalesce(${sql}, 'null')`,
  )
  return parts.length === 0 ? "'{}'" : `concat(${parts.join(', ')}, '}')`
}

/** What has DuckDB write one text a line, as it is, into a file. */
export const lineOptions = ['format csv', 'header false', "quote ''", "escape ''", "delimiter ''"]
