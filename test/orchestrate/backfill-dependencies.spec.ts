import { describe, expect, it } from 'vitest'
import type { AssetSpec, Backfill, Definitions, Run } from '../../src/orchestrate/index.js'
import { advanceBackfills, mapping, partitions, planBackfill } from '../../src/orchestrate/index.js'
import { retryRequest } from '../../src/orchestrate/runs/retry-request.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const daily = partitions.daily({ start: '2024-01-01', end: '2024-01-06' })
const asset = (key: string, changes: Partial<AssetSpec> = {}) => assetSpec(key, { partitions: daily, ...changes })
const project = (...assets: AssetSpec[]) => definitionsOf({ assets })
const start = (definitions: Definitions, wish: Partial<Parameters<typeof planBackfill>[1]> = {}) =>
  store.requestBackfill(
    planBackfill(definitions, { selection: '*', partitions: '*', ...wish }, new Map(), new Date('2024-03-01')),
  )
const stateOf = async (id: string) => (await store.getBackfill(id)) as Backfill
const nameOf = ({ selection, partitions: text }: Run) => (text === undefined ? selection : `${selection} ${text}`)

/** What a run does before it ends. */
interface Deed {
  readonly made?: string
  readonly isRetried?: boolean
}

/** Carries out a backfill; answers its runs by what was in the queue at once. @param failing how those fail that do */
async function carryOut(
  definitions: Definitions,
  id: string,
  failing: Readonly<Record<string, Deed>> = {},
): Promise<string[][]> {
  const rounds: string[][] = []
  for (let i = 0; i < 60; i++) {
    await Promise.all([advanceBackfills(store, definitions), advanceBackfills(store, definitions)])
    if ((await stateOf(id)).endedAt !== undefined) return rounds
    const round: string[] = []
    for (let claimed = await store.claimRun('w', 60_000); claimed; claimed = await store.claimRun('w', 60_000)) {
      const { run, lease } = claimed
      round.push(nameOf(run))
      const deed = run.trigger.type === 'retry' ? undefined : failing[nameOf(run)]
      await store.startRun(lease, [
        { key: run.selection, kind: 'typescript', assets: [run.selection], checks: [], upstream: [] },
      ])
      const event = { type: 'asset_materialized' as const, asset: run.selection }
      if (deed?.made !== undefined)
        await store.record(lease, {
          events: [{ ...event, partitions: deed.made, partitionKeys: [deed.made] }],
          steps: [{ key: run.selection, status: 'failed' }],
        })
      const retry = deed?.isRetried ? retryRequest(run, { maxRetries: 1 }) : undefined
      await store.endRun(lease, deed ? 'failed' : 'succeeded', undefined, { retry })
    }
    if (round.length > 0) rounds.push(round)
  }
  throw new Error('It does not end')
}
const of = (key: string, ...days: number[]) => days.map((day) => `${key} 2024-01-0${day}`)

