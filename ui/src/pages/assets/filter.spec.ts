import { describe, expect, it } from 'vitest'
import { type AssetFilter, choices, matching } from './filter.js'

const asset = (
  key: string,
  kinds: string[],
  group: string,
  health: 'fresh' | 'failed',
  words = '',
  tags: string[] = [],
) => ({ key, kinds, group, health, description: words, tags })
const assets = [
  asset('raw/orders', ['stream', 'file'], 'shop', 'fresh'),
  asset('main/stg_orders', ['model', 'view'], 'staging', 'failed', 'Orders as they came in.'),
  asset('main/revenue', ['model', 'table'], 'marts', 'fresh', 'What came in.', ['Money']),
]
const keys = (filter: AssetFilter) => matching(assets, filter).map((one) => one.key)

describe('the filter of the list of assets', () => {
  it.each<[AssetFilter, string[]]>([
    [{}, ['raw/orders', 'main/stg_orders', 'main/revenue']],
    [{ q: ' ORDERS main ' }, ['main/stg_orders']],
    [{ q: 'money' }, ['main/revenue']],
    [{ q: 'came in' }, ['main/stg_orders', 'main/revenue']],
    [{ kind: 'model', status: 'fresh' }, ['main/revenue']],
    [{ group: 'shop' }, ['raw/orders']],
    [{ q: 'orders', group: 'marts' }, []],
  ])('%j', (filter, found) => expect(keys(filter)).toEqual(found))

  it('offers each kind, group and status once', () =>
    expect(choices(assets)).toEqual({
      kinds: ['file', 'model', 'stream', 'table', 'view'],
      groups: ['marts', 'shop', 'staging'],
      statuses: ['failed', 'fresh'],
    }))
})
