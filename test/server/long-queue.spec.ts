import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { newId } from '../../src/base/index.js'
import type { Deployment, Health, RunDetail } from '../../src/server/contract/index.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

const project = {
  name: 'test',
  dir: '/project',
  limits: { tags: [], pools: new Map() },
  retentionDays: { logs: 1, runs: 1 },
}

it('a queue of any length is counted, and its next run is the next', async () => {
  const { store, ask } = await tests.open({}, { project })
  const insert = (ids: readonly string[], status: string, priority: number) =>
    store.sql(
      `insert into runs (id, selection, trigger_type, status, priority, lease_worker, lease_until)
       select id, '*', 'manual', $2, $3, 'far:1', case $2 when 'running' then now() + interval '1 hour' end from unnest($1::text[]) id`,
      [ids, status, priority],
    )
  const ids = (count: number) => Array.from({ length: count }, () => newId())
  const urgent = newId()
  // It came first, and waits behind all that are newer as those are listed elsewhere.
  await insert([urgent], 'queued', 5)
  await insert(ids(150), 'running', 0)
  const waiting = ids(1_200)
  await insert(waiting, 'queued', 0)
  await store.reportProcess(
    { name: 'far:1', kind: 'worker', host: 'far', version: '1', runs: 'launches', capacity: 200 },
    true,
  )

  const health = (await ask('/health')).body as unknown as Health
  expect(health.queue).toEqual({ queued: 1_201, running: 150 })
  expect(health.slots).toMatchObject({ total: 200, taken: 150 })

  const deployment = (await ask('/deployment')).body as unknown as Deployment
  expect(deployment.queued[0]?.id).toBe(urgent)
  expect(deployment.going).toHaveLength(100)
  expect(deployment.counts).toMatchObject({ queued: 1_201, running: 150 })
  expect(deployment.slots).toEqual(health.slots)
  expect(deployment.queued[0]?.waitsFor).toBe('it is about to be taken')
  expect(deployment.queued[60]?.waitsFor).toBe('it waits for its turn: 60 wait before it, and 50 of 200 slots are free')

  // Its place is beyond what is listed.
  const last = (await ask(`/runs/${waiting.at(-1)}`)).body as unknown as RunDetail
  expect(last.waitsFor).toBe('it waits for its turn: 1200 wait before it, and 50 of 200 slots are free')
})
