import { decimalText } from './value-forms.js'

/** MySQL's JSON as it keeps it: https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html */
const smallObject = 0x00
const largeObject = 0x01
const smallArray = 0x02
const largeArray = 0x03
const literal = 0x04
const int16 = 0x05
const uint16 = 0x06
const int32 = 0x07
const uint32 = 0x08
const int64 = 0x09
const uint64 = 0x0a
const double = 0x0b
const string = 0x0c
const opaque = 0x0f

const literals: Readonly<Record<number, string>> = { 0: 'null', 1: 'true', 2: 'false' }

/** The text of a value as the server prints it: a space behind commas and colons, keys in their order there. */
export function jsonText(bytes: Buffer, at: number, length: number): string {
  // A column without a value in a table that was not strict has no bytes.
  return length === 0 ? 'null' : valueText(bytes, bytes[at] as number, at + 1)
}

function valueText(bytes: Buffer, type: number, at: number): string {
  switch (type) {
    case smallObject:
    case largeObject:
      return objectText(bytes, at, type === largeObject)
    case smallArray:
    case largeArray:
      return arrayText(bytes, at, type === largeArray)
    case literal:
      return literals[bytes[at] as number] ?? 'null'
    case int16:
      return String(bytes.readInt16LE(at))
    case uint16:
      return String(bytes.readUInt16LE(at))
    case int32:
      return String(bytes.readInt32LE(at))
    case uint32:
      return String(bytes.readUInt32LE(at))
    case int64:
      return String(bytes.readBigInt64LE(at))
    case uint64:
      return String(bytes.readBigUInt64LE(at))
    case double:
      return doubleText(bytes.readDoubleLE(at))
    case string: {
      const { value: length, end } = readVariable(bytes, at)
      return JSON.stringify(bytes.toString('utf8', end, end + length))
    }
    case opaque: {
      const { value: length, end } = readVariable(bytes, at + 1)
      return opaqueText(bytes, bytes[at] as number, end, length)
    }
    default:
      throw new Error(`The type ${type} of a JSON value in the binary log is not known.`)
  }
}

/** Sizes and places take two bytes in small ones, four in large ones; places count from where the object begins. */
const numberAt = (bytes: Buffer, at: number, isLarge: boolean) =>
  isLarge ? bytes.readUInt32LE(at) : bytes.readUInt16LE(at)

function objectText(bytes: Buffer, start: number, isLarge: boolean): string {
  const size = isLarge ? 4 : 2
  const count = numberAt(bytes, start, isLarge)
  const keysAt = start + 2 * size
  const valuesAt = keysAt + count * (size + 2)
  const members = Array.from({ length: count }, (_, i) => {
    const entry = keysAt + i * (size + 2)
    const keyAt = start + numberAt(bytes, entry, isLarge)
    const key = bytes.toString('utf8', keyAt, keyAt + bytes.readUInt16LE(entry + size))
    return `${JSON.stringify(key)}: ${entryText(bytes, start, valuesAt + i * (size + 1), isLarge)}`
  })
  return `{${members.join(', ')}}`
}

function arrayText(bytes: Buffer, start: number, isLarge: boolean): string {
  const size = isLarge ? 4 : 2
  const count = numberAt(bytes, start, isLarge)
  const entries = Array.from({ length: count }, (_, i) =>
    entryText(bytes, start, start + 2 * size + i * (size + 1), isLarge),
  )
  return `[${entries.join(', ')}]`
}

/** A value whose entry says its type and place; small ones are there themselves. */
function entryText(bytes: Buffer, start: number, entry: number, isLarge: boolean): string {
  const type = bytes[entry] as number
  const isHere =
    type === literal || type === int16 || type === uint16 || (isLarge && (type === int32 || type === uint32))
  return valueText(bytes, type, isHere ? entry + 1 : start + numberAt(bytes, entry + 1, isLarge))
}

/** Seven bits a byte, the lowest first; the highest bit says that one more follows. */
function readVariable(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let i = 0; ; i++) {
    const byte = bytes[start + i] as number
    value += (byte & 0x7f) * 128 ** i
    if (byte < 0x80) return { value, end: start + i + 1 }
  }
}

/** The shortest digits that are the number; beyond fifteen before or behind the point as a power of ten. */
function doubleText(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return `${Object.is(number, -0) ? '-0' : number}.0`
  const [digits = '', exponent = ''] = number.toExponential().split('e')
  const power = Number(exponent)
  if (power >= 15 || power < -14) return `${digits}e${power}`
  return number.toFixed(Math.max(digits.replace(/\D/g, '').length - 1 - power, 0))
}

const decimalType = 246
const dateType = 10
const timeType = 11
const datetimeTypes = new Set([7, 12])

/** What JSON has no type for: numbers with all digits, and texts of what else there is. */
function opaqueText(bytes: Buffer, type: number, at: number, length: number): string {
  if (type === decimalType) return decimalText(bytes[at] as number, bytes[at + 1] as number).textOf(bytes, at + 2)
  if (type === dateType || type === timeType || datetimeTypes.has(type))
    return JSON.stringify(momentText(type, bytes.readBigInt64LE(at)))
  return JSON.stringify(`base64:type${type}:${bytes.toString('base64', at, at + length)}`)
}

/** Bits of the microseconds, then of second, minute, hour, then of day and 13 months a year. */
function momentText(type: number, packed: bigint): string {
  const size = packed < 0n ? -packed : packed
  const micros = String(size & 0xff_ffffn).padStart(6, '0')
  const clock = Number((size >> 24n) & (type === timeType ? 0x3f_ffffn : 0x1_ffffn))
  const two = (number: number) => String(number).padStart(2, '0')
  const time = `${two(clock >> 12)}:${two((clock >> 6) & 0x3f)}:${two(clock & 0x3f)}.${micros}`
  if (type === timeType) return `${packed < 0n ? '-' : ''}${time}`
  const days = Number(size >> 41n)
  const months = days >> 5
  const day = `${String(Math.floor(months / 13)).padStart(4, '0')}-${two(months % 13)}-${two(days & 0x1f)}`
  return type === dateType ? day : `${day} ${time}`
}
