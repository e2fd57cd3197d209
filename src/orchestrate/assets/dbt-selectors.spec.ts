import { describe, expect, it } from 'vitest'
import type { AssetSpec } from '../contract/index.js'
import { dbtSelectorsOf } from './dbt-selectors.js'
import { selectAssets, withoutDbt } from './select-assets.js'

const asset = (key: string, deps: string[] = []) =>
  ({ key, deps, group: 'g', tags: ['t'], kinds: [], owners: [] }) as unknown as AssetSpec
const assets = [asset('main/a'), asset('main/b', ['main/a']), asset('path:odd', ['main/b'])]

describe('selectors of dbt in a selection', () => {
  it('are those of its methods, wherever they stand; what every asset has is not asked of dbt', () => {
    expect(
      dbtSelectorsOf('2+path:models/marts+1, (tag:t or not dbt:"@a,tag:x b") roots(config.meta.x:1) key:a'),
    ).toEqual(expect.arrayContaining(['path:models/marts', '@a,tag:x b', 'config.meta.x:1']))
    expect(dbtSelectorsOf('tag:t group:g kind:x "path:odd" *')).toEqual([])
  })

  it('say that a quote is not closed', () => {
    expect(() => dbtSelectorsOf('raw/a dbt:"tag:x +b')).toThrow('the quote at character 11 is never closed')
  })

  it('mean what dbt said, with what is around them', () => {
    const asked = { assets, dbtSelections: { 'path:models': ['main/a', 'main/gone'], 'state:new': [] } }
    expect([...selectAssets(asked, 'path:models+1')]).toEqual(['main/a', 'main/b'])
    expect([...selectAssets(asked, 'path:odd')]).toEqual(['path:odd'])
    expect(() => selectAssets(asked, 'state:new')).toThrow('No asset matches `state:new`')
    expect(() => selectAssets({ assets }, 'path:models')).toThrow('only dbt can say')
    expect([withoutDbt(asked, 'path:models+'), withoutDbt(asked, 'tag:t')]).toEqual([
      'main/a main/b "path:odd"',
      'tag:t',
    ])
  })
})
