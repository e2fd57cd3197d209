import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../src/base/index.js'
import type { JsonSchema, ScheduleSpec } from '../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

const config: JsonSchema = {
  type: 'object',
  properties: { region: { type: 'string' } },
  required: ['region'],
  additionalProperties: false,
}
const schedule = (name: string, changes: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  name,
  cron: '0 5 * * *',
  timezone: 'UTC',
  target: 'reports/late',
  description: '',
  catchUp: 'latest',
  overlap: 'skip',
  isOnByDefault: true,
  ...changes,
})
let tests: Awaited<ReturnType<typeof openAccessTests>>
let test: (name: string) => Promise<unknown>
let server: Awaited<ReturnType<typeof tests.open>>

beforeAll(async () => {
  tests = await openAccessTests()
  server = await tests.open({}, { secret: () => undefined })
  await server.store.publishDefinitions(
    definitionsOf({
      assets: [assetSpec('reports/late', { config })],
      steps: [{ key: 'reports/late', kind: 'typescript', assets: ['reports/late'], checks: [], isSubsettable: false }],
      schedules: [schedule('nothing'), schedule('eu', { config: { 'reports/late': { region: 'eu' } } })],
    }),
  )
  await server.makeUser('ada', 'admin')
  const cookie = await server.login('ada')
  test = async (name) => (await server.ask(`/automation/${name}/test`, { method: 'POST', body: {}, cookie })).body
})
afterAll(async () => {
  await tests?.close()
  await tests?.stop()
})

it('a test tick of a schedule says whether its run would be given what it asks for', async () => {
  expect(await test('nothing')).toMatchObject({
    status: 'failed',
    error: { code: 'CONFIG_INVALID', message: expect.stringContaining('region') },
  })
  expect(await test('eu')).toMatchObject({
    status: 'requested',
    runCount: 1,
    newRuns: 1,
    runs: [{ selection: 'reports/late', config: { 'reports/late': { region: 'eu' } }, assets: 1, checks: 0 }],
  })
})

it('of a tick that asked for many runs the first are told, and how many they are', async () => {
  const { store, ask, login } = server
  const trigger = { type: 'sensor', name: 'flood' } as const
  const tick = {
    id: newId(),
    automation: 'flood',
    automationType: 'sensor',
    at: new Date().toISOString(),
    status: 'requested',
    runIds: [],
  } as const
  const committed = await store.commitTick(
    tick,
    Array.from({ length: 30 }, () => ({ selection: '*', trigger })),
  )
  const { body } = await ask('/automation/flood/ticks', { cookie: await login('ada') })
  expect(body.ticks).toMatchObject([{ runCount: 30, runIds: committed?.runIds.slice(0, 10) }])
})
