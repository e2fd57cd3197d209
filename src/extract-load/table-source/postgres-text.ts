import type { ColumnKind } from '../../warehouse/index.js'
import { withEra } from '../file-formats/text-types.js'

/** The value of a text as PostgreSQL prints it (datestyle ISO, time zone UTC): SQL of DuckDB's; undefined where the text is the value. */
export function fromPostgresText(kind: ColumnKind, type: string): ((text: string) => string) | undefined {
  switch (kind) {
    case 'text':
      return undefined
    case 'boolean':
      return (text) => `${text} in ('t', 'true')`
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return (text) => `try_cast(${withEra(text)} as ${type})`
    case 'binary':
      return (text) => `unhex(substr(${text}, 3))`
    case 'json':
      return (text) => `${text}::json`
    default:
      return (text) => `try_cast(${text} as ${type})`
  }
}
