import { expect, it } from 'vitest'
import type { PlannedStep } from '../../src/orchestrate/index.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const sync = (name: string): PlannedStep => ({
  key: `sync:${name}`,
  kind: 'sync',
  assets: [`raw/${name}`],
  checks: [],
  upstream: [],
})
const model: PlannedStep = { key: 'dbt:x', kind: 'dbt', assets: ['main/x'], checks: [], upstream: [] }
const request = { selection: '*', trigger: { type: 'manual' } } as const
const start = async (steps: readonly PlannedStep[]) => {
  const claimed = await store.claimRun('a:1', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  await store.startRun(claimed.lease, steps)
  return claimed
}
const shown = async () => (await store.listSyncJobs({})).map(({ id, stepKey, status }) => [id, stepKey, status])

it('a run that is planned has a number for each of its syncs, in the order of the plan', async () => {
  await store.requestRun(request)
  const { lease } = await start([sync('b'), model, sync('a')])
  expect(await shown()).toEqual([
    [2, 'sync:a', 'pending'],
    [1, 'sync:b', 'pending'],
  ])
  await store.endRun(lease, 'cancelled')
  expect((await shown()).map(([, , status]) => status)).toEqual(['cancelled', 'cancelled'])
})

it('one that is requested by number keeps it when it is planned, given back and taken up', async () => {
  const job = await store.requestSyncJob('sync:a', request)
  expect([job?.id, job?.status, job?.step]).toEqual([1, 'pending', undefined])
  const { lease } = await start([sync('a')])
  await store.releaseRun(lease)
  await start([sync('a')])
  await store.requestSyncJob('sync:b', request)
  expect((await shown()).map(([id, key]) => [id, key])).toEqual([
    [2, 'sync:b'],
    [1, 'sync:a'],
  ])
})

it('a connection has one at a time, until that has ended', async () => {
  await store.requestRun(request)
  const { lease } = await start([sync('a'), sync('b')])
  expect(await store.requestSyncJob('sync:a', request)).toBeUndefined()
  await store.record(lease, {
    events: [],
    steps: [{ key: 'sync:a', status: 'succeeded', endedAt: new Date().toISOString() }],
  })
  // The other part of that run goes on.
  expect((await store.requestSyncJob('sync:a', request))?.status).toBe('pending')
  expect(await store.requestSyncJob('sync:b', request)).toBeUndefined()
  expect(await store.countRuns()).toMatchObject({ queued: 1, running: 1 })
})

it('what it loaded is counted by its own step', async () => {
  await store.requestRun(request)
  const { lease } = await start([sync('a'), sync('b')])
  const made = (name: string, rows: number) => ({
    type: 'asset_materialized' as const,
    step: `sync:${name}`,
    asset: `raw/${name}`,
    metadata: { rows_committed: rows, bytes_read: rows * 10 },
  })
  await store.record(lease, { events: [made('a', 2), made('b', 5), made('a', 1)], steps: [] })
  expect((await store.listSyncJobs({ stepKeys: ['sync:a'] })).map(({ rows, bytes }) => [rows, bytes])).toEqual([
    [3, 30],
  ])
})

it('a run that is forgotten takes its numbers along', async () => {
  await store.requestSyncJob('sync:a', request)
  const { lease } = await start([sync('a')])
  await store.endRun(lease, 'succeeded')
  const later = new Date(Date.now() + 3600_000)
  await store.prune({ logsBefore: later, runsBefore: later, idleTicksBefore: later })
  expect(await shown()).toEqual([])
})

it('runs from before have numbers too, in their order', async () => {
  await store.requestRun(request)
  const { lease } = await start([sync('a')])
  await store.endRun(lease, 'succeeded')
  await store.sql("drop table sync_jobs; drop index events_loads; delete from migrations where name = '032_sync_jobs'")
  const [{ schema }] = (await store.sql('select current_schema() as schema')) as [{ schema: string }]
  expect(schema).toMatch(/^test_/)
  const { migrate } = await import('../../src/metastore/migrations/index.js')
  // The client of the test stands in for one that opens the store anew.
  await migrate(
    { query: (text: string, values?: unknown[]) => rowsOf(text, values), escapeIdentifier: String } as never,
    schema,
  )
  expect(await shown()).toEqual([[1, 'sync:a', 'succeeded']])
})

const rowsOf = async (text: string, values?: unknown[]) => ({ rows: await store.sql(text, values) })
