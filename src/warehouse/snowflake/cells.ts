import type { Column } from 'snowflake-sdk'
import type { Cell, ColumnKind, ResultColumn } from '../contract.js'

const kinds: Readonly<Record<string, ColumnKind>> = {
  real: 'float',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp_ntz: 'timestamp',
  timestamp_ltz: 'timestamptz',
  timestamp_tz: 'timestamptz',
  binary: 'binary',
  variant: 'json',
  object: 'json',
  array: 'json',
  map: 'json',
  vector: 'json',
  geography: 'json',
  geometry: 'json',
  decfloat: 'decimal',
}

const names: Readonly<Record<string, string>> = { real: 'FLOAT', text: 'VARCHAR' }
const scaled = new Set(['time', 'timestamp_ntz', 'timestamp_ltz', 'timestamp_tz'])

/** A column of a result, by what the server says of its type. */
export function resultColumn(column: Column): ResultColumn {
  const type = column.getType().toLowerCase()
  const scale = column.getScale() ?? 0
  if (type === 'fixed')
    return {
      name: column.getName(),
      type: `NUMBER(${column.getPrecision() ?? 38},${scale})`,
      kind: scale > 0 ? 'decimal' : 'integer',
    }
  const name = names[type] ?? type.toUpperCase()
  return {
    name: column.getName(),
    type: scaled.has(type) ? `${name}(${column.getScale() ?? 9})` : name,
    kind: kinds[type] ?? 'unknown',
  }
}

/** What a column of a table holds, by its type as DESCRIBE prints it. */
export function kindOfType(type: string): ColumnKind {
  const [, base = '', bracketed] = /^([a-z_ ]+?)\s*(?:\((.*)\))?$/i.exec(type.trim()) ?? []
  const name = base.toLowerCase()
  if (/^(number|decimal|numeric|fixed)$/.test(name)) {
    return Number(bracketed?.split(',')[1] ?? 0) > 0 ? 'decimal' : 'integer'
  }
  if (/^(int|integer|bigint|smallint|tinyint|byteint)$/.test(name)) return 'integer'
  if (/^(float\d?|double|double precision|real)$/.test(name)) return 'float'
  if (/^(varchar|char|character|string|text|nvarchar)/.test(name)) return 'text'
  if (/^(varbinary)$/.test(name)) return 'binary'
  if (/^(datetime|timestamp)$/.test(name)) return 'timestamp'
  return kinds[name] ?? 'unknown'
}

/** Times with the methods that Snowflake's driver gives them: all digits, whatever format the session has. */
interface DriverTime {
  getEpochSeconds(): number
  getNanoSeconds(): number
}

/** A value as the driver gives it (numbers and semi-structured values as text) in the contract's form. */
export function toCell(value: unknown, { kind }: ResultColumn): Cell {
  if (value === null || value === undefined) return null
  switch (kind) {
    case 'integer':
      return wholeNumber(String(value))
    case 'float':
      return floatNumber(String(value))
    case 'boolean':
      return value === true
    case 'date':
      return isoTime(value as DriverTime).split('T')[0] as string
    case 'timestamp':
      return isoTime(value as DriverTime)
    case 'timestamptz':
      return `${isoTime(value as DriverTime)}Z`
    case 'binary':
      return new Uint8Array(value as Buffer)
    default:
      return String(value)
  }
}

function wholeNumber(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const specialFloats: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN }
const floatNumber = (text: string) => specialFloats[text.toLowerCase()] ?? Number(text)

function isoTime(value: DriverTime): string {
  const seconds = value.getEpochSeconds()
  const iso = new Date(seconds * 1000)
    .toISOString()
    .replace(/\.000Z$/, '')
    .replace(/^\+(?:00)?/, '')
  return `${iso}${fraction(value.getNanoSeconds())}`
}

/** The digits of a second behind the point, without zeros at their end. */
export const fraction = (nanoseconds: number): string =>
  nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`