describe('a run of a backfill', () => {
  it('is requested when all that it reads is made', async () => {
    const both = project(
      asset('days'),
      asset('sums', { deps: ['days'], partitionMappings: { days: mapping.all() } }),
      assetSpec('total', { deps: ['sums'] }),
    )
    const { id } = await start(both)
    expect(await carryOut(both, id)).toEqual([of('days', 1, 2, 3, 4, 5), of('sums', 1, 2, 3, 4, 5), ['total']])
    expect(await stateOf(id)).toMatchObject({ status: 'succeeded', runs: { succeeded: 11 }, skipped: [] })
  })

  it('is left out where what it reads failed, and the others are made', async () => {
    const partitionMappings = { days: mapping.timeWindow({ startOffset: -1 }) }
    const chain = project(
      asset('days'),
      asset('sums', { deps: ['days'], partitionMappings }),
      asset('trend', { deps: ['sums'], partitionMappings: { sums: mapping.timeWindow({ startOffset: -1 }) } }),
      assetSpec('total', { deps: ['days'] }),
    )
    const { id } = await start(chain)
    const rounds = await carryOut(chain, id, { 'days 2024-01-02': {} })
    expect(rounds.flat().sort()).toEqual([...of('days', 1, 2, 3, 4, 5), ...of('sums', 1, 4, 5), ...of('trend', 1, 5)])
    const state = await stateOf(id)
    expect(state).toMatchObject({
      status: 'failed',
      requestedRuns: 10,
      skippedRuns: 6,
      runs: { failed: 1, succeeded: 9 },
    })
    expect(state.skipped.map(({ place: _, ...one }) => one)).toEqual([
      {
        runs: 2,
        assets: ['sums'],
        partitions: '2024-01-02...2024-01-03',
        upstream: 'days',
        upstreamPartitions: '2024-01-02',
      },
      { runs: 1, assets: ['total'], upstream: 'days', upstreamPartitions: '2024-01-02' },
      {
        runs: 3,
        assets: ['trend'],
        partitions: '2024-01-02...2024-01-04',
        upstream: 'sums',
        upstreamPartitions: '2024-01-02...2024-01-03',
      },
    ])
  })

  it('reads what a failed one made all the same', async () => {
    const partitionMappings = { days: mapping.timeWindow({ startOffset: -1, endOffset: -1 }) }
    const both = project(asset('days'), asset('sums', { deps: ['days'], partitionMappings }))
    const { id } = await start(both, { partitions: '2024-01-01...2024-01-04', perRun: 2 })
    const parts = { 'days 2024-01-01...2024-01-02': { made: '2024-01-01' } }
    expect((await carryOut(both, id, parts)).flat()).toEqual([
      'days 2024-01-01...2024-01-02',
      'days 2024-01-03...2024-01-04',
      'sums 2024-01-01...2024-01-02',
    ])
    expect(await stateOf(id)).toMatchObject({
      skipped: [{ partitions: '2024-01-03...2024-01-04', upstream: 'days', upstreamPartitions: '2024-01-02' }],
    })
  })

  it('waits for the one before where an asset reads itself', async () => {
    const partitionMappings = { balance: mapping.timeWindow({ startOffset: -1, endOffset: -1 }) }
    const one = project(asset('balance', { deps: ['balance'], partitionMappings }))
    const first = await start(one, { selection: 'balance', perRun: 3 })
    expect(first).toMatchObject({ isSequential: true, runCount: 5 })
    expect(await carryOut(one, first.id)).toEqual(of('balance', 1, 2, 3, 4, 5).map((name) => [name]))
    const { id } = await start(one, { selection: 'balance' })
    await carryOut(one, id, { 'balance 2024-01-03': {} })
    expect(await stateOf(id)).toMatchObject({ status: 'failed', requestedRuns: 3, skippedRuns: 2 })
  })

  it('of other partitions makes what follows from the chosen ones, once their runs are through', async () => {
    const hours = asset('hours', { partitions: partitions.hourly({ start: '2024-01-01', end: '2024-01-03' }) })
    const both = project(hours, asset('days', { deps: ['hours'] }))
    const { id } = await start(both, { partitions: '2024-01-01-22:00...2024-01-02-01:00' })
    expect(await carryOut(both, id, { 'hours 2024-01-01-23:00': {} })).toEqual([
      ['22:00', '23:00']
        .map((hour) => `hours 2024-01-01-${hour}`)
        .concat(['00:00', '01:00'].map((hour) => `hours 2024-01-02-${hour}`)),
      ['days 2024-01-02'],
    ])
    expect(await stateOf(id)).toMatchObject({
      skipped: [{ assets: ['days'], partitions: '2024-01-01', upstreamPartitions: '2024-01-01-23:00' }],
    })
  })

  it('that its own retry mended counts as that', async () => {
    const both = project(asset('days'), asset('sums', { deps: ['days'], partitionMappings: { days: mapping.all() } }))
    const { id } = await start(both)
    const rounds = await carryOut(both, id, { 'days 2024-01-02': { isRetried: true } })
    expect(rounds.flat().filter((name) => name === 'days 2024-01-02')).toHaveLength(2)
    expect(await stateOf(id)).toMatchObject({
      status: 'succeeded',
      requestedRuns: 10,
      runs: { succeeded: 10, failed: 0 },
    })
  })

  it('that is retried ends with its backfill when that is cancelled', async () => {
    const days = project(asset('days'))
    const { id } = await start(days, { partitions: '2024-01-01' })
    await advanceBackfills(store, days)
    const claimed = await store.claimRun('w', 60_000)
    if (!claimed) throw new Error('Nothing waits')
    await store.startRun(claimed.lease, [])
    await store.endRun(claimed.lease, 'failed', undefined, { retry: retryRequest(claimed.run, { maxRetries: 1 }) })
    expect(await stateOf(id)).toMatchObject({ runs: { queued: 1, failed: 0 } })
    await store.cancelBackfill(id)
    await advanceBackfills(store, days)
    await advanceBackfills(store, days)
    expect(await stateOf(id)).toMatchObject({ status: 'cancelled', runs: { cancelled: 1 } })
  })
})
