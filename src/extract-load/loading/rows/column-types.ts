import type { ColumnKind } from '../../../warehouse/index.js'
import type { AirbyteType } from '../../protocol/declared-types.js'

export interface TypedColumn {
  readonly type: string
  readonly kind: ColumnKind
}

const text: TypedColumn = { type: 'VARCHAR', kind: 'text' }
const double: TypedColumn = { type: 'DOUBLE', kind: 'float' }

/** What a field of a declared type is in a table of DuckDB's; numbers may need another type for all of their digits. */
export const declaredTypes: Readonly<Record<AirbyteType, TypedColumn>> = {
  string: text,
  boolean: { type: 'BOOLEAN', kind: 'boolean' },
  integer: { type: 'BIGINT', kind: 'integer' },
  number: double,
  date: { type: 'DATE', kind: 'date' },
  time_without_timezone: { type: 'TIME', kind: 'time' },
  time_with_timezone: text,
  timestamp_without_timezone: { type: 'TIMESTAMP', kind: 'timestamp' },
  timestamp_with_timezone: { type: 'TIMESTAMP WITH TIME ZONE', kind: 'timestamptz' },
  json: { type: 'JSON', kind: 'json' },
}

/** The most that a decimal has. */
export const mostDigits = 38

/**
 * The type that holds every value of both columns, the table's and the incoming one; undefined when they have nothing in
 * common. Numbers grow, days become timestamps, and beside text everything becomes text.
 */
export function commonType(old: TypedColumn, incoming: TypedColumn): TypedColumn | undefined {
  if (old.type === incoming.type || old.kind === 'text' || old.kind === 'json') return old
  if (isNumber(old) && isNumber(incoming)) return commonNumber(old, incoming)
  if (isTimestamp(old) && isTimestamp(incoming)) return commonTimestamp(old, incoming)
  return incoming.kind === 'text' && old.kind !== 'binary' ? text : undefined
}

const isNumber = ({ kind }: TypedColumn) => kind === 'integer' || kind === 'decimal' || kind === 'float'
const isTimestamp = ({ kind }: TypedColumn) => kind === 'date' || kind === 'timestamp'

function commonNumber(old: TypedColumn, incoming: TypedColumn): TypedColumn {
  if (old.kind === 'float' || incoming.kind === 'float')
    return old.type === 'FLOAT' && incoming.type === 'FLOAT' ? old : double
  if (old.kind === 'integer' && incoming.kind === 'integer') return commonInteger(old, incoming)
  if (holdsWhole(old, incoming)) return old
  if (holdsWhole(incoming, old)) return incoming
  const [a, b] = [digits(old), digits(incoming)]
  if (!a || !b) return text
  const scale = Math.max(a.scale, b.scale)
  const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale
  return precision > mostDigits ? text : { type: `DECIMAL(${precision},${scale})`, kind: 'decimal' }
}

/** Signed types in order of size; an unsigned type needs the next larger one, unless both are unsigned. */
const signed = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT']
const unsigned = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT']

function commonInteger(old: TypedColumn, incoming: TypedColumn): TypedColumn {
  const [a, b] = [unsigned.indexOf(old.type), unsigned.indexOf(incoming.type)]
  if (a >= 0 && b >= 0) return a >= b ? old : incoming
  const rank = Math.max(signedRank(old.type), signedRank(incoming.type))
  const type = signed[rank]
  return type === undefined ? text : { type, kind: 'integer' }
}

function signedRank(type: string): number {
  const rank = signed.indexOf(type)
  if (rank >= 0) return rank
  return unsigned.includes(type) ? unsigned.indexOf(type) + 1 : signed.length
}

const integerDigits: Readonly<Record<string, number>> = {
  TINYINT: 3,
  UTINYINT: 3,
  SMALLINT: 5,
  USMALLINT: 5,
  INTEGER: 10,
  UINTEGER: 10,
  BIGINT: 19,
  UBIGINT: 20,
}

function digits({ type }: TypedColumn): { precision: number; scale: number } | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? []
  if (precision !== undefined) return { precision: Number(precision), scale: Number(scale) }
  const whole = integerDigits[type]
  return whole === undefined ? undefined : { precision: whole, scale: 0 }
}

/** A HUGEINT has place for every DECIMAL without digits behind the point. */
const holdsWhole = (huge: TypedColumn, other: TypedColumn) => huge.type === 'HUGEINT' && digits(other)?.scale === 0

const timestamps = ['DATE', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS']

function commonTimestamp(old: TypedColumn, incoming: TypedColumn): TypedColumn {
  return timestamps.indexOf(old.type) >= timestamps.indexOf(incoming.type) ? old : incoming
}
