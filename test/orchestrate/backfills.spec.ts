import { describe, expect, it } from 'vitest'
import type { AssetSpec, Backfill, Definitions, Run, RunRequest } from '../../src/orchestrate/index.js'
import { advanceBackfills, mapping, missingPartitions, partitions, planBackfill } from '../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const daily = partitions.daily({ start: '2024-01-01', end: '2024-02-10' })
const asset = (key: string, changes: Partial<AssetSpec> = {}) => assetSpec(key, { partitions: daily, ...changes })
const project = (...assets: AssetSpec[]) => definitionsOf({ assets })
const days = project(asset('days'))
const noKeys = new Map<string, readonly string[]>()
const plan = (definitions: Definitions, wish: Partial<Parameters<typeof planBackfill>[1]> = {}) =>
  planBackfill(definitions, { selection: '*', partitions: '*', ...wish }, noKeys, new Date('2024-03-01'))

/** Ends the next queued run. */
async function endRun(
  status: 'succeeded' | 'failed' = 'succeeded',
  retryOf: (run: Run) => RunRequest | undefined = () => undefined,
): Promise<Run> {
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing waits')
  await store.startRun(claimed.lease, [])
  await store.endRun(claimed.lease, status, undefined, { retry: retryOf(claimed.run) })
  return claimed.run
}
const stateOf = async (id: string) => (await store.getBackfill(id)) as Backfill

describe('a plan', () => {
  it('is a run for each partition, so many each, or one for all', () => {
    expect(plan(days)).toMatchObject({ runCount: 40, partitionCount: 40, partitionsPerRun: 1, isSequential: false })
    expect(plan(days, { perRun: 7 })).toMatchObject({ runCount: 6, partitions: '2024-01-01...2024-02-09' })
    expect(plan(days, { perRun: 'all' })).toMatchObject({ runCount: 1, partitionsPerRun: 40 })
    expect(plan(project(asset('a', { makesPartitions: 'together' })))).toMatchObject({ runCount: 1 })
  })
  it('makes what reads other partitions in later runs, and what reads its own in the same', () => {
    const partitionMappings = { days: mapping.timeWindow({ startOffset: -1 }) }
    const both = project(asset('days'), asset('sums', { deps: ['days'], partitionMappings }))
    expect(plan(both)).toMatchObject({ runCount: 80, isSequential: false, parts: [{ runCount: 40 }, { runCount: 40 }] })
    expect(plan(both, { selection: 'sums' }).runCount).toBe(40)
    expect(plan(project(asset('days'), asset('sums', { deps: ['days'] })))).toMatchObject({ runCount: 40 })
  })
  it.each([
    [project(asset('a', { partitions: undefined })), {}, 'None of the selected assets has partitions.'],
    [project(asset('a'), asset('b', { partitions: partitions.static(['x']) })), {}, 'cut in different ways'],
    [days, { partitions: '2024-05-01' }, 'There is no partition'],
  ])('that means nothing is refused', (definitions, wish, message) => {
    expect(() => plan(definitions, wish)).toThrow(message)
  })
})

