import { runtimeError, typeError } from '../../errors.js'
import type { Kwargs } from '../callable.js'
import { pairs } from '../methods/container-methods.js'
import { binary, equals, order } from '../operators.js'
import { repr, str } from '../print.js'
import {
  isIterable,
  isMapping,
  iterate,
  length,
  PySet,
  PyTuple,
  toIndex,
  truthy,
  typeName,
  Undefined,
} from '../values.js'
import { PyView } from '../view.js'
import { type FilterDefinition, filter, scopedFilter } from './registry.js'
import { attributeGetter, mapper, noItem, predicate } from './selectors.js'

const folded = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value)
const caseless = (isSensitive: unknown) => (truthy(isSensitive ?? false) ? (value: unknown) => value : folded)

/** Stable, by several comma-separated attributes: Python orders lists of keys by the first that differs, and a single one always. */
function sorted(
  input: readonly unknown[],
  keys: readonly ((value: unknown) => unknown)[],
  reverse: boolean,
  { isSingle = false }: { readonly isSingle?: boolean } = {},
): unknown[] {
  const rows = input.map((value) => ({ value, keys: keys.map((key) => key(value)) }))
  const compare = (a: (typeof rows)[number], b: (typeof rows)[number]) => {
    for (const [i, key] of a.keys.entries())
      if ((isSingle && key instanceof Undefined) || !equals(key, b.keys[i])) return order(key, b.keys[i])
    return 0
  }
  rows.sort(reverse ? (a, b) => compare(b, a) : compare)
  return rows.map((row) => row.value)
}

/** What Jinja computes while it is asked for. Here all of it is there; it only is something in conditions, as there. */
const lazy = (items: readonly unknown[]) => PyView.make('generator', items)

function unique(values: readonly unknown[], key: (value: unknown) => unknown): unknown[] {
  const seen = new PySet()
  return values.filter((value) => {
    const k = key(value)
    if (seen.has(k)) return false
    seen.add(k)
    return true
  })
}

/** How a filter's `attribute=` argument reads an element; without one, the element itself. */
const by = (path: unknown, scope: Parameters<FilterDefinition['run']>[0]) =>
  path == null ? (value: unknown) => value : attributeGetter(path, scope.undefinedKind)

function extreme(direction: 1 | -1, name: string): FilterDefinition {
  return scopedFilter(
    ['case_sensitive?', 'attribute?'],
    (scope, input: unknown, caseSensitive: unknown, attribute: unknown) => {
      const values = iterate(input)
      if (values.length === 0) return noItem(scope.undefinedKind, 'No aggregated item, sequence was empty.')
      const get = by(attribute, scope)
      const fold = caseless(caseSensitive)
      const key = (value: unknown) => fold(get(value))
      return values.reduce((best, value) => (order(key(value), key(best), name) * direction > 0 ? value : best))
    },
  )
}

function inOrder(input: unknown): readonly unknown[] {
  if (!isIterable(input)) throw typeError(`'${typeName(input)}' object is not reversible`)
  return iterate(input)
}

function reversible(input: unknown): readonly unknown[] {
  if (!isIterable(input)) throw runtimeError('FilterArgumentError: argument must be iterable')
  return iterate(input)
}

function mappingPairs(input: unknown, complaint: string): [unknown, unknown][] {
  if (input instanceof Undefined) input.fail()
  if (!isMapping(input)) throw typeError(complaint)
  return pairs(input)
}

/** `map`, `select` and `reject` take whatever is false for an empty list, None too. */
const itemsOf = (input: unknown) => (truthy(input) ? iterate(input) : [])

