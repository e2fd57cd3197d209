import {
  binary,
  call,
  defineFunction,
  iterate,
  type Kwargs,
  PyTuple,
  runtimeError,
  toNumber,
  truthy,
  typeError,
} from '../../jinja/index.js'

/** `count()`, `cycle()` and `repeat(x)`: what has no end can only be asked for a part. */
class Endless {
  readonly pythonType: string
  readonly #at: (index: number) => unknown
  constructor(name: string, at: (index: number) => unknown) {
    this.pythonType = `itertools.${name}`
    this.#at = at
  }
  take(count: number): unknown[] {
    return Array.from({ length: count }, (_, i) => this.#at(i))
  }
  jinjaAttribute(): undefined {
    return undefined
  }
  [Symbol.iterator](): Iterator<unknown> {
    throw runtimeError(`${this.pythonType} has no end: take a part of it with islice().`)
  }
}

const tuples = (rows: readonly (readonly unknown[])[]) => rows.map((row) => PyTuple.fromArray(row))

function product(lists: readonly unknown[], kwargs: Kwargs): unknown[] {
  const once = lists.map((list) => iterate(list))
  const times = toNumber(kwargs.entries.get('repeat') ?? 1)
  const all = Array.from({ length: times }, () => once).flat()
  return tuples(
    all.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]),
  )
}

/** Picks of `size` items in order; `next` says where the pick behind the one at `i` may begin. */
function picks(list: readonly unknown[], size: number, next: (i: number) => number, from = 0): unknown[][] {
  if (size === 0) return [[]]
  return list.flatMap((item, i) =>
    i < from ? [] : picks(list, size - 1, next, next(i)).map((rest) => [item, ...rest]),
  )
}

function permutations(list: readonly unknown[], size: number): unknown[][] {
  if (size === 0) return [[]]
  return list.flatMap((item, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)], size - 1).map((rest) => [item, ...rest]),
  )
}

function zipLongest(lists: readonly unknown[], kwargs: Kwargs): unknown[] {
  const rows = lists.map((list) => iterate(list))
  const fill = kwargs.entries.get('fillvalue') ?? null
  const longest = Math.max(0, ...rows.map((row) => row.length))
  return tuples(Array.from({ length: longest }, (_, i) => rows.map((row) => (i < row.length ? row[i] : fill))))
}

function slice(list: unknown, bounds: readonly unknown[]): unknown[] {
  const [a, b, c] = bounds
  const [start, stop, step] = bounds.length === 1 ? [0, a, 1] : [a ?? 0, b, c ?? 1]
  const end = stop === null ? undefined : toNumber(stop)
  if (list instanceof Endless && end === undefined) return [...list]
  const items = list instanceof Endless ? list.take(end as number) : iterate(list).slice(0, end)
  return items.slice(toNumber(start)).filter((_, i) => i % toNumber(step) === 0)
}

function accumulate(list: unknown, combine: unknown, initial: unknown): unknown[] {
  const items = initial == null ? [...iterate(list)] : [initial, ...iterate(list)]
  const totals: unknown[] = []
  for (const [i, item] of items.entries())
    totals.push(
      i === 0
        ? item
        : combine == null
          ? binary('+', totals[i - 1], item)
          : call(combine, [totals[i - 1], item], null, 'func'),
    )
  return totals
}

/** A function whose last argument Python misses in words of its own. */
const sized = (name: string, run: (list: readonly unknown[], size: number) => readonly unknown[][]) =>
  defineFunction(name, ['iterable', 'r?'], (list: unknown, size: unknown) => {
    if (size === undefined) throw typeError(`${name}() missing required argument 'r' (pos 2)`)
    return tuples(run(iterate(list), toNumber(size)))
  })

/** `modules.itertools`, with the functions that dbt gives templates. Lists stand for iterators. */
export const itertoolsModule: Readonly<Record<string, unknown>> = {
  chain: defineFunction('chain', ['*iterables'], (lists: unknown[]) => lists.flatMap((list) => iterate(list))),
  product: defineFunction('product', ['*iterables', '**kwargs'], product),
  combinations: sized('combinations', (list, size) => picks(list, size, (i) => i + 1)),
  combinations_with_replacement: sized('combinations_with_replacement', (list, size) => picks(list, size, (i) => i)),
  permutations: defineFunction('permutations', ['iterable', 'r?'], (list: unknown, size: unknown) =>
    tuples(permutations(iterate(list), size == null ? iterate(list).length : toNumber(size))),
  ),
  zip_longest: defineFunction('zip_longest', ['*iterables', '**kwargs'], zipLongest),
  islice: defineFunction('islice', ['iterable', '*bounds'], slice),
  count: defineFunction(
    'count',
    ['start?', 'step?'],
    (start: unknown = 0, step: unknown = 1) => new Endless('count', (i) => binary('+', start, binary('*', i, step))),
  ),
  cycle: defineFunction('cycle', ['iterable'], (list: unknown) => {
    const items = iterate(list)
    return items.length === 0 ? [] : new Endless('cycle', (i) => items[i % items.length])
  }),
  repeat: defineFunction('repeat', ['object', 'times?'], (value: unknown, times: unknown) =>
    times === undefined
      ? new Endless('repeat', () => value)
      : Array.from({ length: Math.max(0, toNumber(times)) }, () => value),
  ),
  accumulate: defineFunction('accumulate', ['iterable', 'func?', 'initial?'], accumulate),
  compress: defineFunction('compress', ['data', 'selectors'], (data: unknown, selectors: unknown) => {
    const wanted = iterate(selectors)
    return iterate(data).filter((_, i) => truthy(wanted[i]))
  }),
  starmap: defineFunction('starmap', ['function', 'iterable'], (run: unknown, list: unknown) =>
    iterate(list).map((args) => call(run, iterate(args), null, 'function')),
  ),
  tee: defineFunction('tee', ['iterable', 'n?'], (list: unknown, count: unknown = 2) =>
    PyTuple.fromArray(Array.from({ length: toNumber(count) }, () => [...iterate(list)])),
  ),
}
