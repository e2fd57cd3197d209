import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventually, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { ended, eventsOf, type RunView, requestRun } from './slow-project.js'

/** A query that takes hours. */
const endless = 'select count(*) from range(10000000000) a, range(1000) b'
const files = (hooks: string) => ({
  'millrace.yaml': 'name: hooks\nwarehouse: { profile: hooks, target: dev }\n',
  'transformation/dbt/dbt_project.yml': `name: hooks\nversion: '1.0'\nprofile: hooks\n${hooks}\n`,
  'transformation/dbt/profiles.yml':
    'hooks:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/a.sql': 'select 1 as id\n',
})

let dir: string
let up: Up | undefined
beforeEach(() => {
  up = undefined
})
afterEach(async () => {
  await up?.stop()
  await removeProject(dir)
})

it.each([
  ['on-run-start', 'step_started'],
  ['on-run-end', 'step_succeeded'],
] as const)(
  'a run is cancelled while its %s hook asks the warehouse',
  async (when, sign) => {
    dir = await temporaryProject(files(`${when}: '${endless}'`))
    up = await startUp(dir)
    const runId = await requestRun(up)
    const server = up
    await eventually(`the hook runs`, async () => (await eventsOf(server, runId)).some(({ type }) => type === sign))
    await server.post(`/runs/${runId}/cancel`, {})
    expect(((await ended(server, runId)) as RunView).status).toBe('cancelled')
  },
  120_000,
)
