import { expect, it } from 'vitest'
import { newId } from '../../src/base/index.js'
import type { RunCriteria } from '../../src/orchestrate/index.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((opened) => {
  store = opened
})

const leaseMs = 60_000
const flood = (count: number, name: string) =>
  store.sql(
    `insert into runs (id, selection, trigger_type, trigger_name, status)
     select id, '*', 'sensor', $2, 'queued' from unnest($1::text[]) id`,
    [Array.from({ length: count }, () => newId()), name],
  )
const request = async (name: string, tags: Readonly<Record<string, string>> = {}) =>
  (await store.requestRun({ selection: '*', trigger: { type: 'sensor', name }, tags, priority: 9 })).run
const statusOf = async ({ id }: { readonly id: string }) => (await store.getRun(id))?.status

it('a flood is cancelled as a whole, and nothing else', async () => {
  await flood(450, 'flood')
  const other = await request('other')
  const criteria: RunCriteria = { trigger: { name: 'flood' } }
  expect(await store.countRuns(criteria)).toMatchObject({ queued: 450 })
  expect(await store.cancelRuns(criteria)).toEqual({ cancelled: 450, stopping: 0 })
  expect(await store.countRuns(criteria)).toMatchObject({ queued: 0, cancelled: 450 })
  expect(await statusOf(other)).toBe('queued')
  const [one] = await store.listRuns({ ...criteria, limit: 1 })
  expect(one).toMatchObject({ endedAt: expect.any(String) })
  const events = await store.readEvents({ types: ['run_cancel_requested', 'run_cancelled'], limit: 2_000 })
  expect(events).toHaveLength(900)
  expect(events.filter(({ runId }) => runId === one?.id).map(({ type }) => type)).toEqual([
    'run_cancel_requested',
    'run_cancelled',
  ])
})

it('runs that a worker has are asked to stop, once', async () => {
  const going = await request('flood')
  await store.claimRuns('a:1', leaseMs, { most: 1 })
  await flood(2, 'flood')
  expect(await store.cancelRuns({})).toEqual({ cancelled: 2, stopping: 1 })
  expect(await statusOf(going)).toBe('cancelling')
  expect(await store.cancelRuns({ statuses: ['queued', 'cancelling', 'succeeded'] })).toEqual({
    cancelled: 0,
    stopping: 0,
  })
})

it('is narrowed by status, tag and time', async () => {
  const going = await request('x', { team: 'a' })
  await store.claimRuns('a:1', leaseMs, { most: 1 })
  const [a, b] = [await request('x', { team: 'a' }), await request('x', { team: 'b' })]
  const tags = [{ key: 'team', value: 'a' }]
  expect(await store.cancelRuns({ tags, until: new Date(0) })).toEqual({ cancelled: 0, stopping: 0 })
  expect(await store.cancelRuns({ tags, statuses: ['queued'] })).toEqual({ cancelled: 1, stopping: 0 })
  expect(await Promise.all([going, a, b].map(statusOf))).toEqual(['starting', 'cancelled', 'queued'])
})
