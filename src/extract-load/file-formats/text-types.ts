import type { ColumnKind } from '../../warehouse/index.js'

/** A type that a column of text may be read as. `text` is the SQL of a value that is not NULL. */
export interface TextType {
  readonly type: string
  readonly kind: ColumnKind
  /** SQL: whether the value is of the type and comes back from it as it was. Never NULL. */
  fits(text: string): string
  /** SQL: the value in the type; only asked of what fits. */
  read(text: string): string
}

const castType = (type: string, kind: ColumnKind, fits: (text: string, cast: string) => string): TextType => {
  const read = (text: string) => `try_cast(${text} as ${type})`
  return { type, kind, read, fits: (text) => `coalesce(${fits(text, read(text))}, false)` }
}

/** The one spelling that the type itself prints: ` 7`, `007` and `1.5` are no integers, `01/02/2024` is no day. */
const isPrinted = (text: string, cast: string) => `${cast}::varchar = ${text}`

const matches = (text: string, shape: string) => `regexp_full_match(${text}, '${shape}')`

const numberShape = '[+-]?(0|[1-9][0-9]*)?([.][0-9]*)?([eE][+-]?[0-9]+)?'
const isNumber = (text: string, cast: string) =>
  `(isfinite(${cast}) and ${matches(text, numberShape)} or ${matches(text, '(?i:nan|[+-]?inf(inity)?)')})`
/** The significant digits of a number's text, to compare two ways to write it. */
const digits = (text: string) =>
  `rtrim(ltrim(regexp_replace(regexp_replace(${text}, '[eE].*$', ''), '[.+-]', '', 'g'), '0'), '0')`

/** SQL: whether a number has all digits of its text, in whatever way that writes it. Never NULL. */
export const isExactNumber = (text: string, cast: string) =>
  `coalesce(${digits(text)} = ${digits(`${cast}::varchar`)}, false)`

/**
 * A DOUBLE holds 15 digits of any number; of a longer one it must print the same digits again, in either usual way. The
 * cheap questions come first: a `case` asks the next one only of the values that are left.
 */
export const isExactDouble = (text: string, cast: string) =>
  `case when length(${text}) <= 15 or (length(${text}) = 16 and contains(${text}, '.')) then ${cast} is not null and ${isNumber(text, cast)}
     when ${cast}::varchar = ${text} then true
     when ${cast} is null or not ${isNumber(text, cast)} then false
     else length(${digits(text)}) <= 15 or ${digits(text)} in (${digits(`${cast}::varchar`)}, ${digits(`printf('%.16e', ${cast})`)}) end`

const day = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
/** Microseconds are what the types keep; finer times stay text. */
const clock = '[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?'
const isShaped = (shape: string) => (text: string, cast: string) => `${cast} is not null and ${matches(text, shape)}`

const boolean = castType('BOOLEAN', 'boolean', (text) => `lower(${text}) in ('true', 'false')`)
const numbers = [
  castType('BIGINT', 'integer', isPrinted),
  castType('HUGEINT', 'integer', isPrinted),
  castType('DOUBLE', 'float', isExactDouble),
]
const times = [
  castType('DATE', 'date', isPrinted),
  castType('TIMESTAMP', 'timestamp', isShaped(`${day}([T ]${clock})?`)),
  castType('TIMESTAMP WITH TIME ZONE', 'timestamptz', isShaped(`${day}[T ]${clock}(Z|[+-][0-9]{2}(:?[0-9]{2})?)`)),
  castType('TIME', 'time', isShaped('[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6}0*)?')),
]
const text: TextType = { type: 'VARCHAR', kind: 'text', fits: () => 'true', read: (value) => value }

/** What a text can be, the narrowest first; the last one takes everything. */
export const csvTypes: readonly TextType[] = [boolean, ...numbers, ...times, text]

const isNested = (json: string) => `${json}[1] in ('{', '[')`
const isString = (json: string) => `${json}[1] = '"'`
/** `'"a"'` → `a`. */
const unquoted = (json: string) => `json_extract_string(${json}, '$')`

const nested = (kind: ColumnKind, fits: TextType['fits']): TextType => ({
  type: 'JSON',
  kind,
  fits,
  read: (json) => `${json}::json`,
})

/** The same for the text of a JSON value, where a number in quotes is a text, and nested values are kept as they are. */
export const jsonTypes: readonly TextType[] = [
  { ...boolean, fits: (json) => `${json} in ('true', 'false')` },
  ...numbers.map((type) => ({
    ...type,
    fits: (json: string) => `(not ${isString(json)} and not ${isNested(json)} and ${type.fits(json)})`,
  })),
  ...times.map((type) => ({
    ...type,
    fits: (json: string) => `(${isString(json)} and ${type.fits(unquoted(json))})`,
    read: (json: string) => type.read(unquoted(json)),
  })),
  { ...text, fits: (json) => `not ${isNested(json)}`, read: unquoted },
  nested('list', (json) => `${json}[1] = '['`),
  nested('struct', (json) => `${json}[1] = '{'`),
  nested('json', () => 'true'),
]

/** SQL: a day or time before year 1 as DuckDB reads it, with the era in brackets behind the day. */
export const withEra = (text: string) =>
  `case when ends_with(${text}, ' BC') then regexp_replace(${text}, '^([^ T]+)[ T]?(.*) BC$', '\\1 (BC) \\2') else ${text} end`

/** SQL: whether a text ends with the zone of its time. */
export const hasZone = (text: string) =>
  `(length(${text}) > 10 and regexp_matches(${text}, '([+-][0-9]{2}(:?[0-9]{2})?|Z)( BC)?$'))`

/** SQL: whether a text tells a time more closely than by microseconds. */
export const hasFinerTime = (text: string) => `regexp_matches(${text}, '[.][0-9]{6}[0-9]*[1-9]')`

const zone = '(Z|[+-][0-9]{2}(:?[0-9]{2})?)'
/** DuckDB wants the seconds of a time that has a zone, and nothing before the zone. */
const withSeconds = (text: string) =>
  `regexp_replace(regexp_replace(${text}, ' +${zone}$', '\\1'), '^(.+[ T][0-9]{2}:[0-9]{2})${zone}$', '\\1:00\\2')`

/** SQL: a text as a timestamp, NULL where it is none. Times of minutes only, and with a space before their zone, are asked for where it is none as it stands. */
export const readTime = (text: string, type: string) =>
  `coalesce(try_cast(${text} as ${type}), try_cast(${withSeconds(text)} as ${type}))`
