import { hasFinerTime, hasZone, isExactDouble, isExactNumber, readTime } from '../../file-formats/text-types.js'
import type { TypedColumn } from './column-types.js'

/** What these kinds hold is nothing of any other, although DuckDB casts some of it: `true` to 1, an UUID to bytes. */
const others = new Set<TypedColumn['kind']>(['boolean', 'binary', 'uuid', 'interval'])
const numbers = new Set<TypedColumn['kind']>(['integer', 'decimal', 'float'])
const isReadable = ({ kind }: TypedColumn) => kind === 'text' || kind === 'json'

/**
 * SQL for DuckDB: a value as one of another type; NULL where the type has no such value, or only one that does not come back as it was (`5` as a
 * BOOLEAN, a time as a day).
 */
export function exactCast(value: string, from: TypedColumn, to: TypedColumn): string {
  if (from.type === to.type) return value
  if (from.kind === 'text') return readText(value, to)
  // `5` and 5.0 are one number, not one text.
  if (from.kind === 'json' && numbers.has(to.kind)) return readText(`cast(${value} as VARCHAR)`, to)
  const cast = `try_cast(${value} as ${to.type})`
  if (to.kind === 'text') return cast
  const isForeign = from.kind !== to.kind && (others.has(from.kind) || others.has(to.kind))
  if (isForeign && !isReadable(from) && !isReadable(to)) return `cast(null as ${to.type})`
  if (to.type === 'DOUBLE' && from.kind === 'decimal') return caseOf(isExactAsDouble(value, from), cast)
  return caseOf(`try_cast(${cast} as ${from.type}) = ${value}`, cast)
}

/** SQL for DuckDB: whether an exact number is one that a DOUBLE prints with the same digits; true of NULL. */
export function isExactAsDouble(value: string, { kind, type }: TypedColumn): string {
  const double = `try_cast(${value} as DOUBLE)`
  const isExact =
    kind === 'decimal'
      ? isExactDouble(`cast(${value} as VARCHAR)`, double)
      : `coalesce(try_cast(${double} as ${type}) = ${value}, false)`
  return `(${value} is null or ${isExact})`
}

const caseOf = (condition: string, value: string) => `case when ${condition} then ${value} end`

/** A text may say the same in other letters (`007`, `1e2`); nothing of it may be rounded or left out. */
function readText(text: string, to: TypedColumn): string {
  const cast = `try_cast(${text} as ${to.type})`
  switch (to.kind) {
    case 'boolean':
      return caseOf(`lower(${text}) in ('true', 'false')`, cast)
    case 'integer':
    case 'decimal':
      return caseOf(isExactNumber(text, cast), cast)
    case 'float':
      return caseOf(to.type === 'DOUBLE' ? isExactDouble(text, cast) : isExactNumber(text, cast), cast)
    case 'date':
      return caseOf(`try_cast(${text} as TIMESTAMP) = ${cast} and not ${hasZone(text)}`, cast)
    case 'time':
      return caseOf(`regexp_full_match(${text}, '[0-9:.]+') and not ${hasFinerTime(text)}`, cast)
    case 'timestamp':
      return caseOf(`not ${hasZone(text)} and not ${hasFinerTime(text)}`, readTime(text, to.type))
    case 'timestamptz':
      return caseOf(`not ${hasFinerTime(text)}`, readTime(text, to.type))
    case 'binary':
      return caseOf(`cast(${cast} as VARCHAR) = ${text}`, cast)
    default:
      return cast
  }
}
