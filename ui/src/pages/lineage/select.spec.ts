import { describe, expect, it } from 'vitest'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { needsServer, select, shownNames } from './select.js'

const asset = (key: string, deps: string[], more: Partial<AssetSummary> = {}): AssetSummary => ({
  key,
  deps,
  kinds: ['model', 'dbt', 'table'],
  group: 'marts',
  description: '',
  tags: [],
  owners: [],
  isExecutable: true,
  health: 'fresh',
  checks: { passed: 0, warned: 0, failed: 0, unknown: 0 },
  ...more,
})
const assets = [
  asset('raw/orders', [], { kinds: ['stream', 'file'], group: 'shop', health: 'stale' }),
  asset('main/stg_orders', ['raw/orders'], { group: 'staging', tags: ['daily'] }),
  asset('main/revenue', ['main/stg_orders'], { owners: ['ann'], tags: ['daily'] }),
  asset('reports/revenue_mail', ['main/revenue'], { kinds: ['typescript'], group: 'reports', health: 'failed' }),
]
const keys = (filter: string) => [...select(assets, filter).keys]
const all = assets.map((one) => one.key)

describe('a filter of the lineage', () => {
  it.each([
    ['', all],
    ['*', all],
    ['main/revenue', ['main/revenue']],
    ['revenue', ['main/revenue']],
    ['REVEN', ['main/revenue', 'reports/revenue_mail']],
    ['main/*', ['main/stg_orders', 'main/revenue']],
    ['+revenue', ['main/revenue', 'main/stg_orders', 'raw/orders']],
    ['1+revenue', ['main/revenue', 'main/stg_orders']],
    ['stg_orders+1', ['main/stg_orders', 'main/revenue']],
    ['stg_orders+', ['main/stg_orders', 'main/revenue', 'reports/revenue_mail']],
    ['1+revenue+1', ['main/revenue', 'main/stg_orders', 'reports/revenue_mail']],
    ['group:shop kind:typescript', ['raw/orders', 'reports/revenue_mail']],
    ['tag:daily,owner:ann', ['main/revenue']],
    ['tag:daily and owner:ann', ['main/revenue']],
    ['* not tag:daily', ['raw/orders', 'reports/revenue_mail']],
    ['not tag:daily', ['raw/orders', 'reports/revenue_mail']],
    ['tag:daily and not owner:ann', ['main/stg_orders']],
    ['raw/orders or tag:daily and owner:ann', ['raw/orders', 'main/revenue']],
    ['tag:daily OR group:shop NOT owner:ann', ['main/stg_orders', 'raw/orders']],
    ['status:failed', ['reports/revenue_mail']],
    ['nothing-like-it', []],
  ])('%s', (filter, expected) => expect(keys(filter).sort()).toEqual([...expected].sort()))

  it.each([
    'group:"Sales EU, west"',
    '"eu/odd name"',
    '1+"eu/odd name" not raw/orders',
    'group:"Sales EU, west",status:fresh',
    '"odd na',
  ])('%s names what has blanks and commas', (filter) => {
    const odd = asset('eu/odd name', ['raw/orders'], { group: 'Sales EU, west' })
    expect([...select([...assets, odd], filter).keys]).toEqual(['eu/odd name'])
  })

  it.each([
    ['tag:daily,owner:ann +revenue', false],
    ['(tag:daily or group:shop) and owner:ann', true],
    ['roots(*)', true],
    ['"main/odd name"', false],
    ['group:"Sales (EU)"', false],
    ['dbt:"tag:x y"', true],
    ['fqn:staging', true],
    ['tag:daily,config.materialized:view', true],
    ['2+path:models/x', true],
    ['status:failed', false],
    ['* not status:fresh', false],
  ])('%s: only the server knows it: %s', (filter, expected) => expect(needsServer(filter)).toBe(expected))

  it('knows whether a run would understand the same words', () => {
    expect(select(assets, '+revenue tag:daily').isSelection).toBe(true)
    expect(select(assets, 'status:failed').isSelection).toBe(false)
    expect(select(assets, 'REVEN').isSelection).toBe(false)
  })
})

it('names are short where that tells them apart', () => {
  const nameOf = shownNames(['raw/orders', 'main/orders', 'main/revenue'])
  expect(['raw/orders', 'main/orders', 'main/revenue'].map(nameOf)).toEqual(['raw/orders', 'main/orders', 'revenue'])
})
