import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { type Metastore, openMetastore, withOwnSchema } from '../../src/metastore/index.js'
import type { Health } from '../../src/server/contract/index.js'
import { type Command, eventually, millrace, removeProject } from '../support/millrace.js'
import { nextVersion } from '../support/next-version.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { partsEnv, partsProject } from './parts-project.js'

let server: StartedServer
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  server = await startPostgres()
  env = await partsEnv(server)
})
afterAll(() => server?.stop())

const processes: Command[] = []
const dirs: string[] = []
const stores: Metastore[] = []
afterEach(async () => {
  for (const { process, ended } of processes.splice(0)) {
    process.kill('SIGINT')
    await ended
  }
  for (const store of stores.splice(0)) await store.close()
  for (const dir of dirs.splice(0)) await removeProject(dir)
})

/** Folders of one project, each as another machine has it, and its store. */
async function machines(name: string, count: number, settings = '') {
  const made = await Promise.all(Array.from({ length: count }, () => partsProject(settings, name)))
  dirs.push(...made)
  const store = await openMetastore({ url: withOwnSchema(server.url, name), logger: silentLogger })
  stores.push(store)
  return { dirs: made, store }
}
const start = (dir: string | undefined, ...args: string[]) => startOf(undefined, dir, ...args)
/** @param program of another version */
function startOf(program: string | undefined, dir: string | undefined, ...args: string[]): Command {
  const command = millrace(dir ?? '', args, env, program)
  processes.push(command)
  return command
}
async function end(command: Command, signal: NodeJS.Signals) {
  command.process.kill(signal)
  await command.ended
}

const isKnown = (store: Metastore) =>
  eventually('the project is known', async () => (await store.readDefinitions()) !== undefined, { withinMs: 60_000 })
const request = async (store: Metastore) =>
  (await store.requestRun({ selection: 'a b', trigger: { type: 'manual' } })).run.id
const allEnded = (store: Metastore) =>
  eventually(
    'all runs have ended',
    async () => {
      const runs = await store.listRuns({ limit: 100 })
      return runs.every(({ endedAt }) => endedAt !== undefined) && runs
    },
    { withinMs: 120_000 },
  )
/** What each run made: nothing twice, nothing left out. */
async function expectEachOnce(store: Metastore, count: number) {
  const runs = await allEnded(store)
  expect(runs.map(({ status, error }) => error?.message ?? status)).toEqual(Array(count).fill('succeeded'))
  for (const { id } of runs) {
    const made = await store.readEvents({ runId: id, types: ['run_succeeded', 'asset_materialized'] })
    expect(made.map(({ type, asset }) => asset ?? type).sort()).toEqual(['a', 'b', 'run_succeeded'])
  }
  return runs
}

it('workers are replaced one after the other under load, and go to zero and back', { timeout: 180_000 }, async () => {
  const { dirs, store } = await machines('rolling', 2, 'max_concurrent_runs: 2\n')
  const workers = [start(dirs[0], 'worker'), start(dirs[1], 'worker')]
  await isKnown(store)
  for (let i = 0; i < 8; i++) await request(store)
  await eventually('both are at work', async () => (await store.leaseHolders()).length === 2)
  for (const [i, worker] of workers.entries()) {
    // The new one beside the old one, in the same folder.
    start(dirs[i], 'worker', '--until-idle', '1s')
    await end(worker, 'SIGTERM')
  }
  const runs = await expectEachOnce(store, 8)
  // Given back in order, nothing counts as lost.
  expect(runs.map(({ attempt }) => attempt)).toEqual(Array(8).fill(1))
  for (const { ended } of processes) expect((await ended).code).toBe(0)
  const late = await request(store)
  expect((await store.getRun(late))?.status).toBe('queued')
  expect((await start(dirs[0], 'worker', '--until-idle', '1s').ended).code).toBe(0)
  expect((await store.getRun(late))?.status).toBe('succeeded')
})

it('a new version with other tables takes the place of the one before, and no run is lost', {
  timeout: 180_000,
}, async () => {
  const { dirs, store } = await machines('upgraded', 2, 'max_concurrent_runs: 2\n')
  const next = await nextVersion()
  onTestFinished(next.remove)
  const old = start(dirs[0], 'worker')
  await isKnown(store)
  const ended = async (command: Command) => ({ code: (await command.ended).code, output: command.output() })
  expect(await ended(startOf(next.main, dirs[1], 'migrate', '--check'))).toMatchObject({
    code: 1,
    output: expect.stringContaining(next.migration),
  })
  expect(await ended(startOf(next.main, dirs[1], 'migrate'))).toMatchObject({ code: 0 })
  // The former version goes on with the tables of the next one.
  for (let i = 0; i < 12; i++) await request(store)
  await eventually('it is at work', async () => (await store.leaseHolders()).length > 0)
  startOf(next.main, dirs[1], 'worker', '--until-idle', '2s')
  const versions = async () => (await store.processes()).map(({ version }) => version)
  await eventually('both versions are there', async () => new Set(await versions()).size === 2)
  await end(old, 'SIGTERM')
  expect(await versions()).toEqual([next.version])
  const runs = await expectEachOnce(store, 12)
  expect(new Set(runs.map(({ attempt }) => attempt))).toEqual(new Set([1]))
  // A rollback is refused, with what to do.
  expect(await ended(start(dirs[0], 'worker'))).toMatchObject({
    code: 2,
    output: expect.stringContaining(next.migration),
  })
})

