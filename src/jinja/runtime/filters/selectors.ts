import { runtimeError, typeError } from '../../errors.js'
import { item } from '../attributes.js'
import type { Kwargs } from '../callable.js'
import { makeUndefined, truthy, Undefined, type UndefinedKind } from '../values.js'
import type { FilterScope } from './registry.js'

/** `attribute='a.b.0'`: a path through attributes and items; a number is an index. */
export function attributeGetter(path: unknown, kind: UndefinedKind, fallback?: unknown): (value: unknown) => unknown {
  const steps =
    typeof path === 'string' ? path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)) : [path]
  return (value) => {
    let found = value
    for (const step of steps) {
      found = item(found, step, kind)
      if (found instanceof Undefined && fallback !== undefined) return fallback
    }
    return found
  }
}

/** What `map` applies to each element: `map('upper')`, `map(attribute='name', default='?')`. */
export function mapper(scope: FilterScope, args: readonly unknown[], kwargs: Kwargs): (value: unknown) => unknown {
  if (args.length === 0 && kwargs.entries.has('attribute')) {
    for (const name of kwargs.entries.keys())
      if (name !== 'attribute' && name !== 'default')
        throw runtimeError(`FilterArgumentError: Unexpected keyword argument '${name}'`)
    return attributeGetter(kwargs.entries.get('attribute'), scope.undefinedKind, kwargs.entries.get('default'))
  }
  const [name, ...rest] = args
  if (typeof name !== 'string') throw typeError('map requires a filter argument')
  return (value) => scope.filter(name, value, rest, kwargs)
}

/** What `select`, `reject` and their `attr` forms keep. */
export function predicate(
  scope: FilterScope,
  args: readonly unknown[],
  kwargs: Kwargs,
  byAttribute: boolean,
): (value: unknown) => boolean {
  const values = [...args]
  if (byAttribute && values.length === 0)
    throw runtimeError('FilterArgumentError: Missing parameter for attribute name')
  const get = byAttribute ? attributeGetter(values.shift(), scope.undefinedKind) : (value: unknown) => value
  const [name, ...rest] = values
  if (name === undefined) return (value) => truthy(get(value))
  return (value) => scope.test(String(name), get(value), rest, kwargs)
}

export const noItem = (kind: UndefinedKind, what: string) => makeUndefined(kind, undefined, what)
