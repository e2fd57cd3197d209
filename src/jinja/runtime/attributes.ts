import { runtimeError, typeError } from '../errors.js'
import { PyBytes } from './bytes.js'
import type { JinjaCallable, Kwargs } from './callable.js'
import { call, isCallable } from './callable.js'
import { Loop } from './loop.js'
import { dictMethods, listMethods, pairs, sequenceMethods, setMethods } from './methods/container-methods.js'
import type { Method } from './methods/method.js'
import { stringMethods } from './methods/string-methods.js'
import { repr } from './print.js'
import { makeRange } from './range.js'
import {
  ChainableUndefined,
  codePoints,
  Decimal,
  isFloat,
  isInt,
  isMapping,
  isPlainObject,
  Markup,
  makeUndefined,
  Namespace,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  Slice,
  toIndex,
  typeName,
  Undefined,
  type UndefinedKind,
} from './values.js'
import { PyView } from './view.js'

/**
 * A host object that decides itself what a template may see of it. Without this, templates see own properties and
 * methods of the prototype whose names do not start with an underscore.
 */
export interface JinjaObject {
  jinjaAttribute?(name: string): unknown
  jinjaItem?(key: unknown): unknown
  /** Of an object that is a mapping to Python: its keys; the values are its attributes. */
  jinjaKeys?(): readonly string[]
}

const bytesMethods: Readonly<Record<string, Method<PyBytes>>> = {
  decode: (self) => Buffer.from(self.bytes).toString('utf8'),
  hex: (self) => Buffer.from(self.bytes).toString('hex'),
}

const intMethods: Readonly<Record<string, Method<unknown>>> = {
  bit_length: (self) =>
    BigInt(self as number)
      .toString(2)
      .replace('-', '').length,
  is_integer: (self) => isInt(self) || self instanceof PyFloat,
}

function builtinMethod(value: unknown, name: string): Method<never> | undefined {
  if (typeof value === 'string') return own(stringMethods, name)
  if (value instanceof PyTuple || value instanceof PyView) return own(sequenceMethods, name)
  if (Array.isArray(value)) return own(listMethods, name)
  if (value instanceof PyDict) return own(dictMethods, name)
  if (value instanceof PySet) return own(setMethods, name)
  if (value instanceof Markup) return textMethod(name)
  if (value instanceof PyBytes) return own(bytesMethods, name)
  if (isInt(value) || isFloat(value)) return own(intMethods, name)
  return undefined
}

const own = (table: Readonly<Record<string, Method<never>>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined
const textMethod = (name: string): Method<never> | undefined => {
  const method = own(stringMethods, name)
  return method && (((self: Markup, args, kwargs) => method(self.text as never, args, kwargs)) as Method<never>)
}

/** A method that was taken from its object but not yet called. */
class BoundMethod implements JinjaCallable {
  readonly #self: unknown
  readonly #method: Method<never>
  readonly #name: string
  constructor(self: unknown, method: Method<never>, name: string) {
    this.#self = self
    this.#method = method
    this.#name = name
  }
  jinjaCall(args: readonly unknown[], kwargs: Kwargs | null): unknown {
    return this.#method(this.#self as never, args, kwargs)
  }
  pythonRepr(): string {
    return `<built-in method ${this.#name} of ${typeName(this.#self)} object>`
  }
}

/** Values that have Python's methods, and nothing of what JavaScript would add: `[1].length` is undefined. */
const isPythonValue = (value: object): boolean =>
  Array.isArray(value) ||
  value instanceof PySet ||
  value instanceof PyFloat ||
  value instanceof Decimal ||
  value instanceof Markup

/** What a template sees of a host object under a name; undefined when there is nothing. */
function hostAttribute(value: object, name: string): unknown {
  const decided = (value as JinjaObject).jinjaAttribute
  if (typeof decided === 'function') return decided.call(value, name)
  if (isPythonValue(value) || (typeof value === 'function' && !Object.prototype.propertyIsEnumerable.call(value, name)))
    return undefined
  if (name.startsWith('_') || name === 'constructor' || !(name in value) || name in Object.prototype) return undefined
  const found = (value as Record<string, unknown>)[name]
  return typeof found === 'function' && !Object.hasOwn(value, name) ? found.bind(value) : found
}

/** `value.name`: the attribute, else the item under that name, else an undefined that remembers both. */
export function attribute(value: unknown, name: string, kind: UndefinedKind): unknown {
  // What loops ask for most comes first.
  if (value instanceof Loop) return value.jinjaAttribute(name) ?? missing(value, name, kind)
  const method = builtinMethod(value, name)
  if (method) return new BoundMethod(value, method, name)
  if (value instanceof PyDict) return value.get(name) ?? (value.has(name) ? null : missing(value, name, kind))
  if (value instanceof Namespace)
    return value.values.get(name) ?? (value.values.has(name) ? null : missing(value, name, kind))
  if (isPlainObject(value)) {
    if (Object.hasOwn(value, name)) return value[name]
    const dictMethod = own(dictMethods, name)
    return dictMethod ? new BoundMethod(PyDict.from(pairs(value)), dictMethod, name) : missing(value, name, kind)
  }
  if (value instanceof Undefined) {
    if (value instanceof ChainableUndefined) return value
    value.fail()
  }
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
    const found = hostAttribute(value, name)
    if (found !== undefined) return found
    const item = (value as JinjaObject).jinjaItem?.(name)
    if (item !== undefined) return item
    const dictMethod = isMapping(value) ? own(dictMethods, name) : undefined
    if (dictMethod) return new BoundMethod(PyDict.from(pairs(value)), dictMethod, name)
  }
  return missing(value, name, kind)
}

