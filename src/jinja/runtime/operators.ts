import type { BinaryOperator, CompareOperator } from '../ast.js'
import { runtimeError, typeError } from '../errors.js'
import { decimalArithmetic, invalidOperation, negated } from './decimal.js'
import { percentFormat } from './percent-format.js'
import { str } from './print.js'
import {
  checkRepeated,
  Decimal,
  float,
  int,
  isInt,
  isNumber,
  isPlainObject,
  iterate,
  Markup,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  repeatText,
  toIndex,
  toNumber,
  typeName,
  Undefined,
} from './values.js'
import { PyView } from './view.js'

/** Host types (dates, durations) take part in arithmetic by these methods; undefined = not supported. */
export interface Arithmetic {
  pythonBinary?(operator: BinaryOperator, other: unknown, isReflected: boolean): unknown
  /** NaN for values that are neither equal nor ordered. */
  pythonCompare?(other: unknown): number | undefined
}

export function binary(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number' && Number.isInteger(left) && Number.isInteger(right)) {
    const quick = smallInteger(operator, left, right)
    if (quick !== undefined) return quick
  }
  const isFormat = operator === '%' && (typeof left === 'string' || left instanceof Markup)
  if (left instanceof Undefined) left.fail()
  if (right instanceof Undefined && !isFormat) right.fail()
  const special = sequences(operator, left, right) ?? hostArithmetic(operator, left, right)
  if (special !== undefined) return special
  if (left instanceof Decimal || right instanceof Decimal) return decimalArithmetic(operator, left, right)
  if (isInt(left) && isInt(right)) return bigInteger(operator, BigInt(left), BigInt(right))
  if (isNumber(left) && isNumber(right)) return floats(operator, toNumber(left), toNumber(right))
  throw unsupported(operator, left, right)
}

function unsupported(operator: string, left: unknown, right: unknown): Error {
  if (operator === '+' && (typeof left === 'string' || Array.isArray(left)))
    return typeError(`can only concatenate ${typeName(left)} (not "${typeName(right)}") to ${typeName(left)}`)
  if (operator === '*' && (isSequence(left) || isSequence(right)))
    return typeError(`can't multiply sequence by non-int of type '${typeName(isSequence(left) ? right : left)}'`)
  const shown = operator === '**' ? '** or pow()' : operator
  return typeError(`unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`)
}

/** Results that stay exact in a double; undefined where a bigint or a float is needed. */
function smallInteger(operator: BinaryOperator, a: number, b: number): unknown {
  let result: number
  switch (operator) {
    case '+':
      result = a + b
      break
    case '-':
      result = a - b
      break
    case '*':
      result = a * b
      break
    case '//':
      if (b === 0) throw divisionByZero('integer division or modulo by zero')
      result = (a - modulo(a, b)) / b
      break
    case '%':
      if (b === 0) throw divisionByZero('integer modulo by zero')
      result = modulo(a, b)
      break
    default:
      return undefined
  }
  return Number.isSafeInteger(result) ? result + 0 : undefined
}

const divisionByZero = (message: string) => runtimeError(`ZeroDivisionError: ${message}`)

function bigInteger(operator: BinaryOperator, a: bigint, b: bigint): unknown {
  switch (operator) {
    case '+':
      return int(a + b)
    case '-':
      return int(a - b)
    case '*':
      return int(a * b)
    case '/':
      if (b === 0n) throw divisionByZero('division by zero')
      return float(Number(a) / Number(b))
    case '//':
    case '%': {
      if (b === 0n) throw divisionByZero('integer division or modulo by zero')
      const rest = ((a % b) + b) % b
      return int(operator === '%' ? rest : (a - rest) / b)
    }
    case '**': {
      if (b < 0n) return float(Number(a) ** Number(b))
      if (b > 100_000n) throw runtimeError('The exponent is too large.')
      return int(a ** b)
    }
  }
}

