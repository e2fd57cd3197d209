import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import { type Definitions, partitions, type RunLease } from '../../src/orchestrate/index.js'
import { giveUp } from '../../src/orchestrate/runs/give-up.js'
import { type TestDatabase, testDatabase } from './database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.stop())

const noPartitions = { partitions: undefined }
const days = { partitions: partitions.static(['a', 'b', 'c']), makesPartitions: 'each' as const }

/** A run of one step with two assets, one of which was made, that is in its fourth attempt. */
async function lostRun(
  cut: object,
  made: { readonly partitions?: string; readonly partitionKeys?: readonly string[] },
) {
  const store = await database.store()
  const asset = (key: string) => ({
    key,
    kinds: [],
    group: '',
    description: '',
    owners: [],
    tags: [],
    deps: [],
    columns: [],
  })
  const assets = ['x', 'y'].map((key) => ({ ...asset(key), isExecutable: true, ...cut }))
  const rest = { checks: [], steps: [], schedules: [], sensors: [], automations: [], connections: [], problems: [] }
  await store.publishDefinitions({
    ...rest,
    version: '1',
    loadedAt: new Date().toISOString(),
    assets,
  } as unknown as Definitions)
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  let lease: RunLease | undefined
  for (let i = 0; i < 4; i++) {
    await store.sql("update runs set lease_until = now() - interval '1 s'")
    const claimed = await store.claimRun('a:1', 60_000)
    lease = claimed?.lease
    if (!claimed || !lease || i > 0) continue
    const step = (key: string, keys: string[]) => ({
      key,
      kind: 'typescript' as const,
      assets: keys,
      checks: [],
      upstream: [],
    })
    await store.startRun(lease, [step('both', ['x', 'y']), step('later', ['z'])])
    await store.record(lease, {
      events: [{ type: 'asset_materialized', step: 'both', asset: 'x', ...made }],
      steps: [{ key: 'both', status: 'running' }],
    })
  }
  const last = await store.getRun(run.id)
  if (!lease || !last) throw new Error('There is no run')
  await giveUp(store, { run: last, lease, isResumed: true, workedMs: 0 }, systemClock)
  const events = await store.readEvents({ runId: run.id, types: ['asset_failed'] })
  return {
    store,
    told: events.map(({ asset, step, partitions, error }) => ({ asset, step, partitions, code: error?.code })),
  }
}

it('what the lost step did not make has failed, and what it made has not', async () => {
  const { store, told } = await lostRun(noPartitions, {})
  expect(told).toEqual([{ asset: 'y', step: 'both', partitions: undefined, code: 'RUN_LOST' }])
  expect((await store.assetStates()).map(({ key, lastError }) => [key, lastError?.code])).toEqual([
    ['x', undefined],
    ['y', 'RUN_LOST'],
  ])
})

it('of partitions those that are open', async () => {
  const { store, told } = await lostRun(days, { partitions: 'a', partitionKeys: ['a'] })
  expect(told).toEqual([
    { asset: 'x', step: 'both', partitions: 'b...c', code: 'RUN_LOST' },
    { asset: 'y', step: 'both', partitions: '*', code: 'RUN_LOST' },
  ])
  expect(await store.partitionStates('x')).toMatchObject({ made: ['a'], failed: ['b', 'c'] })
})
