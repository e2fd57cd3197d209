import type { BinaryOperator } from '../ast.js'
import { runtimeError, typeError } from '../errors.js'
import { Decimal, isInt, typeName } from './values.js'

/** Python's default context keeps 28 significant digits. */
const precision = 28

interface Parts {
  readonly digits: bigint
  /** The value is digits × 10^exponent. */
  readonly exponent: number
}

/** Arithmetic with at least one Decimal; the other side may be an integer, as in Python. */
export function decimalArithmetic(operator: BinaryOperator, left: unknown, right: unknown): Decimal {
  const a = parts(left)
  const b = parts(right)
  if (!a || !b)
    throw typeError(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`)
  switch (operator) {
    case '+':
    case '-': {
      const exponent = Math.min(a.exponent, b.exponent)
      const scaled = (value: Parts) => value.digits * 10n ** BigInt(value.exponent - exponent)
      return rounded(operator === '+' ? scaled(a) + scaled(b) : scaled(a) - scaled(b), exponent)
    }
    case '*':
      return rounded(a.digits * b.digits, a.exponent + b.exponent)
    case '/':
      return divide(a, b)
    case '//':
    case '%': {
      if (b.digits === 0n) throw runtimeError('ZeroDivisionError: division by zero')
      const exponent = Math.min(a.exponent, b.exponent)
      const [x, y] = [a, b].map((value) => value.digits * 10n ** BigInt(value.exponent - exponent)) as [bigint, bigint]
      // Decimals divide towards zero, unlike Python's integers.
      return operator === '//' ? rounded(x / y, 0) : rounded(x % y, exponent)
    }
    case '**': {
      if (b.exponent < 0 || b.digits < 0n || b.digits > 1000n)
        throw typeError('A Decimal can be raised to small whole powers only.')
      const power = b.digits * 10n ** BigInt(b.exponent)
      return rounded(a.digits ** power, a.exponent * Number(power))
    }
  }
}

/** Python's `round(decimal, digits)`: ties to even; by itself to the digits that it has, none of them in an exponent. */
export function roundDecimal(value: Decimal, places?: number): Decimal {
  const { digits: all, exponent } = parts(value) as Parts
  const digits = places ?? Math.max(0, -exponent)
  const shift = -digits - exponent
  if (shift <= 0) return new Decimal(text(all * 10n ** BigInt(-shift), exponent + shift))
  const unit = 10n ** BigInt(shift)
  const magnitude = all < 0n ? -all : all
  const rest = magnitude % unit
  let kept = magnitude / unit
  if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept++
  return new Decimal(text(all < 0n ? -kept : kept, -digits))
}

function parts(value: unknown): Parts | undefined {
  if (isInt(value)) return { digits: BigInt(value), exponent: 0 }
  if (!(value instanceof Decimal)) return undefined
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(value.text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  return {
    digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}` || '0'),
    exponent: Number(exponent) - fraction.length,
  }
}

function divide(a: Parts, b: Parts): Decimal {
  if (b.digits === 0n) throw runtimeError('ZeroDivisionError: division by zero')
  const shift = BigInt(precision + 3 + String(b.digits).length)
  const ideal = a.exponent - b.exponent
  let digits = (a.digits * 10n ** shift) / b.digits
  let exponent = ideal - Number(shift)
  // An exact result goes back towards the ideal exponent.
  while (exponent < ideal && digits % 10n === 0n) {
    digits /= 10n
    exponent++
  }
  return rounded(digits, exponent)
}

/** Cuts to the precision, half to even. */
function rounded(digits: bigint, exponent: number): Decimal {
  const magnitude = digits < 0n ? -digits : digits
  const excess = String(magnitude).length - precision
  if (excess <= 0) return new Decimal(text(digits, exponent))
  const unit = 10n ** BigInt(excess)
  let kept = magnitude / unit
  const rest = magnitude % unit
  if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept++
  return new Decimal(text(digits < 0n ? -kept : kept, exponent + excess))
}

function text(digits: bigint, exponent: number): string {
  const sign = digits < 0n ? '-' : ''
  const plain = String(digits < 0n ? -digits : digits)
  if (exponent > 0)
    return `${sign}${plain.length === 1 ? plain : `${plain[0]}.${plain.slice(1)}`}E+${exponent + plain.length - 1}`
  if (exponent === 0) return sign + plain
  const padded = plain.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}