/** `value.name(…)` without an object for the method in between. */
export function callMethod(
  value: unknown,
  name: string,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  kind: UndefinedKind,
): unknown {
  const method = builtinMethod(value, name)
  if (method) return method(value as never, args, kwargs)
  if (isPlainObject(value)) {
    // What a mapping of the host holds under the name of a method is no method.
    const held = Object.hasOwn(value, name) ? value[name] : undefined
    const dictMethod = isCallable(held) ? undefined : own(dictMethods, name)
    if (dictMethod) {
      const [key, fallback = null] = args
      if (name === 'get' && typeof key === 'string' && kwargs === null && args.length < 3)
        return Object.hasOwn(value, key) ? value[key] : fallback
      return dictMethod(PyDict.from(pairs(value)) as never, args, kwargs)
    }
  }
  return call(attribute(value, name, kind), args, kwargs, name)
}

function missing(value: unknown, name: unknown, kind: UndefinedKind): Undefined {
  const type = value instanceof Namespace ? 'jinja2.utils.Namespace' : typeName(value)
  const owner = value === null ? 'None' : `${type} object`
  return typeof name === 'string'
    ? makeUndefined(kind, name, `'${owner}' has no attribute '${name}'`)
    : makeUndefined(kind, undefined, `${owner} has no element ${repr(name)}`)
}

/** `value[key]`: the item, else the attribute of that name. */
export function item(value: unknown, key: unknown, kind: UndefinedKind): unknown {
  if (key instanceof Slice) return slice(value, key, kind)
  if (Array.isArray(value) || typeof value === 'string') {
    if (isInt(key)) {
      const list = typeof value === 'string' ? codePoints(value) : value
      const at = toIndex(key)
      const real = at < 0 ? list.length + at : at
      return real >= 0 && real < list.length ? list[real] : missing(value, key, kind)
    }
  } else if (value instanceof PyDict) {
    if (value.has(key)) return value.get(key)
  } else if (isPlainObject(value)) {
    if (typeof key === 'string' && Object.hasOwn(value, key)) return value[key]
  } else if (value instanceof Undefined) {
    if (value instanceof ChainableUndefined) return value
    value.fail()
  } else if (value !== null && typeof value === 'object') {
    const found = (value as JinjaObject).jinjaItem?.(key)
    if (found !== undefined) return found
  }
  return typeof key === 'string' ? attribute(value, key, kind) : missing(value, key, kind)
}

function slice(value: unknown, key: Slice, kind: UndefinedKind): unknown {
  const { start, stop, step } = key
  if (typeof value !== 'string' && !Array.isArray(value)) {
    const found = (value as JinjaObject | null)?.jinjaItem?.(key)
    if (found !== undefined) return found
    if (value instanceof Undefined) value.fail()
    if (isMapping(value)) throw typeError("unhashable type: 'slice'")
    return missing(value, key, kind)
  }
  const list = typeof value === 'string' ? codePoints(value) : value
  const stride = step == null ? 1 : sliceIndex(step)
  if (stride === 0) throw runtimeError('ValueError: slice step cannot be zero')
  const bound = (given: unknown, fallback: number) => {
    if (given == null) return fallback
    const at = sliceIndex(given)
    const real = at < 0 ? at + list.length : at
    return stride > 0 ? Math.min(Math.max(real, 0), list.length) : Math.min(Math.max(real, -1), list.length - 1)
  }
  const from = bound(start, stride > 0 ? 0 : list.length - 1)
  const to = bound(stop, stride > 0 ? list.length : -1)
  if (value instanceof PyView && value.range) {
    const [first, , stride0] = value.range
    return makeRange(first + from * stride0, first + to * stride0, stride0 * stride)
  }
  const items: unknown[] = []
  for (let i = from; stride > 0 ? i < to : i > to; i += stride) items.push(list[i])
  if (typeof value === 'string') return items.join('')
  return value instanceof PyTuple ? PyTuple.fromArray(items) : items
}

function sliceIndex(value: unknown): number {
  if (!isInt(value)) throw typeError('slice indices must be integers or None or have an __index__ method')
  return Number(value)
}

export function setNamespaceAttribute(target: unknown, name: string, value: unknown): void {
  if (!(target instanceof Namespace)) throw typeError('cannot assign attribute on non-namespace object')
  target.values.set(name, value)
}
