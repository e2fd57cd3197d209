import { afterAll, beforeAll, expect, it } from 'vitest'
import { Cable } from '../support/cable.js'
import { eventually, millrace, removeProject } from '../support/millrace.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { partsEnv, partsProject } from './parts-project.js'

let server: StartedServer
let dir: string
let cable: Cable
beforeAll(async () => {
  server = await startPostgres()
  dir = await partsProject('', 'late')
  cable = await Cable.lay(() => Number(new URL(server.url).port))
})
afterAll(async () => {
  cable?.close()
  await server?.stop()
  await removeProject(dir)
})

it('a run worker waits for a store that does not answer at once', { timeout: 120_000 }, async () => {
  const env = await partsEnv(server)
  const url = new URL(env.DATABASE_URL ?? '')
  url.port = String(cable.port)
  cable.cut('torn')
  const worker = millrace(dir, ['run-worker', '--run', 'none', '--token', '1'], { ...env, DATABASE_URL: url.href })
  await eventually('it asks for the store', () => cable.refused > 0, { withinMs: 60_000 })
  cable.mend()
  await worker.ended
  // It has found the store, and that its run is not there.
  expect(worker.output()).toContain('RUN_WORKER_LATE')
})

it('a worker whose store does not answer says so and ends, whatever it is loading', { timeout: 60_000 }, async () => {
  const worker = millrace(dir, ['worker'], {
    ...(await partsEnv(server)),
    DATABASE_URL: 'postgresql://me@127.0.0.1:9/x',
  })
  expect(await worker.ended).toEqual({ signal: null, code: 2 })
  expect(worker.output()).toContain('METASTORE_UNREACHABLE')
})
