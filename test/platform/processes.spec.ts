import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { deploymentSchema, healthSchema, runDetailSchema } from '../../src/server/contract/index.js'
import { type Command, eventually, millrace, removeProject, startServer } from '../support/millrace.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { partsEnv, partsProject } from './parts-project.js'

const names = ['a', 'b', 'c', 'd', 'e', 'f']
/** Each of them is at it until it is stopped. */
const definitions = `import { asset, defineProject } from 'millrace'

const endless = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
export default defineProject(${names.map((name) => `asset('${name}', { run: endless })`).join(', ')})
`

let server: StartedServer
let env: Readonly<Record<string, string>>
let dir: string
const processes: Command[] = []
beforeAll(async () => {
  server = await startPostgres()
  env = await partsEnv(server)
  dir = await partsProject('max_concurrent_runs: 2\n', 'seen')
  await writeFile(join(dir, 'orchestration/definitions.ts'), definitions)
})
afterEach(async () => {
  for (const { process, ended } of processes.splice(0)) {
    process.kill('SIGINT')
    await ended
  }
})
afterAll(async () => {
  await server?.stop()
  await removeProject(dir)
})

function start(...args: string[]): Command {
  const command = millrace(dir, args, env)
  processes.push(command)
  return command
}

it('a server without an engine knows the workers elsewhere, and the one that was killed', {
  timeout: 180_000,
}, async () => {
  const web = await startServer(dir, { env })
  processes.push(web)
  const deployment = async () => deploymentSchema.parse(await web.get('/deployment'))
  const health = async () => healthSchema.parse(await web.get('/health'))
  const slots = (wish: object) =>
    eventually(
      `slots ${JSON.stringify(wish)}`,
      async () => {
        const now = await deployment()
        return Object.entries(wish).every(([key, value]) => now.slots[key as keyof typeof now.slots] === value) && now
      },
      { withinMs: 60_000 },
    )
  expect((await slots({ workers: 0 })).processes.map(({ kind }) => kind)).toEqual(['server'])

  const workers = [start('worker'), start('worker')]
  await slots({ workers: 2, total: 4, taken: 0 })
  expect(await health()).toMatchObject({ status: 'ok', engine: { status: 'down' }, slots: { workers: 2 } })

  const request = (selection: string) => web.post<{ runId: string }>('/materialize', { selection })
  await Promise.all(names.map(request))
  const full = await slots({ taken: 4 })
  expect(full.queued[0]?.waitsFor).toBe('it waits for a free slot: 2 workers, 4 of 4 slots taken')
  expect(full.processes.filter(({ kind }) => kind === 'worker').map(({ running }) => running)).toEqual([2, 2])

  await eventually('all four are at work', async () => {
    const steps = await Promise.all(
      full.going.map(async ({ id }) => runDetailSchema.parse(await web.get(`/runs/${id}`)).steps),
    )
    return steps.flat().filter(({ status }) => status === 'running').length === 4
  })

  // Killed: known at once on this machine, and by its silence elsewhere.
  const [killed, left] = workers as [Command, Command]
  killed.process.kill('SIGKILL')
  await killed.ended
  const theirs = full.going.find(({ worker }) => worker?.endsWith(`:${killed.process.pid}`))?.selection
  const lost = (await slots({ workers: 1, lost: 1 })).processes.find(({ isLost }) => isLost)
  const abandoned = 'its worker was lost: the next one with a free slot takes it up'
  expect((await deployment()).going.filter(({ waitsFor }) => waitsFor === abandoned)).toHaveLength(2)
  expect(lost?.name).toMatch(new RegExp(`:${killed.process.pid}$`))

  // Ended in order: nobody looks for it, and what waits says what is missing.
  left.process.kill('SIGTERM')
  await left.ended
  await slots({ workers: 0, lost: 1 })
  const { runId } = await request('a')
  expect(runDetailSchema.parse(await web.get(`/runs/${runId}`)).waitsFor).toBe(
    'no worker claims runs (1 lost): start `millrace worker`',
  )
  expect((await health()).status).toBe('degraded')
  const why = await web.get<{ reasons: { text: string }[] }>(`/assets/${theirs}/why`)
  expect(why.reasons.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^Run \w{8} was to make it: its worker was lost, and no worker claims runs \(1 lost\): start `millrace worker`\.$/,
      ),
      'No worker claims runs at the moment, so nothing is made: start `millrace worker`.',
    ]),
  )
  const detached = start('materialize', 'a', '--detach')
  await detached.ended
  expect(detached.output()).toContain('No worker claims runs, here or elsewhere')
})
