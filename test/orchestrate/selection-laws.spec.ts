import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AssetSpec, selectAssets, selectionOf } from '../../src/orchestrate/index.js'
import { assetSpec } from './definitions.js'

const names = [
  'raw/a',
  'raw/b',
  'main/a',
  'main/c d',
  'main/e,f',
  'or',
  'not',
  'and',
  'raw/c++',
  '1+x',
  'raw/*',
  'tag:x',
]
const groups = ['one', 'two']
const tags = ['red', 'green', 'blue']

/** Assets of which each reads some before it. */
const graphs = fc
  .tuple(
    fc.subarray(names, { minLength: 2 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...groups), fc.subarray(tags)), {
      minLength: names.length,
      maxLength: names.length,
    }),
  )
  .map(([keys, traits]) =>
    keys.map((key, i): AssetSpec => {
      const [first, second, group, own] = traits[i] as (typeof traits)[number]
      const deps = i === 0 ? [] : [...new Set([keys[first % i] as string, keys[second % (i + 1)] as string])]
      return assetSpec(key, { deps: deps.filter((dep) => dep !== key), group, tags: own })
    }),
  )

type Term =
  | { readonly of: 'all' }
  | { readonly of: 'group' | 'tag'; readonly value: string }
  | { readonly of: 'key'; readonly place: number }
interface Part {
  readonly mode: 'or' | 'and' | 'not'
  readonly terms: readonly { readonly term: Term; readonly up?: number; readonly down?: number }[]
}

