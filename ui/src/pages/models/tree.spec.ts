import { describe, expect, it } from 'vitest'
import type { ModelEntryView } from '../../../../src/server/contract/index.js'
import { firstOpen, folderPaths, matchingModels, modelsCalled, modelTree, type TreeNode, visibleRows } from './tree.js'

const model = (name: string, path: string, more: Partial<ModelEntryView> = {}): ModelEntryView => ({
  id: `model.shop.${name}`,
  name,
  type: 'model',
  package: 'shop',
  path,
  database: 'db',
  schema: 'main',
  relation: name,
  ...more,
})
const models = [
  model('stg', 'models/staging/stg.sql', { about: 'Orders as they came in.' }),
  model('mart', 'models/marts/mart.sql', { tags: ['money'], schema: 'marts' }),
  model('dim', 'models/marts/dim.sql', { version: '2' }),
  model('cents', 'macros/cents.sql', { type: 'macro', id: 'macro.shop.cents', schema: undefined, relation: undefined }),
  model('raw.orders', 'models/schema.yml', {
    type: 'source',
    id: 'source.shop.raw.orders',
    schema: 'raw',
    relation: 'orders',
  }),
]
const shown = (nodes: readonly TreeNode[]): unknown =>
  nodes.map(({ label, children, entry }) => (entry ? label : { [label]: shown(children) }))

describe('the tree of models', () => {
  it('stands by folder, sources beside them', () =>
    expect(shown(modelTree(models, 'folder'))).toEqual([
      {
        shop: [
          { macros: ['cents'] },
          { models: [{ marts: ['dim v2', 'mart'] }, { staging: ['stg'] }] },
          { Sources: ['raw.orders'] },
        ],
      },
    ]))
  it('stands by database, with what is there', () =>
    expect(shown(modelTree(models, 'database'))).toEqual([
      { db: [{ main: ['dim v2', 'stg'] }, { marts: ['mart'] }, { raw: ['raw.orders'] }] },
    ]))
  it.each([
    ['ORDERS', ['stg', 'raw.orders']],
    ['money mart', ['mart']],
    ['', ['stg', 'mart', 'dim', 'cents', 'raw.orders']],
  ])('finds %j', (q, names) => expect(matchingModels(models, q).map(({ name }) => name)).toEqual(names))
  it('shows what is open, and everything while one searches', () => {
    const tree = modelTree(models, 'folder')
    const labels = (open: string[], isAllOpen = false) =>
      visibleRows(tree, new Set(open), isAllOpen).map(({ node, depth }) => `${depth} ${node.label}`)
    expect(labels([])).toEqual(['0 shop'])
    expect(labels(['/shop'])).toEqual(['0 shop', '1 macros', '1 models', '1 Sources'])
    expect(labels([], true)).toHaveLength(11)
  })
  it('knows the way to a resource', () =>
    expect(folderPaths(modelTree(models, 'folder'), 'model.shop.mart')).toEqual([
      '/shop',
      '/shop/models',
      '/shop/models/marts',
    ]))
  it('opens the models of the largest package at first', () => {
    const other = { ...models[0], id: 'macro.utils.x', name: 'x', package: 'utils' } as (typeof models)[number]
    expect(firstOpen(modelTree([other, ...models], 'folder'))).toEqual(['/shop', '/shop/models'])
  })
})

it.each([
  ['mart', ['model.shop.mart']],
  ['MART', ['model.shop.mart']],
  ['raw.orders', ['source.shop.raw.orders']],
  ['cents', ['macro.shop.cents', 'model.shop.cents']],
  ['nobody', []],
  ['model.shop.mart', []],
])('by the name %s are meant %j', (text, ids) => {
  const all = [...models, model('cents', 'models/cents.sql')]
  expect(modelsCalled(all, text).map(({ id }) => id)).toEqual(ids)
})
