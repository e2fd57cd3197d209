import { expect, it } from 'vitest'
import type { AssetSpec, AssetState } from '../contract/index.js'
import { PartitionCounter } from './partition-counts.js'

const asset = (key: string, partitions: AssetSpec['partitions']) =>
  ({ key, partitions, isExecutable: true }) as AssetSpec
const daily = asset('daily', {
  type: 'time',
  cron: '0 0 * * *',
  timezone: 'UTC',
  start: '2026-01-01',
  format: '%Y-%m-%d',
  endOffset: 0,
})
const fixed = asset('fixed', { type: 'static', keys: ['a', 'b', 'c'] })
const dynamic = asset('dynamic', { type: 'dynamic', name: 'shops' })
const state = (at: string) => ({ lastMaterializedAt: at, lastRunId: 'r' }) as AssetState

/** A store of which one sees what it was asked. */
function counter(known: Record<string, { made?: string[]; failed?: string[] }>, shops: string[] = []) {
  const asked: string[] = []
  const counter = new PartitionCounter({
    dynamicPartitions: async () => new Map([['shops', [...shops]]]),
    partitionStates: async (key) => {
      asked.push(key)
      return { made: [], failed: [], failedSinceMade: [], ...known[key] }
    },
  })
  return { asked, count: counter.count.bind(counter) }
}
const now = new Date('2026-01-05T12:00:00Z')

it('partitions are made, failed or missing; keys that there are no more do not count', async () => {
  const { count } = counter({ daily: { made: ['2026-01-01', '2025-12-31'], failed: ['2026-01-03'] } })
  const states = new Map([['daily', state('t1')]])
  expect(await count({ assets: [daily, fixed, asset('whole', undefined)], states, now })).toEqual(
    new Map([
      ['daily', { made: 1, failed: 1, missing: 2 }],
      ['fixed', { made: 0, failed: 0, missing: 3 }],
    ]),
  )
})

it('what nothing happened to is not read again', async () => {
  const known = { fixed: { made: ['a'], failed: ['b'] } }
  const { asked, count } = counter(known)
  const at = (time: string) => count({ assets: [fixed], states: new Map([['fixed', state(time)]]), now })
  await at('t1')
  await at('t1')
  expect(asked).toEqual(['fixed'])
  known.fixed = { made: ['a', 'b'], failed: [] }
  expect((await at('t2')).get('fixed')).toEqual({ made: 2, failed: 0, missing: 1 })
  expect(asked).toEqual(['fixed', 'fixed'])
})

it('as time passes, and keys come and go, there are other partitions', async () => {
  const shops = ['x', 'y']
  const { count } = counter({ daily: { made: ['2026-01-01'] }, dynamic: { made: ['x'] } }, shops)
  const states = new Map([
    ['daily', state('t1')],
    ['dynamic', state('t1')],
  ])
  const missing = async (now: Date) =>
    [...(await count({ assets: [daily, dynamic], states, now })).values()].map((counts) => counts.missing)
  expect(await missing(now)).toEqual([3, 1])
  shops.splice(0, 2, 'y', 'z')
  expect(await missing(new Date('2026-01-06T12:00:00Z'))).toEqual([4, 2])
})