it('what was launched outlives its launcher, and is taken up again when it is killed with it', {
  timeout: 180_000,
}, async () => {
  const { dirs, store } = await machines('launched', 1, 'runs: { launcher: { type: process } }\n')
  const first = start(dirs[0], 'worker')
  await isKnown(store)
  const outlives = await request(store)
  const taken = (run: string, token: number) =>
    eventually('it was taken up', async () => (await store.leaseHolders()).includes(`millrace-run-${run}-${token}`), {
      withinMs: 60_000,
    })
  await taken(outlives, 1)
  await end(first, 'SIGTERM')
  expect((await store.getRun(outlives))?.endedAt).toBeUndefined()
  expect(
    (
      await eventually('it ends', async () => {
        const run = await store.getRun(outlives)
        return run?.endedAt !== undefined && run
      })
    ).attempt,
  ).toBe(1)
  const second = start(dirs[0], 'worker')
  const killed = await request(store)
  await taken(killed, 1)
  const worker = await eventually('its process', async () => {
    const [event] = (await store.readEvents({ runId: killed, types: ['step_started'] })).slice(0, 1)
    return event && pidOfRun(killed)
  })
  process.kill(worker, 'SIGKILL')
  await end(second, 'SIGKILL')
  start(dirs[0], 'worker')
  const runs = await expectEachOnce(store, 2)
  expect(runs.map(({ id, attempt }) => [id, attempt])).toEqual([
    [killed, 2],
    [outlives, 1],
  ])
})

/** The process whose command line names the run. */
async function pidOfRun(run: string): Promise<number | undefined> {
  const { readdir, readFile } = await import('node:fs/promises')
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (line.includes('run-worker') && line.includes(run)) return Number(pid)
  }
  return undefined
}

it('of several daemons one works, with an engine of its own, and the server knows of it', {
  timeout: 180_000,
}, async () => {
  const { dirs, store } = await machines('watched', 3)
  const daemons = [start(dirs[0], 'daemon'), start(dirs[1], 'daemon')]
  start(dirs[2], 'engine', '--no-runs')
  const serve = start(dirs[2], 'serve', '--no-daemon', '--port', '0', '--json')
  await isKnown(store)
  await store.setAutomation('count', 'sensor', true)
  const ticksBeyond = (count: number) =>
    eventually('the sensor looks', async () => (await store.listTicks({ limit: 500 })).length > count, {
      withinMs: 60_000,
    })
  await ticksBeyond(2)
  const url = await eventually('the server serves', () => /"url":"([^"]+)"/.exec(serve.output())?.[1])
  const health = async () =>
    (await fetch(`${url}/api/health`)).json() as Promise<Pick<Health, 'status' | 'engine' | 'daemon'>>
  const seen = await eventually('engine and daemon are there', async () => {
    const now = await health()
    return now.engine.status === 'up' && now.daemon.status === 'up' && now
  })
  // What the sensor asked for waits, and no worker claims runs.
  expect(seen.status).toBe('degraded')
  // What the server kept while user code could not be asked, a daemon takes up with what came with it.
  const at = new Date().toISOString()
  await store.keepDelivery(
    { id: 'd', sensor: 'told', deliveryId: 'd', receivedAt: at, payload: { order: '7' }, headers: {} },
    { forMs: 0, mostWaiting: 1 },
  )
  const [told] = await eventually('the delivery was looked at', async () => {
    const ticks = await store.listTicks({ automation: 'told' })
    return ticks.length > 0 && ticks
  })
  expect(told?.status).toBe('requested')
  expect((await store.getRun(told?.runIds[0] ?? ''))?.tags).toMatchObject({ order: '7' })
  for (const daemon of daemons) {
    const before = (await store.listTicks({ limit: 500 })).length
    await end(daemon, 'SIGKILL')
    if (daemon === daemons[0]) await ticksBeyond(before + 1)
  }
  await store.setAutomation('count', 'sensor', false)
  // Each answer of the sensor became one run: the next cursor begins where the last one ended.
  const runs = (await store.listRuns({ limit: 500 })).filter(({ tags }) => tags.number !== undefined)
  const numbers = runs.map(({ tags }) => Number(tags.number)).reverse()
  expect(numbers).toEqual(numbers.map((_, i) => i))
  // Nobody executes them: the engine beside the server was told not to.
  expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['queued']))
})
