import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { ColumnKind } from '../../../warehouse/index.js'
import { windowSql } from '../../fields/row-window.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { fromPostgresText } from '../../table-source/postgres-text.js'
import type { ReadColumn } from '../../table-source/read-column.js'
import { TextReader } from '../../table-source/text-reader.js'
import type { AskedColumn } from '../../table-source/wanted-rows.js'
import type { CdcColumn } from '../connector.js'
import { DateReader, DecimalReader, SwappedReader, TimestampReader, UuidReader } from './copy/column-reader.js'

/** A column as the catalogue of the server has it; of a domain, the type that it is made of. */
export interface PostgresColumn {
  readonly name: string
  /** `int4`, `numeric`; of an array `_int4`. */
  readonly type: string
  /** `b` base, `c` composite, `e` enum, `r` range, `m` multirange. */
  readonly category: string
  /** Precision, length and the like, packed as the type packs them; -1 = none. */
  readonly modifier: number
  /** Its database takes any bytes as text (SQL_ASCII): they need not be UTF-8. */
  readonly hasAnyBytes?: boolean
}

type Recipe = Pick<ReadColumn, 'kind'> & {
  readonly reader: (texts: { readonly isChecked: boolean }) => ColumnReader
  /** What is asked for instead of the column itself. */
  readonly sql?: (name: string) => string
  /** What is asked for by who takes it as it is sent, where that is something else; undefined where nobody can. */
  readonly postgresSql?: ((name: string) => string) | undefined
  readonly isUnboundedNumber?: boolean
}

const swapped = (kind: ColumnKind, type: string, bytes: number): Recipe => ({
  kind,
  reader: () => new SwappedReader(type, bytes),
})
const text: Recipe = { kind: 'text', reader: (texts) => new TextReader('VARCHAR', texts) }
const asText: Recipe = { ...text, sql: (name) => `${name}::text` }
const asJson: Recipe = {
  kind: 'json',
  sql: (name) => `to_json(${name})`,
  postgresSql: (name) => `to_jsonb(${name})`,
  reader: (texts) => new TextReader('JSON', texts),
}

/** https://www.postgresql.org/docs/current/datatype.html */
const recipes: Readonly<Record<string, Recipe>> = {
  bool: swapped('boolean', 'BOOLEAN', 1),
  int2: swapped('integer', 'SMALLINT', 2),
  int4: swapped('integer', 'INTEGER', 4),
  int8: swapped('integer', 'BIGINT', 8),
  oid: { ...swapped('integer', 'UINTEGER', 4), postgresSql: (name) => `${name}::int8` },
  float4: swapped('float', 'FLOAT', 4),
  float8: swapped('float', 'DOUBLE', 8),
  // Cents of the server's locale; as a number it has them behind the point.
  money: { kind: 'decimal', sql: (name) => `${name}::numeric(21,2)`, reader: () => new DecimalReader(21, 2) },
  date: { kind: 'date', reader: () => new DateReader() },
  time: swapped('time', 'TIME', 8),
  timestamp: { kind: 'timestamp', reader: () => new TimestampReader('TIMESTAMP') },
  timestamptz: { kind: 'timestamptz', reader: () => new TimestampReader('TIMESTAMP WITH TIME ZONE') },
  uuid: { kind: 'uuid', reader: () => new UuidReader() },
  bytea: { kind: 'binary', reader: () => new TextReader('BLOB') },
  // As jsonb it is taken only without characters that jsonb does not have.
  json: { kind: 'json', postgresSql: undefined, reader: (texts) => new TextReader('JSON', texts) },
  jsonb: { kind: 'json', reader: (texts) => new TextReader('JSON', { ...texts, skipped: 1 }) },
  // Cast to text it would get the length of a network that it is not.
  inet: { ...text, sql: (name) => `inet_out(${name})::text` },
  text,
  varchar: text,
  bpchar: text,
  name: text,
}

export function readColumn(column: PostgresColumn): AskedColumn {
  const recipe = recipeOf(column)
  const { kind, sql: selected = (name) => name, isUnboundedNumber = false } = recipe
  const reader = () => recipe.reader({ isChecked: column.hasAnyBytes === true })
  const asSent = 'postgresSql' in recipe ? recipe.postgresSql : selected
  const postgresSql = column.hasAnyBytes ? undefined : asSent
  const name = quoteIdentifier(column.name)
  const sql = selected(name)
  return {
    name: column.name,
    kind,
    reader,
    sql,
    postgresSql: postgresSql?.(name),
    isUnboundedNumber,
    // Rows that have the last value again may be new, and rows without a value never are above one. Texts compare by their bytes, as in
    // the warehouse that says which is the highest: the order of a language is another one.
    rowsFrom(value) {
      const order = kind === 'text' && !isUnboundedNumber ? ' collate "C"' : ''
      return `${name}${order} >= ${quoteLiteral(value)} or ${name} is null`
    },
    rowsIn: (window) => windowSql(window, { name: column.name, kind }, window.type === 'time' ? name : sql),
  }
}

/** A column as the log has it: every value as the text that its type prints. */
export interface TextColumn extends CdcColumn {
  /** The type, where only the server knows what its text is as JSON. */
  readonly jsonOf?: string | undefined
  readonly hasAnyBytes: boolean
}

/** @param declared the type as SQL has it */
export function textColumn(column: PostgresColumn, declared: string): TextColumn {
  const recipe = recipeOf(column)
  const { kind, isUnboundedNumber } = recipe
  const hasAnyBytes = column.hasAnyBytes === true
  const { type } = recipe.reader({ isChecked: hasAnyBytes })
  // JSON is what the server takes for it, as in a snapshot: DuckDB would refuse some of it in a cast.
  const fromText = column.type === 'money' ? fromMoney : kind === 'json' ? undefined : fromPostgresText(kind, type)
  return {
    name: column.name,
    kind,
    type,
    isUnboundedNumber,
    fromText,
    hasAnyBytes,
    ...(recipe === asJson ? { jsonOf: declared } : {}),
  }
}

/** `-$1,234.50`, as the locale C has it. */
const fromMoney = (text: string) => `try_cast(regexp_replace(${text}, '[$,]', '', 'g') as DECIMAL(21,2))`

function recipeOf({ type, category, modifier }: PostgresColumn): Recipe {
  if (type === 'numeric') return numeric(modifier)
  const known = recipes[type]
  if (known) return known
  // Arrays and composite types; everything else (enums, ranges, networks, geometry, …) has a text form of its own.
  return type.startsWith('_') || category === 'c' ? asJson : asText
}

/** The most digits that DuckDB's decimals have. */
const mostDigits = 38

function numeric(modifier: number): Recipe {
  const packed = modifier - 4
  const declared = (packed >> 16) & 0xffff
  // Eleven bits with a sign: a scale may be negative since PostgreSQL 15.
  const scale = ((packed & 0x7ff) ^ 1024) - 1024
  const precision = scale < 0 ? declared - scale : Math.max(declared, scale)
  if (modifier < 0 || precision > mostDigits) return { ...asText, postgresSql: undefined, isUnboundedNumber: true }
  return { kind: 'decimal', reader: () => new DecimalReader(precision, Math.max(scale, 0)) }
}
