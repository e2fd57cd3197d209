import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../transform/index.js'
import { dbtAssets } from './dbt-assets.js'

const node = (type: string, name: string, schema: string, parents: readonly string[]) => ({
  unique_id: `${type}.shop.${name}`,
  resource_type: type,
  name,
  alias: name,
  schema,
  database: 'shop',
  original_file_path: `${type}s/${name}.sql`,
  fqn: ['shop', name],
  tags: [],
  meta: {},
  columns: {},
  group: null,
  description: '',
  raw_code: '',
  checksum: { name: 'sha256', checksum: name },
  depends_on: { nodes: parents, macros: [] },
  config: { materialized: type === 'model' ? 'table' : type, meta: {}, enabled: true },
})
const source = (name: string, schema: string, identifier: string) => ({
  unique_id: `source.shop.${name}.${identifier}`,
  resource_type: 'source',
  source_name: name,
  name: identifier,
  identifier,
  schema,
  original_file_path: 'models/sources.yml',
  description: '',
  tags: [],
  columns: {},
})

function assetsOf(nodes: readonly { unique_id: string }[], sources: readonly { unique_id: string }[]) {
  const byId = (all: readonly { unique_id: string }[]) => Object.fromEntries(all.map((one) => [one.unique_id, one]))
  const manifest = { nodes: byId(nodes), sources: byId(sources), exposures: {}, unit_tests: {} }
  const paths = { dbtDir: '/shop', projectDir: '/shop' }
  const { assets } = dbtAssets(manifest as unknown as Manifest, paths, new Set(['raw/streamed']))
  return assets.map(({ key, deps, isExecutable }) => ({ key, deps, isExecutable }))
}

describe('sources as assets', () => {
  it('are the seed or the stream that makes their table, and one where two name the same', () => {
    const seed = node('seed', 'orders', 'raw', [])
    const sources = [
      source('files', 'raw', 'orders'),
      source('files', 'raw', 'streamed'),
      source('a', 'raw', 'elsewhere'),
      source('b', 'raw', 'elsewhere'),
    ]
    const model = node('model', 'stg_orders', 'main', ['source.shop.files.orders', 'source.shop.b.elsewhere'])
    expect(assetsOf([seed, model], sources)).toEqual([
      { key: 'raw/orders', deps: [], isExecutable: true },
      { key: 'main/stg_orders', deps: ['raw/orders', 'raw/elsewhere'], isExecutable: true },
      { key: 'raw/elsewhere', deps: [], isExecutable: false },
    ])
  })

  it('make no circle of a model that reads the table of its own name elsewhere', () => {
    const model = node('model', 'orders', 'main', ['source.shop.production.orders'])
    expect(assetsOf([model], [source('production', 'main', 'orders')])).toEqual([
      { key: 'main/orders', deps: [], isExecutable: true },
    ])
  })
})
