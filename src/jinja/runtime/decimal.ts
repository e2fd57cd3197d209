import type { BinaryOperator } from '../ast.js'
import { runtimeError, typeError } from '../errors.js'
import { Decimal, isInt, typeName } from './values.js'

/** Python's default context keeps 28 significant digits. */
const precision = 28

interface Parts {
  readonly isNegative: boolean
  /** The value, without its sign, is digits × 10^exponent. */
  readonly digits: bigint
  readonly exponent: number
}

/** Arithmetic with at least one Decimal; the other side may be an integer, as in Python. */
export function decimalArithmetic(operator: BinaryOperator, left: unknown, right: unknown): Decimal {
  if (isEndless(left) || isEndless(right)) return endlessArithmetic(operator, left, right)
  const a = parts(left)
  const b = parts(right)
  if (!a || !b)
    throw typeError(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`)
  const isOpposite = a.isNegative !== b.isNegative
  switch (operator) {
    case '+':
    case '-': {
      const exponent = Math.min(a.exponent, b.exponent)
      const [x, y] = [scaled(a, exponent), scaled(b, exponent)]
      const sum = operator === '+' ? x + y : x - y
      return rounded(sum < 0n, magnitude(sum), exponent)
    }
    case '*':
      return rounded(isOpposite, a.digits * b.digits, a.exponent + b.exponent)
    case '/':
      return divide(a, b)
    case '//':
    case '%': {
      if (b.digits === 0n) throw runtimeError('ZeroDivisionError: division by zero')
      const exponent = Math.min(a.exponent, b.exponent)
      const [x, y] = [magnitude(scaled(a, exponent)), magnitude(scaled(b, exponent))]
      // Decimals divide towards zero, unlike Python's integers.
      return operator === '//' ? rounded(isOpposite, x / y, 0) : rounded(a.isNegative, x % y, exponent)
    }
    case '**': {
      if (b.exponent < 0 || b.isNegative || b.digits > 1000n)
        throw typeError('A Decimal can be raised to small whole powers only.')
      const power = b.digits * 10n ** BigInt(b.exponent)
      return rounded(a.isNegative && power % 2n === 1n, a.digits ** power, a.exponent * Number(power))
    }
  }
}

/** Python's `round(decimal, digits)`: ties to even; by itself to the digits that it has, none of them in an exponent. */
export function roundDecimal(value: Decimal, places?: number): Decimal {
  const found = parts(value)
  if (!found) {
    if (isNan(value)) return value
    throw invalidOperation(`${value.text} cannot be rounded`)
  }
  const { isNegative, digits, exponent } = found
  const shown = places ?? Math.max(0, -exponent)
  const shift = -shown - exponent
  if (shift <= 0) return new Decimal(text(isNegative, digits * 10n ** BigInt(-shift), -shown))
  return new Decimal(text(isNegative, halfToEven(digits, shift), -shown))
}

/** Python's `int(decimal)`: what stands before the point. */
export function wholeOfDecimal(value: Decimal): bigint {
  const found = parts(value)
  if (!found)
    throw runtimeError(
      isNan(value) ? 'ValueError: cannot convert NaN to integer' : 'OverflowError: cannot convert Infinity to integer',
    )
  const { isNegative, digits, exponent } = found
  const whole = exponent < 0 ? digits / 10n ** BigInt(-exponent) : digits * 10n ** BigInt(exponent)
  return isNegative ? -whole : whole
}

/** `Infinity`, `-Infinity` and `NaN`. */
export const isEndless = (value: unknown): value is Decimal =>
  value instanceof Decimal && !Number.isFinite(Number(value.text))
const isNan = (value: unknown) => value instanceof Decimal && Number.isNaN(Number(value.text))

export const negated = (value: Decimal): Decimal =>
  isNan(value) ? value : new Decimal(value.text.startsWith('-') ? value.text.slice(1) : `-${value.text}`)

/** Python names the class of the error only. */
export const invalidOperation = (what: string) => runtimeError(`decimal.InvalidOperation: ${what}.`)

function endlessArithmetic(operator: BinaryOperator, left: unknown, right: unknown): Decimal {
  const [x, y] = [left, right].map((value) => (isEndless(value) ? Number(value.text) : signOf(value))) as [
    number,
    number,
  ]
  if (operator === '**') throw typeError('A Decimal can be raised to small whole powers only.')
  if (Number.isNaN(x) || Number.isNaN(y)) return new Decimal('NaN')
  if (operator === '%' && !isEndless(left)) return left instanceof Decimal ? left : new Decimal(String(left))
  const results = { '+': x + y, '-': x - y, '*': x * y, '/': x / y, '//': x / y, '%': Number.NaN }
  const result = results[operator]
  if (Number.isNaN(result)) throw invalidOperation(`${String(left)} ${operator} ${String(right)} is no number`)
  return new Decimal(String(result))
}

/** Of a number that has an end; what has none takes no notice of its size. */
function signOf(value: unknown): number {
  const found = parts(value)
  if (!found) throw typeError(`unsupported operand type(s) for a Decimal: '${typeName(value)}'`)
  return found.digits === 0n ? 0 : found.isNegative ? -1 : 1
}

function parts(value: unknown): Parts | undefined {
  if (isInt(value)) return { isNegative: BigInt(value) < 0n, digits: magnitude(BigInt(value)), exponent: 0 }
  if (!(value instanceof Decimal)) return undefined
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(value.text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  return {
    isNegative: sign === '-',
    digits: BigInt(`${whole}${fraction}` || '0'),
    exponent: Number(exponent) - fraction.length,
  }
}

const magnitude = (value: bigint) => (value < 0n ? -value : value)
const scaled = ({ isNegative, digits, exponent }: Parts, to: number) =>
  (isNegative ? -digits : digits) * 10n ** BigInt(exponent - to)

function divide(a: Parts, b: Parts): Decimal {
  if (b.digits === 0n) throw runtimeError('ZeroDivisionError: division by zero')
  const shift = BigInt(precision + 3 + String(b.digits).length)
  const ideal = a.exponent - b.exponent
  const isNegative = a.isNegative !== b.isNegative
  let digits = (a.digits * 10n ** shift) / b.digits
  let exponent = ideal - Number(shift)
  // An exact result goes back towards the ideal exponent.
  while (exponent < ideal && digits % 10n === 0n) {
    digits /= 10n
    exponent++
  }
  return rounded(isNegative, digits, exponent)
}

/** Cuts to the precision, half to even. */
function rounded(isNegative: boolean, digits: bigint, exponent: number): Decimal {
  const excess = String(digits).length - precision
  if (excess <= 0) return new Decimal(text(isNegative, digits, exponent))
  return new Decimal(text(isNegative, halfToEven(digits, excess), exponent + excess))
}

/** Without the last `count` digits. */
function halfToEven(digits: bigint, count: number): bigint {
  const unit = 10n ** BigInt(count)
  const kept = digits / unit
  const rest = digits % unit
  return rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n) ? kept + 1n : kept
}

function text(isNegative: boolean, digits: bigint, exponent: number): string {
  const sign = isNegative ? '-' : ''
  const plain = String(digits)
  if (exponent > 0)
    return `${sign}${plain.length === 1 ? plain : `${plain[0]}.${plain.slice(1)}`}E+${exponent + plain.length - 1}`
  if (exponent === 0) return sign + plain
  const padded = plain.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}