describe('a backfill', () => {
  it('goes on whatever another one meets, which is told', async () => {
    const [broken, other] = [await store.requestBackfill(plan(days)), await store.requestBackfill(plan(days))]
    const advanceBackfill: TestStore['advanceBackfill'] = async (from, next, end) => {
      if (from.id === broken.id) throw new Error('It cannot be written.')
      return store.advanceBackfill(from, next, end)
    }
    await expect(advanceBackfills({ ...store, advanceBackfill }, days)).rejects.toThrow('It cannot be written.')
    expect([(await stateOf(broken.id)).requestedRuns, (await stateOf(other.id)).requestedRuns > 0]).toEqual([0, true])
  })
  it('keeps some runs open until all were made, in order, once each', async () => {
    const { id } = await store.requestBackfill(plan(days))
    const made: (string | undefined)[] = []
    for (let i = 0; i < 60 && (await stateOf(id)).endedAt === undefined; i++) {
      // Several may do it at once.
      await Promise.all([advanceBackfills(store, days), advanceBackfills(store, days)])
      const { runs } = await stateOf(id)
      expect(runs.queued).toBeLessThanOrEqual(16)
      if (runs.queued > 0) made.push((await endRun()).partitions)
    }
    expect(await stateOf(id)).toMatchObject({ status: 'succeeded', requestedRuns: 40, runs: { succeeded: 40 } })
    expect(made).toHaveLength(40)
    expect(new Set(made).size).toBe(40)
    expect([made[0], made[39]]).toEqual(['2024-01-01', '2024-02-09'])
  })

  it('has failed when one of its runs has, and makes the others all the same', async () => {
    const { id } = await store.requestBackfill(plan(days, { perRun: 20 }))
    await advanceBackfills(store, days)
    await endRun('failed')
    await endRun()
    await advanceBackfills(store, days)
    expect(await stateOf(id)).toMatchObject({ status: 'failed', runs: { failed: 1, succeeded: 1 } })
  })

  it('that is cancelled requests nothing more, and its runs end', async () => {
    const { id } = await store.requestBackfill(plan(days))
    await advanceBackfills(store, days)
    await endRun()
    expect((await store.cancelBackfill(id))?.status).toBe('cancelling')
    await advanceBackfills(store, days)
    await advanceBackfills(store, days)
    expect(await stateOf(id)).toMatchObject({
      status: 'cancelled',
      requestedRuns: 16,
      runs: { cancelled: 15, queued: 0 },
    })
    expect(await store.listBackfills({ isActive: true })).toEqual([])
  })

  it('counts each run once, as the last of its retries, and looks at none again that settled', async () => {
    const retry = (run: Run) => ({
      selection: '*',
      trigger: { type: 'retry', name: run.id } as const,
      runKey: `retry ${run.id}`,
    })
    const { id } = await store.requestBackfill(plan(days, { perRun: 10 }))
    await advanceBackfills(store, days)
    const first = await endRun('failed', retry)
    await endRun()
    await endRun('failed')
    const counts = async () => (await stateOf(id)).runs
    const uncounted = async () =>
      (await store.sql("select id from runs where trigger_type = 'backfill' and not is_counted")).length
    // Before and after they are counted, by whoever and however often.
    const open = { queued: 2, succeeded: 1, failed: 1 }
    expect(await counts()).toMatchObject(open)
    await Promise.all([1, 2, 3].map(() => store.countSettledBackfillRuns()))
    expect([await counts(), await uncounted()]).toMatchObject([open, 2])
    // The last one that was requested, then the retry, which fails and is tried again.
    await endRun()
    const again = await endRun('failed', retry)
    expect(again.runKey).toBe(`retry ${first.id}`)
    await store.countSettledBackfillRuns()
    expect([await counts(), await uncounted()]).toMatchObject([{ queued: 1, succeeded: 2, failed: 1 }, 1])
    await endRun()
    for (let i = 0; i < 2; i++) await advanceBackfills(store, days)
    const end = { status: 'failed', runs: { queued: 0, succeeded: 3, failed: 1 } }
    expect([await stateOf(id), await uncounted()]).toMatchObject([end, 0])
    // Runs are forgotten before what came of all of them.
    await store.sql('delete from runs')
    expect(await store.listBackfills({})).toMatchObject([end])
  })

  it('that an older version was asked for goes on', async () => {
    const { id } = await store.requestBackfill({ ...plan(days, { perRun: 20 }), parts: [] })
    await advanceBackfills(store, days)
    const runs = [await endRun(), await endRun()]
    expect(runs.map(({ selection, partitions: text }) => `${selection} ${text}`)).toEqual([
      '* 2024-01-01...2024-01-20',
      '* 2024-01-21...2024-02-09',
    ])
    await advanceBackfills(store, days)
    expect(await stateOf(id)).toMatchObject({ status: 'succeeded', runs: { succeeded: 2 } })
  })

  it('whose assets are gone fails, and says why', async () => {
    const { id } = await store.requestBackfill(plan(days, { selection: 'days' }))
    await advanceBackfills(store, project(asset('other')))
    expect(await stateOf(id)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('No asset matches `days`') },
    })
  })
})

it('of what is cut in other ways the missing is that from which it follows', async () => {
  const hourly = partitions.hourly({ start: '2024-01-01', end: '2024-02-10' })
  const both = project(asset('hours', { partitions: hourly }), asset('days', { deps: ['hours'] }))
  await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const hours = Array.from({ length: 48 }, (_, i) => `2024-01-0${i < 24 ? 1 : 2}-${String(i % 24).padStart(2, '0')}:00`)
  await store.record(claimed.lease, {
    events: [
      { type: 'asset_materialized', asset: 'hours', partitions: hours.join(), partitionKeys: hours },
      { type: 'asset_materialized', asset: 'days', partitions: '2024-01-01', partitionKeys: ['2024-01-01'] },
    ],
    steps: [],
  })
  expect(await missingPartitions(store, both, '*', '2024-01-01-00:00...2024-01-02-23:00')).toBe(
    '2024-01-02-00:00...2024-01-02-23:00',
  )
  expect(await missingPartitions(store, both, '*', '2024-01-01-00:00...2024-01-01-23:00')).toBeUndefined()
})

it('what is missing is what one of the assets has not made, or failed to', async () => {
  const both = project(asset('days'), asset('sums'))
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error(`Nothing to claim of ${run.id}`)
  const keys = ['2024-01-01', '2024-01-02', '2024-01-03']
  await store.record(claimed.lease, {
    events: [
      { type: 'asset_materialized', asset: 'days', partitions: keys.join(), partitionKeys: keys },
      { type: 'asset_materialized', asset: 'sums', partitions: keys[0], partitionKeys: keys.slice(0, 1) },
      { type: 'asset_failed', asset: 'days', partitions: keys[2], partitionKeys: keys.slice(2) },
    ],
    steps: [],
  })
  expect(await missingPartitions(store, both, 'days', '2024-01-01...2024-01-05')).toBe('2024-01-03...2024-01-05')
  expect(await missingPartitions(store, both, '*', '2024-01-01...2024-01-05')).toBe('2024-01-02...2024-01-05')
  expect(await missingPartitions(store, both, 'sums', '2024-01-01')).toBeUndefined()
})
