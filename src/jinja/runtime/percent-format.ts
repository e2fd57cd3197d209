import { typeError } from '../errors.js'
import { repr, str } from './print.js'
import { isInt, isNumber, isPlainObject, PyDict, PyTuple, toNumber, typeName } from './values.js'

const pattern = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%])/g

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
      type: string,
    ) => {
      if (type === '%') return '%'
      if (name !== undefined) usesNames = true
      const fieldWidth = width === '*' ? toNumber(take()) : Number(width ?? 0)
      const digits = precision === '*' ? toNumber(take()) : precision === undefined ? undefined : Number(precision)
      const value = name === undefined ? take() : lookup(values, name)
      return pad(convert(value, type, digits, flags, whole), fieldWidth, flags, type)
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

function convert(value: unknown, type: string, precision: number | undefined, flags: string, whole: string): string {
  switch (type) {
    case 's':
      return cut(str(value), precision)
    case 'r':
    case 'a':
      return cut(repr(value), precision)
    case 'c':
      return typeof value === 'string' ? value : String.fromCodePoint(toNumber(value))
    case 'd':
    case 'i':
    case 'u': {
      if (!isNumber(value)) throw typeError(`%${type} format: a real number is required, not ${typeName(value)}`)
      const whole = isInt(value) ? BigInt(value) : BigInt(Math.trunc(toNumber(value)))
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
  throw typeError(`unsupported format character '${type}' in ${whole}`)
}

const cut = (text: string, precision: number | undefined) => (precision === undefined ? text : text.slice(0, precision))
const signed = (text: string, isNegative: boolean, flags: string) =>
  (isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text

function pad(text: string, width: number, flags: string, type: string): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || 'src'.includes(type)) return text.padStart(width)
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

/** toFixed, also beyond 1e21, where JavaScript turns to exponents. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return value.toFixed(Math.min(100, precision))
  return `${BigInt(value)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`
}
