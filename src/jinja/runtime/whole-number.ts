import { runtimeError } from '../errors.js'
import { wholeOfDecimal } from './decimal.js'
import { Decimal, isInt, toNumber } from './values.js'

/** Python's `int(number)`: towards zero, exactly. @throws for what is no number and what has no end, as Python does */
export function wholeNumber(value: unknown): bigint {
  if (isInt(value)) return BigInt(value)
  if (value instanceof Decimal) return wholeOfDecimal(value)
  const number = toNumber(value)
  if (Number.isNaN(number)) throw runtimeError('ValueError: cannot convert float NaN to integer')
  if (!Number.isFinite(number)) throw runtimeError('OverflowError: cannot convert float infinity to integer')
  return BigInt(Math.trunc(number))
}
