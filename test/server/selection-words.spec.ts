import { describe, expect, it } from 'vitest'
import { type AssetSpec, selectionOf as runSelectionOf, selectAssets } from '../../src/orchestrate/index.js'
import { selectionOf, selectionWord } from '../../src/server/contract/selection.js'

const names = [
  'raw/orders',
  'raw/orders of today',
  'a,b',
  'f(1)',
  'or',
  'not',
  'x+',
  '1+x',
  'group:x',
  'path:x',
  'tag:daily,b',
  'x/*',
  'größe',
  'a.b-c$d',
]
const asset = (key: string, deps: string[] = []) =>
  ({ key, deps, group: `Sales ${key}`, tags: [], kinds: [], owners: [] }) as unknown as AssetSpec

describe('a word that the page makes of a name', () => {
  const assets = [...names.map((name) => asset(name)), asset('last', names)]
  const found = (selection: string) => [...selectAssets({ assets }, selection)]
  it.each(names)('%s is read by runs as this asset and no other', (name) => {
    expect(found(selectionWord(name))).toEqual([name])
    expect(found(`${selectionWord(name)}+`).sort()).toEqual([name, 'last'].sort())
    expect(found(`1+${selectionWord(name)}`)).toEqual([name])
  })
  it.each(names.filter((name) => !name.includes('*')))('group %s is read as this group', (name) => {
    expect(found(`group:${selectionWord(`Sales ${name}`)}`)).toEqual([name])
  })
  it('is the one that the server makes', () => {
    expect(selectionOf(names)).toBe(runSelectionOf(names))
    expect(found(selectionOf(names)).sort()).toEqual([...names].sort())
  })
})
