import type { ColumnKind } from '../../../warehouse/index.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import { TextReader } from '../../table-source/text-reader.js'
import type { AskedColumn } from '../../table-source/wanted-rows.js'
import type { MysqlColumn } from './catalogue.js'
import { rowsFrom } from './cursor-filter.js'
import { quoteName } from './quoting.js'
import { DecimalReader, UuidReader } from './rows/text-readers.js'
import { BitReader, DateReader, FixedReader, TimestampReader } from './rows/value-readers.js'
import { rowsIn } from './window-filter.js'

/** How a column is asked for, read and shown. */
export interface MysqlReadColumn extends AskedColumn {
  /** The expression that people see in a sample. */
  readonly shown: string
}

interface Recipe {
  readonly kind: ColumnKind
  readonly reader: () => ColumnReader
  /** What is asked for instead of the column itself. */
  readonly sql?: (name: string) => string
  readonly shown?: (name: string) => string
  readonly isUnboundedNumber?: boolean
}

export function readColumn(column: MysqlColumn): MysqlReadColumn {
  const { kind, reader, sql = (name) => name, shown = sql, isUnboundedNumber = false } = recipeOf(column)
  const name = quoteName(column.name)
  const asked = { name, text: sql(name), kind, isUnboundedNumber, dataType: column.dataType }
  return {
    name: column.name,
    kind,
    reader,
    sql: sql(name),
    shown: shown(name),
    isUnboundedNumber,
    rowsFrom: (value) => rowsFrom(asked, value),
    rowsIn: (window) => rowsIn(asked, column.name, window),
  }
}

const integer = (type: string, bytes: number): Recipe => ({
  kind: 'integer',
  reader: () => new FixedReader(type, bytes),
})
const float = (type: string, bytes: number): Recipe => ({ kind: 'float', reader: () => new FixedReader(type, bytes) })
/** The servers let halves of characters into their UTF-8. */
const text: Recipe = { kind: 'text', reader: () => new TextReader('VARCHAR', { isChecked: true }) }
/** As the server writes it. */
const asText: Recipe = { ...text, sql: (name) => `cast(${name} as char)` }
const json: Recipe = { kind: 'json', reader: () => new TextReader('JSON', { isChecked: true }) }
const binary: Recipe = {
  kind: 'binary',
  reader: () => new TextReader('BLOB'),
  shown: (name) => `concat('0x', hex(${name}))`,
}
const geometry: Recipe = { ...text, sql: (name) => `st_astext(${name})` }

/** https://dev.mysql.com/doc/refman/8.4/en/data-types.html, https://mariadb.com/kb/en/data-types/ */
const recipes: Readonly<Record<string, Recipe>> = {
  tinyint: integer('TINYINT', 1),
  smallint: integer('SMALLINT', 2),
  mediumint: integer('INTEGER', 4),
  int: integer('INTEGER', 4),
  bigint: integer('BIGINT', 8),
  'tinyint unsigned': integer('UTINYINT', 1),
  'smallint unsigned': integer('USMALLINT', 2),
  'mediumint unsigned': integer('UINTEGER', 4),
  'int unsigned': integer('UINTEGER', 4),
  'bigint unsigned': integer('UBIGINT', 8),
  year: integer('SMALLINT', 2),
  float: float('FLOAT', 4),
  double: float('DOUBLE', 8),
  date: { kind: 'date', reader: () => new DateReader() },
  datetime: { kind: 'timestamp', reader: () => new TimestampReader('TIMESTAMP') },
  timestamp: { kind: 'timestamptz', reader: () => new TimestampReader('TIMESTAMP WITH TIME ZONE') },
  // From -838:59:59 to 838:59:59: no time of the day, and no interval that sorts as one writes it.
  time: asText,
  uuid: { kind: 'uuid', reader: () => new UuidReader() },
  json,
  char: text,
  varchar: text,
  tinytext: text,
  text,
  mediumtext: text,
  longtext: text,
  enum: text,
  set: text,
  inet4: text,
  inet6: text,
  binary,
  varbinary: binary,
  tinyblob: binary,
  blob: binary,
  mediumblob: binary,
  longblob: binary,
  vector: binary,
  geometry,
  point: geometry,
  linestring: geometry,
  polygon: geometry,
  multipoint: geometry,
  multilinestring: geometry,
  multipolygon: geometry,
  geomcollection: geometry,
  geometrycollection: geometry,
}

function recipeOf(column: MysqlColumn): Recipe {
  const { dataType, columnType, isJson } = column
  if (dataType === 'decimal') return decimal(column)
  if (dataType === 'bit') return bits(column)
  if (isJson) return json
  const found = recipes[columnType.includes('unsigned') ? `${dataType} unsigned` : dataType] ?? recipes[dataType]
  return found ?? asText
}

/** A single one is a truth value; more are a whole number, as in the server's arithmetic. */
const bits = ({ precision }: MysqlColumn): Recipe =>
  precision === 1
    ? { kind: 'boolean', reader: () => new BitReader('BOOLEAN', 1), shown: (name) => `${name} + 0` }
    : { kind: 'integer', reader: () => new BitReader('UBIGINT', 8), shown: (name) => `${name} + 0` }

/** The most digits that DuckDB's decimals have; the server's have up to 65. */
const mostDigits = 38

function decimal({ precision, scale, columnType }: MysqlColumn): Recipe {
  if (precision <= mostDigits) return { kind: 'decimal', reader: () => new DecimalReader(precision, scale) }
  // Zeros in front are no digits that a value needs.
  const plain = (name: string) => `cast(${name} as decimal(${precision},${scale}))`
  return { ...text, isUnboundedNumber: true, ...(columnType.includes('zerofill') ? { sql: plain } : {}) }
}
