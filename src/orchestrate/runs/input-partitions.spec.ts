import { expect, it } from 'vitest'
import { mapping, partitions } from '../authoring/partitions.js'
import type { AssetSpec } from '../contract/index.js'
import { inputPartitions } from './input-partitions.js'

const daily = partitions.daily({ start: '2024-01-01' })
const weekly = partitions.weekly({ start: '2024-01-01', weekday: 1 })
const asset = (key: string, changes: Partial<AssetSpec> = {}) => ({ key, ...changes }) as AssetSpec
const moment = { now: new Date('2024-01-15T12:00Z'), dynamicKeys: new Map([['customers', ['acme', 'b']]]) }

it('the values that an asset reads are those of the partitions that it depends on', () => {
  const assets = [
    asset('day', { partitions: daily }),
    asset('week', { partitions: weekly, inputs: { days: { asset: 'day' } } }),
    asset('trend', {
      partitions: daily,
      inputs: {
        today: { asset: 'day' },
        two: { asset: 'day', mapping: mapping.timeWindow({ startOffset: -1 }) },
      },
    }),
    asset('customer', { partitions: partitions.dynamic('customers') }),
    asset('plain'),
    asset('whole', {
      inputs: {
        customers: { asset: 'customer' },
        plain: { asset: 'plain' },
        last: { asset: 'day', mapping: mapping.last() },
      },
    }),
  ]
  const of = (key: string, partition?: string) => inputPartitions({ assets }, key, partition, moment)
  expect(of('week', '2024-01-08').days).toEqual(
    ['08', '09', '10', '11', '12', '13', '14'].map((day) => `2024-01-${day}`),
  )
  expect(of('trend', '2024-01-02')).toEqual({
    today: ['2024-01-02'],
    two: ['2024-01-01', '2024-01-02'],
  })
  expect(of('trend', '2024-01-01')).toEqual({ today: ['2024-01-01'], two: ['2024-01-01'] })
  expect(of('trend', 'nonsense')).toEqual({ today: [], two: [] })
  expect(of('whole')).toEqual({ customers: ['acme', 'b'], last: ['2024-01-14'] })
  expect(of('plain')).toEqual({})
})
