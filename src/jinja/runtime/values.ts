import { runtimeError, typeError, undefinedError } from '../errors.js'
import { PyView } from './view.js'

/**
 * Python values in JavaScript:
 * None → null · bool → boolean · int → number (integral) or bigint beyond 2^53 · float → number, or PyFloat when the
 * value is integral (`1.0`) · str → string · list → array · tuple → PyTuple · dict → PyDict · set → PySet ·
 * a name that does not exist → Undefined. Host objects with methods and plain objects are used as they are.
 */

/** A float whose value is integral; other floats are plain numbers. */
export class PyFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  valueOf(): number {
    return this.value
  }
  /** How many were written as plain numbers so far: who has to keep that they are floats sees whether there were any. */
  static written = 0
  /** What a host that keeps the point has written in their place, while it writes. */
  static shown: ((value: number) => string) | undefined
  /** For hosts that write a value of a template into a file of their own. */
  toJSON(): number | string {
    PyFloat.written++
    return PyFloat.shown ? PyFloat.shown(this.value) : this.value
  }
}

export const float = (value: number): number | PyFloat => (Number.isInteger(value) ? new PyFloat(value) : value)

export class PyTuple extends Array<unknown> {
  static fromArray(items: Iterable<unknown>): PyTuple {
    const tuple = new PyTuple()
    for (const item of items) Array.prototype.push.call(tuple, item)
    return tuple
  }
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** How a name that does not exist behaves: printed as nothing, but an error when more is asked of it. */
export class Undefined {
  readonly name: string | undefined
  readonly hint: string | undefined
  constructor(name?: string, hint?: string) {
    this.name = name
    this.hint = hint
  }
  get message(): string {
    return this.hint ?? (this.name === undefined ? 'value is undefined' : `'${this.name}' is undefined`)
  }
  fail(): never {
    throw undefinedError(this.message)
  }
}

/** Refuses even to be printed. */
export class StrictUndefined extends Undefined {}

/** Attributes of it are undefined again, instead of an error. */
export class ChainableUndefined extends Undefined {}

export type UndefinedKind = 'default' | 'strict' | 'chainable'

export function makeUndefined(kind: UndefinedKind, name?: string, hint?: string): Undefined {
  if (kind === 'strict') return new StrictUndefined(name, hint)
  return kind === 'chainable' ? new ChainableUndefined(name, hint) : new Undefined(name, hint)
}

type Key = string | number | bigint
/** Python's key equality: `1 == 1.0 == True`, tuples by their items. Strings get a prefix so that they never meet. */
function keyOf(value: unknown): Key | object {
  switch (typeof value) {
    case 'string':
      return `s${value}`
    case 'number':
      return value
    case 'boolean':
      return value ? 1 : 0
    case 'bigint':
      return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
  }
  if (value === null) return 'n'
  if (value instanceof PyFloat) return value.value
  if (value instanceof PyTuple)
    return `t${value
      .map((item) => {
        const key = keyOf(item)
        return typeof key === 'object' ? '?' : `${typeof key}:${String(key).length}:${String(key)}`
      })
      .join(',')}`
  if (Array.isArray(value)) throw typeError("unhashable type: 'list'")
  if (value instanceof PyDict) throw typeError("unhashable type: 'dict'")
  if (value instanceof PySet) throw typeError("unhashable type: 'set'")
  if (value instanceof Undefined) return `u${value.name ?? ''}`
  const hashed = (value as { hashKey?: unknown }).hashKey
  return typeof hashed === 'string' ? `h${hashed}` : (value as object)
}

export class PyDict implements Iterable<[unknown, unknown]> {
  readonly #entries = new Map<Key | object, [unknown, unknown]>()