export const sequenceFilters: Readonly<Record<string, FilterDefinition>> = {
  length: filter([], (input: unknown) => length(input)),
  count: filter([], (input: unknown) => length(input)),
  list: filter([], (input: unknown) => [...iterate(input)]),
  first: scopedFilter(
    [],
    (scope, input: unknown) =>
      iterate(input)[0] ??
      (length(input) > 0 ? null : noItem(scope.undefinedKind, 'No first item, sequence was empty.')),
  ),
  last: scopedFilter(
    [],
    (scope, input: unknown) =>
      inOrder(input).at(-1) ??
      (length(input) > 0 ? null : noItem(scope.undefinedKind, 'No last item, sequence was empty.')),
  ),
  random: scopedFilter([], (scope, input: unknown) => {
    const values = iterate(input)
    return values.length === 0
      ? noItem(scope.undefinedKind, 'No random item, sequence was empty.')
      : values[Math.floor(Math.random() * values.length)]
  }),
  reverse: filter([], (input: unknown) =>
    typeof input === 'string' ? [...input].reverse().join('') : [...reversible(input)].reverse(),
  ),
  join: scopedFilter(['d?', 'attribute?'], (scope, input: unknown, separator: unknown = '', attribute: unknown) =>
    iterate(input).map(by(attribute, scope)).map(str).join(str(separator)),
  ),
  sort: scopedFilter(
    ['reverse?', 'case_sensitive?', 'attribute?'],
    (scope, input: unknown, reverse: unknown, caseSensitive: unknown, attribute: unknown) => {
      const fold = caseless(caseSensitive)
      const paths = typeof attribute === 'string' ? attribute.split(',') : [attribute]
      const keys = paths.map((path) => (value: unknown) => fold(by(path, scope)(value)))
      return sorted(iterate(input), keys, truthy(reverse ?? false))
    },
  ),
  dictsort: filter(
    ['case_sensitive?', 'by?', 'reverse?'],
    (input: unknown, caseSensitive: unknown, column: unknown = 'key', reverse: unknown) => {
      if (column !== 'key' && column !== 'value') throw runtimeError('You can only sort by either "key" or "value"')
      const fold = caseless(caseSensitive)
      const at = column === 'key' ? 0 : 1
      return sorted(
        mappingPairs(input, `'${typeName(input)}' object has no attribute 'items'`).map((pair) =>
          PyTuple.fromArray(pair),
        ),
        [(pair) => fold((pair as unknown[])[at])],
        truthy(reverse ?? false),
      )
    },
  ),
  items: filter([], (input: unknown) =>
    lazy(
      input instanceof Undefined
        ? []
        : mappingPairs(input, 'Can only get item pairs from a mapping.').map((pair) => PyTuple.fromArray(pair)),
    ),
  ),
  unique: scopedFilter(
    ['case_sensitive?', 'attribute?'],
    (scope, input: unknown, caseSensitive: unknown, attribute: unknown) => {
      const fold = caseless(caseSensitive)
      const get = by(attribute, scope)
      return lazy(unique(iterate(input), (value) => fold(get(value))))
    },
  ),
  min: extreme(-1, '<'),
  max: extreme(1, '>'),
  sum: scopedFilter(['attribute?', 'start?'], (scope, input: unknown, attribute: unknown, start: unknown = 0) =>
    iterate(input)
      .map(by(attribute, scope))
      .reduce((total, value) => binary('+', total, value), start),
  ),
  batch: filter(['linecount', 'fill_with?'], (input: unknown, count: unknown, fill: unknown) => {
    const size = toIndex(count)
    const rows: unknown[][] = []
    let row: unknown[] = []
    // As Jinja does it, a size that is none fills the last row.
    for (const value of iterate(input)) {
      if (row.length === size) {
        rows.push(row)
        row = []
      }
      row.push(value)
    }
    if (row.length === 0) return lazy(rows)
    if (fill != null) while (row.length < size) row.push(fill)
    return lazy([...rows, row])
  }),
  slice: filter(['slices', 'fill_with?'], (input: unknown, slices: unknown, fill: unknown) => {
    const count = toIndex(slices)
    if (count === 0) throw runtimeError('ZeroDivisionError: integer division or modulo by zero')
    const values = iterate(input)
    const size = Math.floor(values.length / count)
    const longer = values.length % count
    let offset = 0
    const found = Array.from({ length: Math.max(0, count) }, (_, i) => {
      const start = offset + i * size
      if (i < longer) offset++
      const row = values.slice(start, offset + (i + 1) * size)
      return fill != null && i >= longer ? [...row, fill] : row
    })
    return lazy(found)
  }),
  groupby: scopedFilter(
    ['attribute', 'default?', 'case_sensitive?'],
    (scope, input: unknown, attribute: unknown, fallback: unknown, caseSensitive: unknown) => {
      const get = attributeGetter(attribute, scope.undefinedKind, fallback)
      const fold = caseless(caseSensitive)
      const groups: { key: unknown; shown: unknown; list: unknown[] }[] = []
      for (const value of sorted(iterate(input), [(one) => fold(get(one))], false, { isSingle: true })) {
        const key = fold(get(value))
        const last = groups.at(-1)
        if (last && equals(last.key, key)) last.list.push(value)
        else groups.push({ key, shown: get(value), list: [value] })
      }
      return groups.map(({ shown, list }) => new Group(shown, list))
    },
  ),
  map: scopedFilter(['*args', '**kwargs'], (scope, input: unknown, args: unknown[], kwargs: Kwargs) =>
    lazy(itemsOf(input).map(mapper(scope, args, kwargs))),
  ),
  select: scopedFilter(['*args', '**kwargs'], (scope, input: unknown, args: unknown[], kwargs: Kwargs) =>
    lazy(itemsOf(input).filter(predicate(scope, args, kwargs, false))),
  ),
  selectattr: scopedFilter(['*args', '**kwargs'], (scope, input: unknown, args: unknown[], kwargs: Kwargs) =>
    lazy(itemsOf(input).filter(predicate(scope, args, kwargs, true))),
  ),
  reject: scopedFilter(['*args', '**kwargs'], (scope, input: unknown, args: unknown[], kwargs: Kwargs) => {
    const keeps = predicate(scope, args, kwargs, false)
    return lazy(itemsOf(input).filter((value) => !keeps(value)))
  }),
  rejectattr: scopedFilter(['*args', '**kwargs'], (scope, input: unknown, args: unknown[], kwargs: Kwargs) => {
    const keeps = predicate(scope, args, kwargs, true)
    return lazy(itemsOf(input).filter((value) => !keeps(value)))
  }),
}

/** `(grouper, list)`, as a tuple with names. */
class Group extends PyTuple {
  constructor(grouper: unknown, list: unknown[]) {
    super()
    Array.prototype.push.call(this, grouper, list)
  }
  jinjaAttribute(name: string): unknown {
    return name === 'grouper' ? this[0] : name === 'list' ? this[1] : undefined
  }
  pythonRepr(): string {
    return `(${repr(this[0])}, ${repr(this[1])})`
  }
}
