import { quoteIdentifier, quoteLiteral } from '../../sql/index.js'
import type { FieldPath } from '../contract.js'
import type { ColumnPart } from './column-parts.js'

/** RFC 6901. */
export const jsonPointer = (path: FieldPath): string =>
  path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** SQL: the text of what is at the end of a path, as it stands in the JSON; NULL for none, and for JSON's null. */
export const jsonText = (json: string, path: FieldPath): string =>
  `nullif(json_extract(${json}, ${quoteLiteral(jsonPointer(path))})::varchar, 'null')`

/** A relation of JSON columns that has what lies in them as columns as well. */
export function withJsonParts(relation: string, parts: readonly ColumnPart[]): string {
  if (parts.length === 0) return relation
  const values = parts.map(
    ({ name, column, inside }) => `${jsonText(quoteIdentifier(column), inside)} as ${quoteIdentifier(name)}`,
  )
  return `(select *, ${values.join(', ')} from ${relation})`
}