const terms: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ of: fc.constant('all' as const) }),
  fc.record({ of: fc.constant('group' as const), value: fc.constantFrom(...groups) }),
  fc.record({ of: fc.constant('tag' as const), value: fc.constantFrom(...tags) }),
  fc.record({ of: fc.constant('key' as const), place: fc.nat() }),
)
const depth = fc.constantFrom(1, 2, Number.POSITIVE_INFINITY)
const parts: fc.Arbitrary<Part[]> = fc.array(
  fc.record({
    mode: fc.constantFrom('or' as const, 'and' as const, 'not' as const),
    terms: fc.array(fc.record({ term: terms, up: depth, down: depth }, { requiredKeys: ['term'] }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  { minLength: 1, maxLength: 4 },
)

const keyOf = (assets: readonly AssetSpec[], place: number) => (assets[place % assets.length] as AssetSpec).key

function textOf(assets: readonly AssetSpec[], written: readonly Part[]): string {
  const digits = (count: number) => (count === Number.POSITIVE_INFINITY ? '' : String(count))
  const one = ({ term, up, down }: Part['terms'][number]) => {
    const body =
      term.of === 'all' ? '*' : term.of === 'key' ? `"${keyOf(assets, term.place)}"` : `${term.of}:${term.value}`
    return `${up === undefined ? '' : `${digits(up)}+`}${body}${down === undefined ? '' : `+${digits(down)}`}`
  }
  return written.map(({ mode, terms: all }, i) => `${i === 0 ? '' : mode} ${all.map(one).join(',')}`).join(' ')
}

/** The same, without an index, a regular expression or a level. */
function naive(assets: readonly AssetSpec[], written: readonly Part[]): Set<string> {
  const near = (from: Set<string>, isUp: boolean) =>
    new Set([
      ...from,
      ...assets.flatMap(({ key, deps }) =>
        isUp ? (from.has(key) ? deps : []) : deps.some((dep) => from.has(dep)) ? [key] : [],
      ),
    ])
  const far = (from: Set<string>, isUp: boolean, count = 0) => {
    let found = from
    for (let i = 0; i < Math.min(count, assets.length); i++) found = near(found, isUp)
    return found
  }
  const matches = (term: Term, { key, group, tags: own }: AssetSpec) =>
    term.of === 'all' ||
    (term.of === 'key'
      ? key === keyOf(assets, term.place)
      : term.of === 'group'
        ? group === term.value
        : own.includes(term.value))
  const sets = written.map(({ mode, terms: all }) => {
    const bodies = all.map(({ term, up, down }) => {
      const body = new Set(assets.filter((asset) => matches(term, asset)).map(({ key }) => key))
      if (body.size === 0) throw new Error('names nothing')
      return new Set([...far(body, true, up), ...far(body, false, down)])
    })
    return { mode, has: (key: string) => bodies.every((set) => set.has(key)) }
  })
  // What `and` joins is one, and comes first.
  const joined: { mode: Part['mode']; has: (key: string) => boolean }[] = []
  for (const { mode: own, has } of sets) {
    const mode = joined.length === 0 ? 'or' : own
    const last = joined.at(-1)
    if (mode === 'and' && last) joined[joined.length - 1] = { mode: last.mode, has: (key) => last.has(key) && has(key) }
    else joined.push({ mode, has })
  }
  const isChosen = (key: string) =>
    joined.reduce((chosen, { mode, has }) => (mode === 'not' ? chosen && !has(key) : chosen || has(key)), false)
  return new Set(assets.map(({ key }) => key).filter(isChosen))
}

const orNothing = (work: () => ReadonlySet<string>) => {
  try {
    return [...work()].sort()
  } catch {
    return 'names nothing'
  }
}

it('means what it says, word by word', () => {
  fc.assert(
    fc.property(graphs, parts, (assets, written) => {
      const text = textOf(assets, written)
      expect(
        orNothing(() => selectAssets({ assets }, text)),
        text,
      ).toEqual(orNothing(() => naive(assets, written)))
    }),
    { numRuns: 500 },
  )
})

it('some assets, written as a selection, are those assets, whatever they are called', () => {
  fc.assert(
    fc.property(graphs, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (assets, places) => {
      const keys = [...new Set(places.map((place) => keyOf(assets, place)))]
      expect([...selectAssets({ assets }, selectionOf(keys))].sort()).toEqual(keys.sort())
    }),
  )
})

describe('laws', () => {
  const both = fc.tuple(graphs, fc.nat(), fc.nat()).map(([assets, a, b]) => {
    const select = (text: string) => [...selectAssets({ assets }, text)].sort()
    return { select, a: `"${keyOf(assets, a)}"`, b: `"${keyOf(assets, b)}"` }
  })
  it.each([
    ['a a', 'a'],
    ['a,a', 'a'],
    ['a b', 'b a'],
    ['a,b', 'b and a'],
    ['a not b', 'a and not b'],
    ['a not b', '(* not b) and a'],
    ['a b not a', '(a or b) and not a'],
    // De Morgan.
    ['not (a b)', 'not a and not b'],
    ['not (a,b)', 'not a or not b'],
    ['* not a not b', '* and * not b not a'],
    ['* not a,b', '* not b,a'],
    // What is downstream of what is downstream is downstream.
    ['+a', '+a 1+a 2+a'],
    ['a+', 'a a+1 a+2 a+'],
    ['+a+', '+a a+'],
  ])('%s is %s', (left, right) => {
    fc.assert(
      fc.property(both, ({ select, a, b }) => {
        const filled = (text: string) => text.replace(/[ab]/g, (name) => (name === 'a' ? a : b))
        const written = (text: string) =>
          text.replace(/\b(and|or|not)\b|[ab]/g, (word) => (word.length > 1 ? word : filled(word)))
        expect(select(written(left))).toEqual(select(written(right)))
      }),
    )
  })
  it('a without a is nothing, and so is what is not among all', () => {
    fc.assert(
      fc.property(both, ({ select, a }) => {
        expect(select(`${a} not ${a}`)).toEqual([])
        expect(select('* not *')).toEqual([])
      }),
    )
  })
})

it('a text that somebody made to take long is refused or answered at once', () => {
  const assets = Array.from({ length: 200 }, (_, i) => assetSpec(`raw/${'a'.repeat(200)}${i}`))
  const hostile = [
    '*a'.repeat(40),
    '*'.repeat(5_000),
    `${'+'.repeat(20_000)}x`,
    `${'1'.repeat(20_000)}+x`,
    '"'.repeat(20_001),
    'a,'.repeat(5_000),
  ]
  for (const text of hostile) orNothing(() => selectAssets({ assets }, text))
}, 20_000)
