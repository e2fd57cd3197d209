import { typeError } from '../../errors.js'
import type { Method } from './method.js'

/**
 * How many arguments a method takes, and how Python words it when they are too many or too few: `fixed` as
 * `list.append() takes exactly one argument (0 given)`, `range` as `replace expected at least 2 arguments, got 1`,
 * `old` as `find() takes at least 1 argument (0 given)`.
 */
type Arity = readonly [style: 'fixed' | 'range' | 'old', min: number, max: number]

const none: Arity = ['fixed', 0, 0]
const one: Arity = ['fixed', 1, 1]
const search: Arity = ['old', 1, 3]
const upTo = (max: number): Arity => ['range', 0, max]
const of = (names: string, arity: Arity) => Object.fromEntries(names.split(' ').map((name) => [name, arity]))

const arities: Readonly<Record<string, Readonly<Record<string, Arity>>>> = {
  str: {
    ...of('upper lower casefold title capitalize swapcase isdigit isdecimal isnumeric isalpha isalnum isspace', none),
    ...of('isupper islower istitle isidentifier isascii isprintable', none),
    ...of('removeprefix removesuffix partition rpartition join zfill format_map translate', one),
    ...of('strip lstrip rstrip', upTo(1)),
    ...of('startswith endswith find rfind index rindex count', search),
    ...of('ljust rjust center', ['range', 1, 2]),
    ...of('split rsplit', ['old', 0, 2]),
    ...of('splitlines expandtabs', ['old', 0, 1]),
    replace: ['range', 2, 3],
  },
  list: {
    ...of('clear copy reverse', none),
    ...of('append extend remove count', one),
    ...of('index', ['range', 1, 3]),
    insert: ['range', 2, 2],
    pop: upTo(1),
  },
  tuple: { count: one, index: ['range', 1, 3] },
  dict: {
    ...of('keys values items clear copy popitem', none),
    ...of('get pop setdefault fromkeys', ['range', 1, 2]),
    update: upTo(1),
  },
  set: {
    ...of('pop clear copy', none),
    ...of('add remove discard symmetric_difference issubset issuperset isdisjoint', one),
  },
}

/** Methods that also take their arguments by name; the others refuse names. */
const named = new Set(['split', 'rsplit', 'splitlines', 'expandtabs', 'format', 'encode', 'sort', 'update'])

/** The methods, with Python's complaints about arguments. */
export function withArity<T>(
  type: string,
  methods: Readonly<Record<string, Method<T>>>,
): Readonly<Record<string, Method<T>>> {
  const checked = Object.entries(methods).map(([name, method]): readonly [string, Method<T>] => {
    const arity = arities[type]?.[name]
    return [
      name,
      (self, args, kwargs) => {
        if (arity && (args.length < arity[1] || args.length > arity[2]))
          throw wrongCount(type, name, arity, args.length)
        if (kwargs !== null && kwargs.size > 0 && !named.has(name))
          throw typeError(`${type}.${name}() takes no keyword arguments`)
        return method(self, args, kwargs)
      },
    ]
  })
  return Object.fromEntries(checked)
}

function wrongCount(type: string, name: string, [style, min, max]: Arity, given: number): Error {
  const plural = (count: number) => `argument${count === 1 ? '' : 's'}`
  if (style === 'fixed')
    return typeError(`${type}.${name}() takes ${max === 0 ? 'no arguments' : 'exactly one argument'} (${given} given)`)
  const bound = given < min ? min : max
  const how = min === max ? '' : given < min ? 'at least ' : 'at most '
  return style === 'range'
    ? typeError(`${name} expected ${how}${bound} ${plural(bound)}, got ${given}`)
    : typeError(`${name}() takes ${how}${bound} ${plural(bound)} (${given} given)`)
}
