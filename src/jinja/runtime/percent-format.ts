import { runtimeError, typeError } from '../errors.js'
import { asciiRepr, repr, str } from './print.js'
import {
  codePointLength,
  isInt,
  isNumber,
  isPlainObject,
  PyDict,
  PyTuple,
  repeatText,
  toNumber,
  typeName,
  Undefined,
} from './values.js'
import { wholeNumber } from './whole-number.js'

const pattern = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%]|$)?/g

/** Python's `'…' % values`. */
export function percentFormat(template: string, values: unknown): string {
  const queue = values instanceof PyTuple ? [...values] : [values]
  let used = 0
  const take = () => {
    if (used >= queue.length) throw typeError('not enough arguments for format string')
    return queue[used++]
  }
  let usesNames = false
  const text = template.replace(
    pattern,
    (
      whole,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string | undefined,
      at: number,
    ) => {
      if (type === undefined) throw runtimeError('ValueError: incomplete format')
      if (type === '%') return '%'
      if (name !== undefined) usesNames = true
      const fieldWidth = width === '*' ? toNumber(take()) : Number(width ?? 0)
      const digits = precision === '*' ? toNumber(take()) : precision === undefined ? undefined : Number(precision)
      const value = name === undefined ? take() : lookup(values, name)
      return pad(convert(value, type, digits, flags, whole, at), fieldWidth, flags, type)
    },
  )
  const isMapping = values instanceof PyDict || isPlainObject(values)
  if (!usesNames && used < queue.length && !(isMapping && used === 0))
    throw typeError('not all arguments converted during string formatting')
  return text
}

function lookup(values: unknown, name: string): unknown {
  if (values instanceof PyDict && values.has(name)) return values.get(name)
  if (isPlainObject(values) && name in values) return values[name]
  throw typeError(
    values instanceof PyDict || isPlainObject(values) ? `KeyError: '${name}'` : 'format requires a mapping',
  )
}

function convert(
  value: unknown,
  type: string,
  precision: number | undefined,
  flags: string,
  whole: string,
  at: number,
): string {
  if (value instanceof Undefined && !'sra'.includes(type)) value.fail()
  switch (type) {
    case 's':
      return cut(str(value), precision)
    case 'r':
      return cut(repr(value), precision)
    case 'a':
      return cut(asciiRepr(value), precision)
    case 'c':
      if (typeof value === 'string' && codePointLength(value) === 1) return value
      if (isInt(value)) return String.fromCodePoint(toNumber(value))
      throw typeError('%c requires int or char')
    case 'd':
    case 'i':
    case 'u': {
      if (!isNumber(value)) throw typeError(`%${type} format: a real number is required, not ${typeName(value)}`)
      const whole = wholeNumber(value)
      return signed(String(whole < 0n ? -whole : whole).padStart(precision ?? 0, '0'), whole < 0n, flags)
    }
    case 'x':
    case 'X':
    case 'o': {
      if (!isInt(value)) throw typeError(`%${type} format: an integer is required, not ${typeName(value)}`)
      const whole = BigInt(value)
      const prefix = flags.includes('#') ? `0${type}` : ''
      const digits = (whole < 0n ? -whole : whole).toString(type === 'o' ? 8 : 16)
      return signed(prefix + (type === 'X' ? digits.toUpperCase() : digits), whole < 0n, flags)
    }
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G': {
      if (!isNumber(value)) throw typeError(`must be real number, not ${typeName(value)}`)
      const number = toNumber(value)
      return signed(formatFloat(Math.abs(number), type, precision ?? 6), number < 0 || Object.is(number, -0), flags)
    }
  }
  const code = (type.codePointAt(0) as number).toString(16)
  throw runtimeError(`ValueError: unsupported format character '${type}' (0x${code}) at index ${at + whole.length - 1}`)
}

const cut = (text: string, precision: number | undefined) => (precision === undefined ? text : text.slice(0, precision))
const signed = (text: string, isNegative: boolean, flags: string) =>
  (isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text

function pad(text: string, width: number, flags: string, type: string): string {
  const missing = repeatText(' ', Math.max(0, width - codePointLength(text)))
  if (flags.includes('-')) return text + missing
  if (!flags.includes('0') || 'src'.includes(type)) return missing + text
  const sign = /^[-+ ]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

/** A non-negative number in one of Python's float presentations. */
export function formatFloat(value: number, type: string, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf'
  const exponential = (digits: number) => value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
  let text: string
  switch (type.toLowerCase()) {
    case 'f':
      text = fixed(value, precision)
      break
    case 'e':
      text = exponential(precision)
      break
    default: {
      const significant = precision === 0 ? 1 : precision
      const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1])
      text =
        exponent < -4 || exponent >= significant
          ? exponential(significant - 1)
          : fixed(value, Math.max(0, significant - 1 - exponent))
      if (text.includes('.')) text = text.replace(/\.?0+(?=e|$)/, '')
    }
  }
  return type === type.toUpperCase() ? text.toUpperCase() : text
}

/** toFixed, but an exact tie goes to the even neighbour, and also beyond 1e21, where JavaScript turns to exponents. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return roundedHalfEven(value, Math.min(60, precision))
  return `${BigInt(value)}${precision > 0 ? `.${repeatText('0', precision)}` : ''}`
}

/** A non-negative number with so many digits behind the point, as Python rounds: the exact value, ties to even. */
export function roundedHalfEven(value: number, digits: number): string {
  // No double has a 5 and then forty zeros, and then something else.
  const [whole = '', fraction = ''] = value.toFixed(Math.min(100, digits + 40)).split('.')
  const kept = digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`
  const isTie = /^50*$/.test(fraction.slice(digits)) && /[02468]$/.test(kept)
  return isTie ? kept : value.toFixed(digits)
}
