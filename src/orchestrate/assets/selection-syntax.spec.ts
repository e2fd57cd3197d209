import { describe, expect, it } from 'vitest'
import type { AssetSpec } from '../contract/index.js'
import { selectAssets } from './select-assets.js'

const asset = (key: string, deps: string[] = [], group = 'g') =>
  ({ key, deps, group, tags: [], kinds: [], owners: [] }) as unknown as AssetSpec

/** a → b → c → d, and e beside them. */
const assets = [
  asset('a'),
  asset('b', ['a']),
  asset('c', ['b'], 'h'),
  asset('d', ['c'], 'h'),
  asset('e'),
  asset('f(1)'),
]
const selected = (text: string) => [...selectAssets({ assets }, text)].sort().join(' ')

describe('selections', () => {
  it.each([
    ['a or b and b', 'a b'],
    ['a b not b', 'a'],
    ['a b c not b,c', 'a b c'],
    ['a b c not (b c)', 'a'],
    ['(a or b) and b', 'b'],
    ['not group:h', 'a b e f(1)'],
    ['not (a or b) and not e', 'c d f(1)'],
    ['NOT group:h AND a+', 'a b'],
    ['a or not group:g', 'a c d'],
    ['not not a', 'a'],
    ['+(b or e)', 'a b e'],
    ['1+(c)+', 'b c d'],
    ['(b)+1', 'b c'],
    ['(b),c', ''],
    ['roots(group:h)', 'c'],
    ['sinks(group:h)', 'd'],
    ['roots(*)', 'a e f(1)'],
    ['+roots(group:h)', 'a b c'],
    ['f(1)', 'f(1)'],
    ['(f(1) a)', 'a f(1)'],
    ['"f(1)"+', 'f(1)'],
  ])('%s', (text, found) => {
    expect(selected(text)).toBe(found)
  })

  it.each([
    ['', 'The selection is empty'],
    ['a and', 'something is missing at its end'],
    ['and a', 'something is missing before the `and` at character 1'],
    ['a,', 'something is missing at its end'],
    ['(a', 'the `(` at character 1 is never closed'],
    ['a) b', 'nothing opens the `)` at character 2'],
    ['()', 'something is missing before the `)` at character 2'],
    ['('.repeat(1_000_000), 'more than 200 parentheses are open'],
    ['a or (b and x)', 'No asset matches `x`'],
  ])('refuses %.20s', (text, why) => {
    expect(() => selected(text)).toThrow(why)
  })

  it('reads ten thousand names', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => asset(`m${i}`))
    expect(selectAssets({ assets: many }, many.map(({ key }) => key).join(' ')).size).toBe(10_000)
    expect(
      selectAssets(
        { assets: many },
        many
          .map(({ key }) => `${key} not`)
          .join(' ')
          .replace(/ not$/, ''),
      ).size,
    ).toBe(1)
  })
})