  static from(entries: Iterable<readonly [unknown, unknown]>): PyDict {
    const dict = new PyDict()
    for (const [key, value] of entries) dict.set(key, value)
    return dict
  }
  get size(): number {
    return this.#entries.size
  }
  /** For hosts that write a value of a template into a file of their own: an object, whose keys are texts. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries([...this].map(([key, value]) => [String(key), value]))
  }
  /** JavaScript's undefined when the key is not there. */
  get(key: unknown): unknown {
    return this.#entries.get(keyOf(key))?.[1]
  }
  has(key: unknown): boolean {
    return this.#entries.has(keyOf(key))
  }
  set(key: unknown, value: unknown): this {
    const hash = keyOf(key)
    const entry = this.#entries.get(hash)
    if (entry) entry[1] = value
    else this.#entries.set(hash, [key, value])
    return this
  }
  delete(key: unknown): boolean {
    return this.#entries.delete(keyOf(key))
  }
  clear(): void {
    this.#entries.clear()
  }
  *keys(): Generator<unknown> {
    for (const [key] of this.#entries.values()) yield key
  }
  *values(): Generator<unknown> {
    for (const [, value] of this.#entries.values()) yield value
  }
  *[Symbol.iterator](): Generator<[unknown, unknown]> {
    for (const [key, value] of this.#entries.values()) yield [key, value]
  }
}

export class PySet implements Iterable<unknown> {
  readonly #items = new Map<Key | object, unknown>()
  constructor(items: Iterable<unknown> = []) {
    for (const item of items) this.add(item)
  }
  get size(): number {
    return this.#items.size
  }
  has(value: unknown): boolean {
    return this.#items.has(keyOf(value))
  }
  add(value: unknown): void {
    const key = keyOf(value)
    if (!this.#items.has(key)) this.#items.set(key, value)
  }
  delete(value: unknown): boolean {
    return this.#items.delete(keyOf(value))
  }
  clear(): void {
    this.#items.clear()
  }
  [Symbol.iterator](): Iterator<unknown> {
    return this.#items.values()
  }
}

/** `namespace(a=1)`: the one thing whose attributes a template may set. */
export class Namespace {
  readonly values: PyDict
  constructor(values: PyDict) {
    this.values = values
  }
}

/** `a[1:2]` asks for this as its key. */
export class Slice {
  readonly start: unknown
  readonly stop: unknown
  readonly step: unknown
  constructor(start: unknown, stop: unknown, step: unknown) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

/** Text that needs no escaping (`|safe`, `|escape`). */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** A number with all its digits, as a database returns it. Arithmetic is exact to 28 digits, as Python's default. */
export class Decimal {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  get hashKey(): string {
    return this.text
  }
  toString(): string {
    return this.text
  }
  valueOf(): number {
    return Number(this.text)
  }
}

export type IntValue = number | bigint
/** An integer in its shortest form. */
export const int = (value: bigint): IntValue =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value

export const isInt = (value: unknown): value is IntValue | boolean =>
  typeof value === 'bigint' || typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))
export const isFloat = (value: unknown): value is number | PyFloat =>
  value instanceof PyFloat || (typeof value === 'number' && !Number.isInteger(value))
export const isNumber = (value: unknown): boolean => isInt(value) || isFloat(value) || value instanceof Decimal
/** A mapping of the host. An object that says itself what templates see of it is none. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  const { jinjaAttribute, jinjaCall, jinjaItem } = value as Record<string, unknown>
  return typeof jinjaAttribute !== 'function' && typeof jinjaCall !== 'function' && typeof jinjaItem !== 'function'
}

export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint' || value instanceof PyFloat || value instanceof Decimal) return Number(value)
  throw typeError(`a number is required, not '${typeName(value)}'`)
}

/** A whole number for indexes, lengths and counts. */
export function toIndex(value: unknown): number {
  if (!isInt(value)) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
  return Number(value)
}

/** Python's name of the value's type. */
export function typeName(value: unknown): string {
  if (value === null) return 'NoneType'
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'function':
      return 'function'
  }
  if (value instanceof PyFloat) return 'float'
  if (value instanceof PyTuple) return 'tuple'
  if (value instanceof PyView) return value.pythonType
  if (Array.isArray(value)) return 'list'
  if (value instanceof PyDict || isPlainObject(value)) return 'dict'
  if (value instanceof PySet) return 'set'
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Decimal) return 'decimal.Decimal'
  if (value instanceof Markup) return 'Markup'
  if (value instanceof Slice) return 'slice'
  const named = (value as { pythonType?: unknown }).pythonType
  if (value instanceof Namespace) return 'Namespace'
  return typeof named === 'string' ? named : ((value as object).constructor?.name ?? 'object')
}

export function truthy(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    case 'undefined':
      return false
    case 'function':
      return true
  }
  if (value === null) return false
  if (Array.isArray(value)) return value.length > 0 || (value instanceof PyView && value.isLazy)
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0
  if (value instanceof Undefined) {
    if (value instanceof StrictUndefined) value.fail()
    return false
  }
  if (value instanceof PyFloat) return value.value !== 0
  if (value instanceof Decimal) return Number(value.text) !== 0
  if (value instanceof Markup) return value.text !== ''
  if (isPlainObject(value)) return Object.keys(value).length > 0
  const asked = (value as { isTruthy?: unknown }).isTruthy
  return typeof asked === 'boolean' ? asked : true
}

/** Whether Python takes the value for a mapping. */
export const isMapping = (value: unknown): boolean =>
  value instanceof PyDict || isPlainObject(value) || keysOf(value) !== undefined

/** The keys of a host object that is a mapping. */
function keysOf(value: unknown): readonly string[] | undefined {
  const keys = (value as { jinjaKeys?: unknown } | null | undefined)?.jinjaKeys
  return typeof keys === 'function' ? (keys.call(value) as readonly string[]) : undefined
}

/** What a `for` loop goes over. Lists are not copied. */
export function iterate(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  if (value instanceof PyDict) return [...value.keys()]
  if (value instanceof Undefined) {
    if (value instanceof StrictUndefined) value.fail()
    return []
  }
  if (value instanceof Markup) return [...value.text]
  if (isPlainObject(value)) return Object.keys(value)
  const keys = keysOf(value)
  if (keys) return keys
  if (value !== null && typeof value === 'object' && Symbol.iterator in value) return [...(value as Iterable<unknown>)]
  throw typeError(`'${typeName(value)}' object is not iterable`)
}

export function isIterable(value: unknown): boolean {
  if (value instanceof Undefined) return true
  if (value === null || isNumber(value)) return false
  try {
    iterate(value)
    return true
  } catch {
    return false
  }
}

export function length(value: unknown): number {
  if (typeof value === 'string') return codePointLength(value)
  if (Array.isArray(value)) return value.length
  if (value instanceof PyDict || value instanceof PySet) return value.size
  if (value instanceof Undefined) {
    if (value instanceof StrictUndefined) value.fail()
    return 0
  }
  if (value instanceof Markup) return codePointLength(value.text)
  if (isPlainObject(value)) return Object.keys(value).length
  const keys = keysOf(value)
  if (keys) return keys.length
  const asked = (value as { length?: unknown } | null)?.length
  if (typeof asked === 'number') return asked
  throw typeError(`object of type '${typeName(value)}' has no len()`)
}

const maxRepeated = 100_000_000
const maxRepeatedItems = 10_000_000

/** @throws JINJA_RUNTIME for a value that would not fit into memory */
export function checkRepeated(value: { readonly length: number }, times: number): void {
  const most = typeof value === 'string' ? maxRepeated : maxRepeatedItems
  if (value.length * times > most) throw runtimeError('The repeated value is too large.')
}

export function repeatText(text: string, times: number): string {
  checkRepeated(text, times)
  return text.repeat(times)
}

const surrogate = /[\ud800-\udbff][\udc00-\udfff]/
/** Python counts code points, JavaScript counts UTF-16 units; they differ only where surrogates are. */
export function codePointLength(text: string): number {
  return surrogate.test(text) ? [...text].length : text.length
}
export function codePoints(text: string): string | readonly string[] {
  return surrogate.test(text) ? [...text] : text
}

export function outOfRange(what: string): Error {
  return runtimeError(`${what} index out of range`)
}
