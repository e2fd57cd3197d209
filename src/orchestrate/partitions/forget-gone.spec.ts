import { expect, it } from 'vitest'
import type { AssetSpec } from '../contract/index.js'
import { forgetGonePartitions } from './forget-gone.js'

const asset = (key: string, partitions?: AssetSpec['partitions']) => ({ key, partitions }) as AssetSpec

it('what checks found of partitions that are gone is forgotten, and nothing else', async () => {
  const forgotten: unknown[] = []
  const store = {
    badPartitions: async () => [
      { asset: 'customers', keys: ['acme', 'gone'] },
      { asset: 'days', keys: ['2024-01-01', '2024-01-05'] },
      { asset: 'whole', keys: ['once'] },
      { asset: 'elsewhere', keys: ['x'] },
    ],
    dynamicPartitions: async () => new Map([['customers', ['acme', 'other']]]),
    forgetBadPartitions: async (key: string, keys: readonly string[]) => void forgotten.push([key, ...keys]),
  }
  const assets = [
    asset('customers', { type: 'dynamic', name: 'customers' }),
    asset('days', {
      type: 'time',
      cron: '0 0 * * *',
      timezone: 'UTC',
      start: '2024-01-03',
      format: '%Y-%m-%d',
      endOffset: 0,
    }),
    asset('whole'),
  ]
  await forgetGonePartitions(store, { assets }, new Date('2024-02-01T00:00:00Z'))
  expect(forgotten).toEqual([
    ['customers', 'gone'],
    ['days', '2024-01-01'],
    ['whole', 'once'],
  ])
})