/** What is left has the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

function floats(operator: BinaryOperator, a: number, b: number): unknown {
  switch (operator) {
    case '+':
      return float(a + b)
    case '-':
      return float(a - b)
    case '*':
      return float(a * b)
    case '/':
      if (b === 0) throw divisionByZero('float division by zero')
      return float(a / b)
    case '//':
      if (b === 0) throw divisionByZero('float floor division by zero')
      return float(Math.round((a - modulo(a, b)) / b))
    case '%':
      if (b === 0) throw divisionByZero('float modulo')
      return float(modulo(a, b))
    case '**':
      return float(a ** b)
  }
}

function sequences(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (operator === '%' && (typeof left === 'string' || left instanceof Markup)) return percentFormat(str(left), right)
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right
    if (left instanceof Markup || right instanceof Markup) return new Markup(str(left) + str(right))
    if (left instanceof PyTuple && right instanceof PyTuple) return PyTuple.fromArray([...left, ...right])
    if (isList(left) && isList(right)) return [...left, ...right]
  }
  if (operator === '*') {
    const repeated = isInt(right) ? repeat(left, right) : isInt(left) ? repeat(right, left) : undefined
    if (repeated !== undefined) return repeated
  }
  if (operator === '-' && left instanceof PySet && right instanceof PySet)
    return new PySet([...left].filter((item) => !right.has(item)))
  return undefined
}

const isSequence = (value: unknown) => typeof value === 'string' || Array.isArray(value)
const isList = (value: unknown): value is unknown[] => Array.isArray(value) && !(value instanceof PyTuple)

function repeat(value: unknown, count: unknown): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) return undefined
  const times = Math.max(0, toIndex(count))
  if (typeof value === 'string') return repeatText(value, times)
  checkRepeated(value, times)
  const items: unknown[] = []
  for (let i = 0; i < times; i++) items.push(...value)
  return value instanceof PyTuple ? PyTuple.fromArray(items) : items
}

function hostArithmetic(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  const a = (left as Arithmetic | null)?.pythonBinary?.(operator, right, false)
  if (a !== undefined) return a
  return (right as Arithmetic | null)?.pythonBinary?.(operator, left, true)
}

export function negate(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? 0 - value : -value
  if (typeof value === 'bigint') return int(-value)
  if (typeof value === 'boolean') return value ? -1 : 0
  if (value instanceof PyFloat) return new PyFloat(-value.value)
  if (value instanceof Decimal) return negated(value)
  if (value instanceof Undefined) value.fail()
  const host = (value as Arithmetic | null)?.pythonBinary?.('*', -1, false)
  if (host !== undefined) return host
  throw typeError(`bad operand type for unary -: '${typeName(value)}'`)
}

export function plus(value: unknown): unknown {
  if (value instanceof Undefined) value.fail()
  if (!isNumber(value)) throw typeError(`bad operand type for unary +: '${typeName(value)}'`)
  return typeof value === 'boolean' ? Number(value) : value
}

export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return !(typeof a === 'number' && Number.isNaN(a))
  if (typeof a === 'string' || typeof b === 'string') {
    if (a instanceof Markup || b instanceof Markup) return str(a) === str(b)
    return false
  }
  if (a === null || b === null) return false
  if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined
  if (isNumber(a) && isNumber(b)) return numbersEqual(a, b)
  if (Array.isArray(a) && Array.isArray(b))
    return kindOf(a) === kindOf(b) && a.length === b.length && a.every((item, i) => equals(item, b[i]))
  const [left, right] = [entriesOf(a), entriesOf(b)]
  if (left && right)
    return (
      left.size === right.size && [...left].every(([key, value]) => right.has(key) && equals(value, right.get(key)))
    )
  if (a instanceof PySet && b instanceof PySet) return a.size === b.size && [...a].every((item) => b.has(item))
  return (a as Arithmetic).pythonCompare?.(b) === 0
}

function numbersEqual(a: unknown, b: unknown): boolean {
  if (isInt(a) && isInt(b)) return BigInt(a) === BigInt(b)
  const [x, y] = [toNumber(a), toNumber(b)]
  // Beyond 2^53 an integer and a float that look alike as doubles may still differ.
  if (x === y && Math.abs(x) > Number.MAX_SAFE_INTEGER && isExact(a) && isExact(b)) return exact(a) === exact(b)
  return x === y
}

/** Python never takes a list for a tuple, nor a range or the keys of a dict for a list. */
const kindOf = (value: unknown[]) =>
  value instanceof PyTuple ? 'tuple' : value instanceof PyView ? value.pythonType : 'list'
const isExact = (value: unknown) => !(value instanceof Decimal) && Number.isFinite(toNumber(value))
const exact = (value: unknown) => BigInt(isInt(value) ? value : toNumber(value))

const entriesOf = (value: unknown): PyDict | undefined =>
  value instanceof PyDict ? value : isPlainObject(value) ? PyDict.from(Object.entries(value)) : undefined

/** Negative, zero or positive. @throws for types that Python does not order */
export function order(a: unknown, b: unknown, operator = '<'): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Undefined) a.fail()
  if (b instanceof Undefined) b.fail()
  if (isInt(a) && isInt(b)) {
    const difference = BigInt(a) - BigInt(b)
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [toNumber(a), toNumber(b)]
    if (Number.isNaN(x - y) && x !== y && (a instanceof Decimal || b instanceof Decimal))
      throw invalidOperation('NaN has no place among the numbers')
    return x === y ? 0 : x - y
  }
  if (a instanceof Markup || b instanceof Markup) return compareText(str(a), str(b))
  if (Array.isArray(a) && Array.isArray(b) && a instanceof PyTuple === b instanceof PyTuple) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (!equals(a[i], b[i])) return order(a[i], b[i], operator)
    return a.length - b.length
  }
  const host = (a as Arithmetic | null)?.pythonCompare?.(b)
  if (host !== undefined && !Number.isNaN(host)) return host
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`)
}

/** By code points, as Python does; UTF-16 order differs above the basic plane. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const high = (code: number) => (code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code)
    return high(x) - high(y)
  }
  return a.length - b.length
}

export function compare(operator: CompareOperator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equals(left, right)
    case '!=':
      return !equals(left, right)
    case 'in':
      return contains(right, left)
    case 'not in':
      return !contains(right, left)
  }
  if (left instanceof PySet && right instanceof PySet) return compareSets(operator, left, right)
  const difference = order(left, right, operator)
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}

/** Sets are ordered by inclusion. */
function compareSets(operator: '<' | '<=' | '>' | '>=', left: PySet, right: PySet): boolean {
  if (operator === '>' || operator === '>=') return compareSets(operator === '>' ? '<' : '<=', right, left)
  return [...left].every((item) => right.has(item)) && (operator === '<=' || left.size < right.size)
}

export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string' || container instanceof Markup) {
    if (item instanceof Undefined) item.fail()
    if (typeof item !== 'string' && !(item instanceof Markup))
      throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
    return str(container).includes(str(item))
  }
  if (container instanceof PyDict || container instanceof PySet) return container.has(item)
  if (isPlainObject(container)) return typeof item === 'string' && Object.hasOwn(container, item)
  if (Array.isArray(container)) return container.some((other) => equals(other, item))
  const asked = (container as { pythonContains?: (item: unknown) => boolean } | null)?.pythonContains
  if (typeof asked === 'function') return asked.call(container, item)
  if (container === null || isNumber(container))
    throw typeError(`argument of type '${typeName(container)}' is not iterable`)
  return iterate(container).some((other) => equals(other, item))
}
