import { runtimeError, typeError } from '../../errors.js'
import { call, type Kwargs } from '../callable.js'
import { equals, order } from '../operators.js'
import { repr } from '../print.js'
import {
  isIterable,
  isMapping,
  isPlainObject,
  iterate,
  outOfRange,
  PyDict,
  PySet,
  PyTuple,
  toIndex,
  truthy,
} from '../values.js'
import { PyView } from '../view.js'
import { withArity } from './arity.js'
import type { Method } from './method.js'

function position(list: readonly unknown[], args: readonly unknown[]): number {
  const start = args[1] === undefined ? 0 : toIndex(args[1])
  const at = list.findIndex((item, i) => i >= (start < 0 ? list.length + start : start) && equals(item, args[0]))
  if (at < 0)
    throw runtimeError(
      list instanceof PyTuple
        ? 'ValueError: tuple.index(x): x not in tuple'
        : `ValueError: ${repr(args[0])} is not in ${list instanceof PyView ? list.pythonType : 'list'}`,
    )
  return at
}

const sequences: Readonly<Record<string, Method<unknown[]>>> = {
  index: (self, args) => position(self, args),
  count: (self, [item]) => self.filter((other) => equals(other, item)).length,
}

export const sequenceMethods = withArity('tuple', sequences)

export const listMethods: Readonly<Record<string, Method<unknown[]>>> = withArity('list', {
  ...sequences,
  append: (self, [item]) => {
    self.push(item)
    return null
  },
  extend: (self, [items]) => {
    self.push(...[...iterate(items)])
    return null
  },
  insert: (self, [at, item]) => {
    self.splice(toIndex(at), 0, item)
    return null
  },
  pop: (self, [at]) => {
    if (self.length === 0) throw runtimeError('IndexError: pop from empty list')
    const index = at === undefined ? self.length - 1 : toIndex(at)
    const real = index < 0 ? self.length + index : index
    if (real < 0 || real >= self.length) throw outOfRange('pop')
    return self.splice(real, 1)[0]
  },
  remove: (self, [item]) => {
    const at = self.findIndex((other) => equals(other, item))
    if (at < 0) throw runtimeError('ValueError: list.remove(x): x not in list')
    self.splice(at, 1)
    return null
  },
  clear: (self) => {
    self.length = 0
    return null
  },
  copy: (self) => [...self],
  reverse: (self) => {
    self.reverse()
    return null
  },
  sort: (self, _, kwargs) => {
    const key = kwargs?.entries.get('key')
    const of = (item: unknown) => (key == null ? item : call(key, [item], null, 'key'))
    self.sort((a, b) => order(of(a), of(b)))
    if (truthy(kwargs?.entries.get('reverse'))) self.reverse()
    return null
  },
})

/** Entries of a dict, or of a plain object of the host. */
export function pairs(value: unknown): [unknown, unknown][] {
  if (value instanceof PyDict) return [...value]
  if (isPlainObject(value)) return Object.entries(value)
  if (isMapping(value)) return iterate(value).map((key) => [key, hostValue(value as HostMapping, key as string)])
  return iterate(value).map((pair, i) => {
    if (!isIterable(pair)) throw typeError(`cannot convert dictionary update sequence element #${i} to a sequence`)
    const items = iterate(pair)
    if (items.length !== 2)
      throw runtimeError(
        `ValueError: dictionary update sequence element #${i} has length ${items.length}; 2 is required`,
      )
    return [items[0], items[1]]
  })
}

interface HostMapping {
  jinjaAttribute?(name: string): unknown
}
const hostValue = (value: HostMapping, key: string): unknown => value.jinjaAttribute?.(key) ?? null

function update(self: PyDict, args: readonly unknown[], kwargs: Kwargs | null): null {
  if (args[0] !== undefined) for (const [key, value] of pairs(args[0])) self.set(key, value)
  for (const [key, value] of kwargs?.entries ?? []) self.set(key, value)
  return null
}

export const dictMethods: Readonly<Record<string, Method<PyDict>>> = withArity('dict', {
  get: (self, [key, fallback = null]) => {
    const value = self.get(key)
    return value === undefined ? fallback : value
  },
  keys: (self) => PyView.make('dict_keys', self.keys()),
  values: (self) => PyView.make('dict_values', self.values()),
  items: (self) =>
    PyView.make(
      'dict_items',
      [...self].map((entry) => PyTuple.fromArray(entry)),
    ),
  update,
  pop: (self, [key, fallback]) => {
    const value = self.get(key)
    if (value === undefined) {
      if (fallback === undefined) throw runtimeError(`KeyError: ${repr(key)}`)
      return fallback
    }
    self.delete(key)
    return value
  },
  popitem: (self) => {
    const last = [...self].at(-1)
    if (!last) throw runtimeError("KeyError: 'popitem(): dictionary is empty'")
    self.delete(last[0])
    return PyTuple.fromArray(last)
  },
  setdefault: (self, [key, fallback = null]) => {
    if (!self.has(key)) self.set(key, fallback)
    return self.get(key)
  },
  clear: (self) => {
    self.clear()
    return null
  },
  copy: (self) => PyDict.from(self),
  fromkeys: (_, [keys, value = null]) => PyDict.from(iterate(keys).map((key) => [key, value] as const)),
})

const asSet = (value: unknown) => (value instanceof PySet ? value : new PySet(iterate(value)))

export const setMethods: Readonly<Record<string, Method<PySet>>> = withArity('set', {
  add: (self, [item]) => {
    self.add(item)
    return null
  },
  remove: (self, [item]) => {
    if (!self.delete(item)) throw runtimeError(`KeyError: ${repr(item)}`)
    return null
  },
  discard: (self, [item]) => {
    self.delete(item)
    return null
  },
  pop: (self) => {
    const [first] = self
    if (first === undefined) throw runtimeError("KeyError: 'pop from an empty set'")
    self.delete(first)
    return first
  },
  clear: (self) => {
    self.clear()
    return null
  },
  copy: (self) => new PySet(self),
  update: (self, args) => {
    for (const other of args) for (const item of iterate(other)) self.add(item)
    return null
  },
  union: (self, args) => new PySet([...self, ...args.flatMap((other) => iterate(other))]),
  intersection: (self, args) => new PySet([...self].filter((item) => args.every((other) => asSet(other).has(item)))),
  difference: (self, args) => new PySet([...self].filter((item) => !args.some((other) => asSet(other).has(item)))),
  symmetric_difference: (self, [other]) => {
    const right = asSet(other)
    return new PySet([...[...self].filter((item) => !right.has(item)), ...[...right].filter((item) => !self.has(item))])
  },
  issubset: (self, [other]) => [...self].every((item) => asSet(other).has(item)),
  issuperset: (self, [other]) => [...asSet(other)].every((item) => self.has(item)),
  isdisjoint: (self, [other]) => ![...self].some((item) => asSet(other).has(item)),
})
