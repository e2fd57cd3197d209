import { bigQueryLiteral, type ColumnKind, quoteBigQueryName } from '../../../warehouse/index.js'
import { requireValues, windowBounds } from '../../fields/row-window.js'
import type { ColumnReader } from '../../table-source/column-reader.js'
import type { AskedColumn } from '../../table-source/wanted-rows.js'
import type { BigQueryField } from './catalogue.js'
import {
  BooleanCells,
  type CellReader,
  DateCells,
  DecimalCells,
  FloatCells,
  IntegerCells,
  TextCells,
  TimeCells,
  TimestampCells,
} from './readers.js'

/** How a column is asked for, read and shown. */
export interface BigQueryReadColumn extends AskedColumn {
  reader(): ColumnReader & CellReader
}

interface Recipe {
  readonly kind: ColumnKind
  readonly reader: () => ColumnReader & CellReader
  /** What is asked for instead of the column itself. */
  readonly sql?: (name: string) => string
  readonly isUnboundedNumber?: boolean
  /** The type that a text of a cursor is cast to. */
  readonly castType?: string
}

const text: Recipe = { kind: 'text', reader: () => new TextCells('VARCHAR') }
const json: Recipe = { kind: 'json', reader: () => new TextCells('JSON'), sql: (name) => `to_json_string(${name})` }
const integer: Recipe = { kind: 'integer', reader: () => new IntegerCells() }
const float: Recipe = { kind: 'float', reader: () => new FloatCells() }
const boolean: Recipe = { kind: 'boolean', reader: () => new BooleanCells() }

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types, and the names that the API has for some of them. */
const recipes: Readonly<Record<string, Recipe>> = {
  INTEGER: integer,
  INT64: integer,
  FLOAT: float,
  FLOAT64: float,
  BOOLEAN: boolean,
  BOOL: boolean,
  STRING: text,
  BYTES: { kind: 'binary', reader: () => new TextCells('BLOB') },
  DATE: { kind: 'date', reader: () => new DateCells(), castType: 'date' },
  TIME: { kind: 'time', reader: () => new TimeCells(), castType: 'time' },
  DATETIME: { kind: 'timestamp', reader: () => new TimestampCells('TIMESTAMP'), castType: 'datetime' },
  TIMESTAMP: {
    kind: 'timestamptz',
    reader: () => new TimestampCells('TIMESTAMP WITH TIME ZONE'),
    castType: 'timestamp',
  },
  // Up to 76 digits: what holds them all is known when all are there.
  BIGNUMERIC: { ...text, isUnboundedNumber: true, castType: 'bignumeric' },
  JSON: json,
  RECORD: json,
  STRUCT: json,
  GEOGRAPHY: { ...text, sql: (name) => `st_astext(${name})` },
  INTERVAL: { ...text, sql: (name) => `cast(${name} as string)` },
}

function recipeOf({ type, mode, precision, scale }: BigQueryField): Recipe {
  if (mode === 'REPEATED') return json
  if (type === 'NUMERIC') {
    const [digits, fraction] = precision === undefined ? [38, 9] : [Number(precision), Number(scale ?? 0)]
    return { kind: 'decimal', reader: () => new DecimalCells(digits, fraction), castType: 'numeric' }
  }
  return recipes[type] ?? { ...text, sql: (name) => `cast(${name} as string)` }
}

export function readColumn(field: BigQueryField): BigQueryReadColumn {
  const { kind, reader, sql = (name) => name, isUnboundedNumber = false, castType } = recipeOf(field)
  const name = quoteBigQueryName(field.name)
  const literal = (value: string) =>
    castType === undefined ? bigQueryLiteral(value) : `cast(${bigQueryLiteral(value)} as ${castType})`
  return {
    name: field.name,
    kind,
    reader,
    sql: sql(name),
    isUnboundedNumber,
    // Rows that have the last value again may be new, and those without a value never are above one.
    rowsFrom(value) {
      if (kind === 'integer' || kind === 'float') {
        if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value)) return undefined
        return `(${name} >= ${value} or ${name} is null)`
      }
      return `(${name} >= ${literal(value)} or ${name} is null)`
    },
    rowsIn(window) {
      if (window.type === 'time') {
        const bounds = windowBounds(window, { name: field.name, kind })
        const bound = (value: string) => (bounds.kind === 'integer' ? value : literal(value))
        return `${name} >= ${bound(bounds.from)} and ${name} < ${bound(bounds.to)}`
      }
      requireValues({ name: field.name, kind })
      if (kind === 'integer') {
        const numbers = window.values.filter((value) => /^-?\d+$/.test(value))
        return numbers.length === 0 ? undefined : `${name} in (${numbers.join(', ')})`
      }
      return kind === 'text' && !isUnboundedNumber
        ? `${name} in (${window.values.map((value) => bigQueryLiteral(value)).join(', ')})`
        : undefined
    },
  }
}
