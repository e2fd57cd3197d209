import { float, isFloat, isInt, PyFloat, str, toNumber, truthy } from '../../../../jinja/index.js'
import { isPlainMapping } from '../../dpath/index.js'

export type Convert = (value: unknown) => unknown

/** What a value becomes under one schema; undefined where it stays as it is: more than one type, or one that nothing is changed to. */
export function convertedTo(schema: Record<string, unknown>): Convert | undefined {
  const { type } = schema
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null')
  const convert = types.length === 1 ? conversion(types[0], schema) : undefined
  if (!convert) return undefined
  const isNullable = Array.isArray(type) ? type.includes('null') : type === 'null'
  return isNullable ? (value) => (value === null ? null : convert(value)) : convert
}

function conversion(type: unknown, schema: Record<string, unknown>): Convert | undefined {
  switch (type) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : str(value))
    case 'number':
      return toFloat
    case 'integer':
      return toInteger
    case 'boolean':
      return toBoolean
    case 'array':
      return takesScalars(schema) ? (value) => (isScalar(value) ? [value] : value) : undefined
    default:
      return undefined
  }
}

const decimal = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/
const special: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN }

/** Python's `float()`; what it refuses stays. */
function toFloat(value: unknown): unknown {
  if (isInt(value)) return float(toNumber(value))
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (decimal.test(text)) return float(Number(text.replaceAll('_', '')))
  const named = special[text.toLowerCase().replace(/^[+-]/, '')]
  return named === undefined ? value : text.startsWith('-') ? -named : named
}

/** Python's `int()`: texts of whole numbers, and numbers without what is behind their point. */
function toInteger(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  if (isFloat(value)) {
    const number = value instanceof PyFloat ? value.value : value
    return Number.isFinite(number) ? whole(BigInt(Math.trunc(number))) : value
  }
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (!/^[+-]?\d+(?:_\d+)*$/.test(text)) return value
  const digits = text.replaceAll('_', '')
  return whole(digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace('+', '')))
}

const whole = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value)

const words: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['y', 'yes', 't', 'true', 'on', '1'].map((word) => [word, true]),
  ...['n', 'no', 'f', 'false', 'off', '0'].map((word) => [word, false]),
])

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return truthy(value)
  const word = value.toLowerCase().trim()
  return Object.hasOwn(words, word) ? words[word] : value
}

const simple = new Set(['string', 'number', 'integer', 'boolean', 'null'])

/** A list of simple things takes one of them that comes alone; what its items are must not be written as one text, as the CDK has it. */
function takesScalars(schema: Record<string, unknown>): boolean {
  const type = isPlainMapping(schema.items) ? schema.items.type : undefined
  return type === undefined || (Array.isArray(type) && type.every((name) => simple.has(String(name))))
}

const isScalar = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || value instanceof PyFloat
