import type { Cell, ColumnKind } from '../contract.js'
import type { FieldResource, RawCell } from './rest.js'

/** The types of an answer by their names there, which are those of the old dialect for some: what SQL calls them, what they hold. */
const types: Readonly<Record<string, readonly [name: string, kind: ColumnKind]>> = {
  INTEGER: ['INT64', 'integer'],
  INT64: ['INT64', 'integer'],
  FLOAT: ['FLOAT64', 'float'],
  FLOAT64: ['FLOAT64', 'float'],
  BOOLEAN: ['BOOL', 'boolean'],
  BOOL: ['BOOL', 'boolean'],
  STRING: ['STRING', 'text'],
  BYTES: ['BYTES', 'binary'],
  NUMERIC: ['NUMERIC', 'decimal'],
  BIGNUMERIC: ['BIGNUMERIC', 'decimal'],
  DATE: ['DATE', 'date'],
  TIME: ['TIME', 'time'],
  DATETIME: ['DATETIME', 'timestamp'],
  TIMESTAMP: ['TIMESTAMP', 'timestamptz'],
  INTERVAL: ['INTERVAL', 'interval'],
  JSON: ['JSON', 'json'],
  GEOGRAPHY: ['GEOGRAPHY', 'text'],
  RECORD: ['STRUCT', 'struct'],
  STRUCT: ['STRUCT', 'struct'],
}

/** The type as DDL has it: `ARRAY<STRUCT<a INT64, b NUMERIC(10, 2)>>`. */
export function typeName(field: FieldResource): string {
  const one = elementType(field)
  return field.mode === 'REPEATED' ? `ARRAY<${one}>` : one
}

function elementType({ type, fields = [], precision, scale, maxLength, rangeElementType }: FieldResource): string {
  const [name = type] = types[type] ?? []
  if (name === 'STRUCT') return `STRUCT<${fields.map((field) => `${field.name} ${typeName(field)}`).join(', ')}>`
  if (type === 'RANGE') return `RANGE<${rangeElementType?.type ?? 'DATE'}>`
  if (precision !== undefined) return `${name}(${precision}${scale === undefined ? '' : `, ${scale}`})`
  return maxLength === undefined ? name : `${name}(${maxLength})`
}

export const kindOf = ({ type, mode }: FieldResource): ColumnKind =>
  mode === 'REPEATED' ? 'list' : (types[type]?.[1] ?? 'unknown')

/** A value of an answer, exact, in the contract's form. Times stamped are microseconds since 1970: see `useInt64Timestamp`. */
export function toCell(raw: RawCell, field: FieldResource): Cell {
  if (raw === null) return null
  if (field.mode === 'REPEATED') {
    const one = { ...field, mode: 'NULLABLE' }
    return (raw as readonly { readonly v: RawCell }[]).map(({ v }) => toCell(v, one))
  }
  if (typeof raw !== 'string') {
    const values = (raw as { readonly f: readonly { readonly v: RawCell }[] }).f
    const entries = (field.fields ?? []).map((one, i) => [one.name, toCell(values[i]?.v ?? null, one)] as const)
    return Object.fromEntries(entries)
  }
  switch (kindOf(field)) {
    case 'boolean':
      return raw === 'true'
    case 'integer':
      return integer(raw)
    case 'float':
      return float(raw)
    case 'binary':
      return new Uint8Array(Buffer.from(raw, 'base64'))
    case 'timestamptz':
      return instant(raw)
    case 'timestamp':
    case 'time':
      return withoutZeros(raw)
    default:
      return raw
  }
}

function integer(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function float(text: string): number {
  if (/^[+-]?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}

const withoutZeros = (text: string) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')

/** Microseconds since 1970, or (where they have twelve digits behind the second) ISO text already. */
function instant(text: string): string {
  if (!/^-?\d+$/.test(text)) return text
  const micros = BigInt(text)
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19)
  return `${withoutZeros(`${seconds}.${String(fraction).padStart(6, '0')}`)}Z`
}

interface ParameterType {
  readonly type: string
  readonly arrayType?: ParameterType
}
interface ParameterValue {
  readonly value?: string | null
  readonly arrayValues?: readonly ParameterValue[]
}
export interface QueryParameter {
  readonly parameterType: ParameterType
  readonly parameterValue: ParameterValue
}

const isInt64 = (value: bigint) => value >= -(2n ** 63n) && value < 2n ** 63n

/** A cell as a parameter: https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter */
export function toParameter(cell: Cell): QueryParameter {
  const of = (type: string, value: string | null): QueryParameter => ({
    parameterType: { type },
    parameterValue: { value },
  })
  if (cell === null) return of('STRING', null)
  if (typeof cell === 'boolean') return of('BOOL', String(cell))
  if (typeof cell === 'bigint') return of(isInt64(cell) ? 'INT64' : 'BIGNUMERIC', String(cell))
  if (typeof cell === 'number') return of(Number.isSafeInteger(cell) ? 'INT64' : 'FLOAT64', String(cell))
  if (cell instanceof Uint8Array) return of('BYTES', Buffer.from(cell).toString('base64'))
  if (Array.isArray(cell)) {
    const items = cell.map((item: Cell) => toParameter(item))
    const arrayType = items[0]?.parameterType ?? { type: 'STRING' }
    return {
      parameterType: { type: 'ARRAY', arrayType },
      parameterValue: { arrayValues: items.map(({ parameterValue }) => parameterValue) },
    }
  }
  return typeof cell === 'string' ? of('STRING', cell) : of('JSON', JSON.stringify(cell))
}
