import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

it('runs of a filter are cancelled at once, after it was said how many they are', async () => {
  const { store, access, ask } = await tests.open()
  const request = (name: string, tags = {}) =>
    store.requestRun({ selection: '*', trigger: { type: 'sensor', name }, tags })
  for (const name of ['files', 'files', 'rows']) await request(name, { team: 'a' })
  const filter = { status: ['queued'], trigger: 'files', tags: ['team=a'], since: '2024-01-01' }

  const planned = await ask('/runs/cancel', { body: { ...filter, dryRun: true } })
  expect(planned.body).toEqual({ cancelled: 2, stopping: 0 })
  expect(await store.countRuns()).toMatchObject({ queued: 3 })
  expect((await access.listAudit({ limit: 10 })).map(({ action }) => action)).toEqual([])

  expect((await ask('/runs/cancel', { body: filter })).body).toEqual({ cancelled: 2, stopping: 0 })
  expect(await store.countRuns()).toMatchObject({ queued: 1, cancelled: 2 })
  const [noted] = await access.listAudit({ limit: 1 })
  expect(noted?.what).toBe(
    '/runs/cancel: 2 runs cancelled, 0 asked to stop; status queued, trigger files, tags team=a, since 2024-01-01',
  )
})

it('which statuses are meant has to be said, and ended runs are not cancelled', async () => {
  const { ask } = await tests.open()
  for (const body of [{}, { status: [] }, { status: ['failed'] }, { status: ['queued'], since: 'soon' }])
    expect((await ask('/runs/cancel', { body })).code).toBe('SERVER_INVALID')
})

it('a status or a level that does not exist is told, and finds no silence', async () => {
  const { store, ask } = await tests.open()
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  expect((await ask('/runs?status=queued')).body).toMatchObject({ runs: [{ id: run.id }] })
  expect(await ask('/runs?status=queued,faild')).toMatchObject({ code: 'SERVER_INVALID' })
  expect(await ask(`/runs/${run.id}/events?level=eror`)).toMatchObject({ code: 'SERVER_INVALID' })
  expect(await ask(`/runs/${run.id}/events?type=logs`)).toMatchObject({ code: 'SERVER_INVALID' })
})
