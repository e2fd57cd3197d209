import type { Cell, NamedType } from '../../contract.js'
import { WireWriter } from './wire.js'

/** google.protobuf.FieldDescriptorProto, as far as rows need it. */
interface FieldDescriptor {
  readonly name: string
  readonly number: number
  readonly label: 'LABEL_OPTIONAL'
  readonly type: FieldType
  readonly options?: { readonly '.google.cloud.bigquery.storage.v1.columnName': string }
}
type FieldType = 'TYPE_BOOL' | 'TYPE_INT32' | 'TYPE_INT64' | 'TYPE_DOUBLE' | 'TYPE_STRING' | 'TYPE_BYTES'

/** What one row is as a message of protobuf. */
export interface RowType {
  /** google.protobuf.DescriptorProto */
  readonly descriptor: { readonly name: string; readonly field: readonly FieldDescriptor[] }
  /** Values in the order of the columns; NULL is what is left out. */
  encode(row: readonly Cell[]): Buffer
}

const varint = 0
const fixed64 = 1
const delimited = 2

/** What BigQuery takes for its types: https://cloud.google.com/bigquery/docs/supported-data-types */
const forms: Readonly<Record<string, readonly [type: FieldType, wire: number]>> = {
  bool: ['TYPE_BOOL', varint],
  int64: ['TYPE_INT64', varint],
  float64: ['TYPE_DOUBLE', fixed64],
  date: ['TYPE_INT32', varint],
  timestamp: ['TYPE_INT64', varint],
  bytes: ['TYPE_BYTES', delimited],
}
/** Texts, and what is written as one: decimals to the last digit, times without a zone, JSON. */
const asText = ['TYPE_STRING', delimited] as const

/** A name that protobuf takes. */
const plainName = /^[A-Za-z_]\w*$/

/** What names have in common that BigQuery, or protobuf in its names for JSON, takes for the same. */
const alike = (name: string) => name.replaceAll('_', '').toLowerCase()

function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(alike(name)) ? freeName(`${name}x`, taken) : name
}

/** @param columns with types in BigQuery's words: `numeric(10, 2)` */
export function rowTypeOf(columns: readonly NamedType[]): RowType {
  const kinds = columns.map(({ type }) => /^\w+/.exec(type)?.[0].toLowerCase() ?? '')
  const taken = new Set(columns.map(({ name }) => alike(name)))
  const fields = columns.map(({ name }, i): FieldDescriptor => {
    const [type] = forms[kinds[i] as string] ?? asText
    const number = i + 1
    const one = { number, label: 'LABEL_OPTIONAL', type } as const
    if (plainName.test(name)) return { name, ...one }
    return {
      name: freeName(`column_${number}`, taken),
      ...one,
      options: { '.google.cloud.bigquery.storage.v1.columnName': name },
    }
  })
  const tags = kinds.map((kind, i) => (i + 1) * 8 + (forms[kind] ?? asText)[1])
  const isJson = kinds.map((kind) => kind === 'json')
  const writer = new WireWriter()
  return {
    descriptor: { name: 'Row', field: fields },
    encode(row) {
      for (const [i, tag] of tags.entries()) {
        const value = row[i] ?? null
        if (value === null) continue
        writer.varint(tag)
        switch (tag % 8) {
          case varint:
            writer.varint(typeof value === 'boolean' ? Number(value) : (value as number | bigint))
            break
          case fixed64:
            writer.double(Number(value))
            break
          default:
            if (value instanceof Uint8Array) writer.bytes(value)
            else writer.text(isJson[i] ? withNearestNumbers(String(value)) : String(value))
        }
      }
      return writer.take()
    },
  }
}

/** Numbers that are so long, or have an exponent, that a float might not hold them as they are. */
const mightBeLong = /\d[\d.]{15}|\d[eE][+-]?\d/
const longDigits = 16
/** As many characters as whole numbers of 64 bits can have. */
const most64Characters = 20
const least64 = -(2n ** 63n)
const most64 = 2n ** 64n - 1n

/**
 * JSON whose numbers BigQuery can keep: those beyond a float's become their nearest one, as `parse_json(…, wide_number_mode => 'round')` makes them of
 * what a load job brings. Whole numbers of 64 bits, with or without a sign, are exact.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#parse_json
 */
export function withNearestNumbers(json: string): string {
  if (!mightBeLong.test(json)) return json
  // Steps and no expression over all of it: one that goes through megabytes of a string overflows the stack.
  let rewritten = ''
  let kept = 0
  const starts = /["\d-]/g
  for (let found = starts.exec(json); found; found = starts.exec(json)) {
    const from = found.index
    if (found[0] === '"') {
      starts.lastIndex = endOfString(json, from)
      continue
    }
    const end = endOfNumber(json, from)
    starts.lastIndex = end
    rewritten += json.slice(kept, from) + nearestNumber(json.slice(from, end))
    kept = end
  }
  return rewritten + json.slice(kept)
}

/** Behind the quote that ends the string. */
function endOfString(json: string, from: number): number {
  let at = from + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfNumber(json: string, from: number): number {
  let at = from + 1
  while (at < json.length && '0123456789.eE+-'.includes(json[at] as string)) at++
  return at
}

function nearestNumber(token: string): string {
  if (token.length < longDigits && !/e/i.test(token)) return token
  if (token.length <= most64Characters && /^-?\d+$/.test(token) && isOf64Bits(BigInt(token))) return token
  const nearest = Number(token)
  // One that is beyond them all BigQuery refuses by itself, and says so.
  if (!Number.isFinite(nearest)) return token
  const digits = String(nearest)
  return /[.e]/.test(digits) ? digits : `${digits}.0`
}

const isOf64Bits = (whole: bigint) => whole >= least64 && whole <= most64
