import { runtimeError, typeError } from '../errors.js'
import { isEndless, roundDecimal } from './decimal.js'
import { formatFloat } from './percent-format.js'
import { decimalText, str } from './print.js'
import { checkRepeated, codePointLength, codePoints, Decimal, isFloat, isInt, toNumber, typeName } from './values.js'

/** A value with a format of its own, such as a date. */
export interface Formattable {
  pythonFormat?(spec: string): string
}

interface Spec {
  readonly fill: string | undefined
  readonly align: string | undefined
  readonly sign: string
  readonly isAlternate: boolean
  readonly isZeroPadded: boolean
  readonly width: number
  readonly grouping: string | undefined
  readonly precision: number | undefined
  readonly type: string | undefined
}

const pattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u

function parseSpec(text: string): Spec {
  const match = pattern.exec(text)
  if (!match) throw runtimeError('ValueError: Invalid format specifier')
  const [, fill, align, sign = '-', alternate, zero, width = '0', grouping, precision, type] = match
  return {
    fill,
    align,
    sign,
    isAlternate: alternate !== undefined,
    isZeroPadded: zero !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  }
}

/** Python's `format(value, spec)`: `>10`, `,.2f`, `05d`, `%`. */
export function formatValue(value: unknown, text: string): string {
  if (text === '') return str(value)
  const own = (value as Formattable | null)?.pythonFormat
  if (typeof own === 'function') return own.call(value, text)
  if (typeof value === 'string') return formatString(value, parseSpec(text))
  if (isInt(value)) return formatInteger(value, parseSpec(text))
  if (isFloat(value) || value instanceof Decimal) return formatNumber(value, parseSpec(text))
  throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`)
}

const unknownCode = (type: string, value: unknown) =>
  runtimeError(`ValueError: Unknown format code '${type}' for object of type '${typeName(value)}'`)

function formatString(value: string, spec: Spec): string {
  if (spec.type !== undefined && spec.type !== 's') throw unknownCode(spec.type, value)
  if (spec.sign !== '-') throw runtimeError('ValueError: Sign not allowed in string format specifier')
  if (spec.align === '=') throw runtimeError("ValueError: '=' alignment not allowed in string format specifier")
  const cut = spec.precision === undefined ? value : [...codePoints(value)].slice(0, spec.precision).join('')
  return padded(cut, spec, '<')
}

const radixes: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 }

function formatInteger(value: unknown, spec: Spec): string {
  const type = spec.type ?? 'd'
  if ('eEfFgG%'.includes(type)) return formatNumber(value, spec)
  if (!'bcdoxXn'.includes(type)) throw unknownCode(type, value)
  if (spec.precision !== undefined) throw runtimeError('ValueError: Precision not allowed in integer format specifier')
  const whole = BigInt(value as number)
  const magnitude = whole < 0n ? -whole : whole
  if (type === 'c') return padded(String.fromCodePoint(Number(magnitude)), spec, '<')
  const radix = radixes[type] ?? 10
  const digits = magnitude.toString(radix)
  const prefix = spec.isAlternate && radix !== 10 ? `0${type}` : ''
  return numeric(type === 'X' ? digits.toUpperCase() : digits, whole < 0n, prefix, spec)
}

function formatNumber(value: unknown, spec: Spec): string {
  const { type, precision } = spec
  if (type !== undefined && !'eEfFgGn%'.includes(type)) throw unknownCode(type, value)
  if (isEndless(value)) return numeric(value.text.replace(/^-/, ''), value.text.startsWith('-'), '', spec)
  if (value instanceof Decimal && (type === 'f' || type === 'F' || (type === undefined && precision === undefined))) {
    const text = type === undefined ? decimalText(value.text) : roundDecimal(value, precision).text
    return numeric(text.replace(/^-/, ''), text.startsWith('-'), '', spec)
  }
  const number = toNumber(value)
  const isNegative = number < 0 || Object.is(number, -0)
  const magnitude = Math.abs(number)
  let body: string
  if (type === '%') body = `${formatFloat(magnitude * 100, 'f', precision ?? 6)}%`
  else if (type === undefined && precision === undefined) body = str(value).replace(/^-/, '')
  else body = formatFloat(magnitude, type === undefined || type === 'n' ? 'g' : type, precision ?? 6)
  return numeric(body, isNegative, '', spec)
}

/** A number with its sign, its thousands apart, and what fills it up. */
function numeric(body: string, isNegative: boolean, prefix: string, spec: Spec): string {
  const lead = (isNegative ? '-' : spec.sign === '-' ? '' : spec.sign) + prefix
  const fillsInside = spec.align === '=' || (spec.align === undefined && spec.isZeroPadded)
  let digits = grouped(body, spec)
  if (!fillsInside) return padded(lead + digits, spec, '>')
  const fill = spec.fill ?? (spec.isZeroPadded ? '0' : ' ')
  // Zeros in front are digits like the others: they get their separators too.
  if (fill === '0' && spec.grouping !== undefined) {
    let zeros = body
    while (lead.length + digits.length < spec.width) {
      zeros = `0${zeros}`
      digits = grouped(zeros, spec)
    }
    return lead + digits
  }
  return lead + fill.repeat(Math.max(0, spec.width - lead.length - digits.length)) + digits
}

function grouped(body: string, { grouping, type }: Spec): string {
  if (grouping === undefined) return body
  const size = type !== undefined && type in radixes ? 4 : 3
  return body.replace(/^[\da-fA-F]+/, (whole) =>
    whole.replace(new RegExp(`\\B(?=([\\da-fA-F]{${size}})+(?![\\da-fA-F]))`, 'g'), grouping),
  )
}

function padded(text: string, spec: Spec, side: string): string {
  const missing = spec.width - codePointLength(text)
  if (missing <= 0) return text
  const fill = spec.fill ?? (spec.isZeroPadded ? '0' : ' ')
  checkRepeated(fill, missing)
  switch (spec.align ?? side) {
    case '<':
      return text + fill.repeat(missing)
    case '>':
      return fill.repeat(missing) + text
  }
  const left = missing >> 1
  return fill.repeat(left) + text + fill.repeat(missing - left)
}
