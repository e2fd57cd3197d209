import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { SensorSpec } from '../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

type Tests = Awaited<ReturnType<typeof openAccessTests>>
let tests: Tests
let server: Awaited<ReturnType<Tests['open']>>
let cookies: {
  readonly editor: string | undefined
  readonly viewer: string | undefined
  readonly admin: string | undefined
}

const spec = (name: string, changes: Partial<SensorSpec> = {}): SensorSpec => ({
  name,
  intervalMs: 30_000,
  target: 'raw/orders',
  description: '',
  isOnByDefault: true,
  ...changes,
})
const sensors = [
  spec('prices', {
    cursor: {
      type: 'object',
      properties: { since: { type: 'string' } },
      required: ['since'],
      additionalProperties: false,
    },
  }),
  spec('off', { isOnByDefault: false }),
  spec('told', {
    monitored: { type: 'materializations', assets: '*', all: false, ownRuns: false, isEvaluated: true },
    target: '',
  }),
]

beforeAll(async () => {
  tests = await openAccessTests()
})
afterAll(() => tests?.stop())
beforeEach(async () => {
  server = await tests.open({}, { secret: () => undefined })
  await server.store.publishDefinitions(definitionsOf({ assets: [assetSpec('raw/orders')], sensors }))
  for (const role of ['admin', 'editor', 'viewer'] as const) await server.makeUser(role, role)
  cookies = {
    admin: await server.login('admin'),
    editor: await server.login('editor'),
    viewer: await server.login('viewer'),
  }
})
afterEach(() => tests.close())

const write = (name: string, cursor: unknown, cookie = cookies.editor) =>
  server.ask(`/automation/${name}/cursor`, { method: 'PUT', body: { cursor }, cookie })
const reset = (name: string, cookie = cookies.editor) =>
  server.ask(`/automation/${name}/cursor`, { method: 'DELETE', cookie })
const state = (name: string) => server.store.automationState(name)

it('a cursor is changed and taken away by an editor, and the audit log says who', async () => {
  expect((await write('prices', { since: 'x' })).status).toBe(200)
  expect(await state('prices')).toMatchObject({ cursor: { since: 'x' } })
  expect((await reset('prices')).status).toBe(200)
  expect((await state('prices'))?.cursor).toBeUndefined()
  for (const answer of [await write('prices', {}, cookies.viewer), await reset('prices', cookies.viewer)])
    expect(answer.code).toBe('SERVER_ROLE')
  const { body } = await server.ask('/audit', { cookie: cookies.admin })
  const lines = (body.entries as { user: string; action: string; facts?: string; target?: string }[]).map((entry) =>
    JSON.stringify(entry),
  )
  expect(lines.filter((line) => line.includes('/automation/prices') && line.includes('editor'))).toHaveLength(2)
})

it('one that does not fit the schema of the sensor is refused, with what is wrong', async () => {
  const { status, body } = await write('prices', { since: 7 })
  expect([status, (body.error as { message: string }).message]).toEqual([
    422,
    'That is no cursor of the sensor prices: `since`: Invalid input: expected string, received number',
  ])
  expect(await state('prices')).toBeUndefined()
})

it('of one that was never asked leaves it off where the project says so', async () => {
  await write('off', [1, 2])
  expect(await state('off')).toMatchObject({ cursor: [1, 2], isOn: undefined })
  const views = (await server.ask('/automation', { cookie: cookies.viewer })).body.automations
  expect(views).toContainEqual(expect.objectContaining({ name: 'off', isOn: false }))
})

it('is none of what is no sensor', async () => {
  expect((await write('nobody', 1)).status).toBe(404)
  expect((await reset('nobody')).status).toBe(404)
})

it('the page is told of what a sensor is told, and since when its ticks fail', async () => {
  const at = new Date().toISOString()
  const tick = { automation: 'told', automationType: 'sensor', at, runIds: [] } as const
  await server.store.commitTick({ ...tick, id: '1', status: 'failed', reason: 'It broke.\nLike this.' }, [])
  const views = (await server.ask('/automation', { cookie: cookies.viewer })).body.automations
  expect(views).toContainEqual(
    expect.objectContaining({
      name: 'told',
      monitored: 'when * was made',
      target: '',
      failure: { since: at, message: 'It broke.\nLike this.' },
    }),
  )
  const overview = async () => (await server.ask('/overview', { cookie: cookies.viewer })).body.failingAutomations
  expect(await overview()).toEqual([{ name: 'told', type: 'sensor', since: at, message: 'It broke.' }])
  await server.store.setAutomation('told', 'sensor', false)
  expect(await overview()).toEqual([])
})

it('a test tick of one that is told asks no code, and says what it would start', async () => {
  const { body } = await server.ask('/automation/told/test', { method: 'POST', body: {}, cookie: cookies.editor })
  expect(body).toMatchObject({
    status: 'skipped',
    runs: [],
    reason: 'when * was made, where its code says nothing else',
  })
})
