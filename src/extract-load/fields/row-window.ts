import { localTime } from '../../base/index.js'
import { quoteLiteral } from '../../sql/index.js'
import type { ColumnKind } from '../../warehouse/index.js'
import type { ChosenPartitions, RowWindow, StreamPartitions } from '../contract.js'
import { extractLoadErrors } from '../errors.js'

/** A field whose values are to say which partition a row belongs to. */
export interface WindowField {
  readonly name: string
  readonly kind: ColumnKind
}

/** Of values of one kind: from the first, up to and without the second; as texts without quotes. */
export interface WindowBounds {
  readonly kind: 'timestamptz' | 'timestamp' | 'date' | 'integer'
  readonly from: string
  readonly to: string
}

/** The rows that some partitions of a stream are. */
export function rowWindow(partitions: StreamPartitions, { part }: ChosenPartitions): RowWindow {
  const { field } = partitions
  if ('values' in part) return { type: 'values', field, values: part.values }
  const { timezone, unit } = partitions.by === 'static' ? { timezone: 'UTC', unit: undefined } : partitions
  return { type: 'time', field, ...part, timezone, unit }
}

/** What people call it. */
export function windowText(window: RowWindow): string {
  if (window.type === 'values') return window.values.join(', ')
  const { start, end, timezone } = window
  return `${shortened(localTime(start, timezone))} to ${shortened(localTime(end, timezone))}`
}

const shortened = (time: string) =>
  time
    .replace(/\.000$/, '')
    .replace(/:00$/, '')
    .replace(/ 00:00$/, '')

/**
 * What a window means for a field: instants are compared as such; times without a zone, and days, are those of the clocks where the
 * partitions are; whole numbers count since 1970 where that is said.
 * @throws PARTITION_FIELD_INVALID for a field whose values are no times, and for windows that cut days
 */
export function windowBounds(window: Extract<RowWindow, { type: 'time' }>, { name, kind }: WindowField): WindowBounds {
  const { start, end, timezone, unit } = window
  const both = (kind: WindowBounds['kind'], text: (at: Date) => string): WindowBounds => ({
    kind,
    from: text(start),
    to: text(end),
  })
  if (kind === 'timestamptz') return both(kind, (at) => `${at.toISOString().slice(0, -1).replace('T', ' ')}+00`)
  if (kind === 'timestamp') return both(kind, (at) => localTime(at, timezone))
  if (kind === 'date')
    return both(kind, (at) => {
      const [day = '', time] = localTime(at, timezone).split(' ')
      if (time === '00:00:00.000') return day
      throw invalid(name, 'holds days, which the windows of its partitions cut in two', {
        hint: `Let windows begin at midnight of ${timezone}, or name a field that has the time as well.`,
      })
    })
  if (kind === 'integer' && unit !== undefined)
    return both(kind, (at) => String(unit === 'seconds' ? at.getTime() / 1000 : at.getTime()))
  if (kind === 'integer')
    throw invalid(name, 'holds whole numbers', {
      hint: 'Say what they count since 1970, with `unit: seconds` or `unit: milliseconds` in `partitions`; or name a field that holds times or days.',
    })
  throw invalid(name, `holds no times (${kind})`, {
    hint: 'Name a field that holds times or days. A view of the database can make some of texts.',
  })
}

/** How an engine says what a window means. */
export interface WindowWords<Field extends WindowField> {
  readonly textType: string
  /** SQL: a text. */
  literal(text: string): string
  /** SQL: a text as a value of a field. */
  typed(text: string, field: Field): string
}

/** For DuckDB and PostgreSQL. */
const plainWords: WindowWords<WindowField> = {
  textType: 'varchar',
  literal: quoteLiteral,
  typed: (text, { kind }) => `${kind} ${quoteLiteral(text)}`,
}

/**
 * SQL: whether a row belongs to a window. A row without a value belongs to none.
 * @param sql the value
 */
export function windowSql<Field extends WindowField>(
  window: RowWindow,
  field: Field,
  sql: string,
  { textType, literal, typed }: WindowWords<Field> = plainWords,
): string {
  if (window.type === 'values') {
    requireValues(field)
    const text = field.kind === 'text' ? sql : `cast(${sql} as ${textType})`
    return `${text} in (${window.values.map((value) => literal(value)).join(', ')})`
  }
  const { kind, from, to } = windowBounds(window, field)
  const bound = (text: string) => (kind === 'integer' ? text : typed(text, field))
  return `${sql} >= ${bound(from)} and ${sql} < ${bound(to)}`
}

const valueKinds: readonly ColumnKind[] = ['text', 'integer', 'boolean', 'date', 'uuid']

/** @throws PARTITION_FIELD_INVALID for values that are not always written in one way */
export function requireValues({ name, kind }: WindowField): void {
  if (!valueKinds.includes(kind))
    throw invalid(name, `holds values that can be written in several ways (${kind})`, {
      hint: 'Name a field that holds texts, whole numbers, days, truth values or UUIDs.',
    })
}

export const partitionFieldInvalid = (message: string, hint: string) =>
  extractLoadErrors.create('PARTITION_FIELD_INVALID', { message, hint })

const invalid = (name: string, why: string, { hint }: { readonly hint: string }) =>
  partitionFieldInvalid(`The field \`${name}\`, by which a stream is cut into partitions, ${why}.`, hint)
