import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { type Metastore, openMetastore, withOwnSchema } from '../../src/metastore/index.js'
import { type Command, eventually, removeProject } from '../support/millrace.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { addMachine, canMakeNamespaces, type Machine } from './namespaces.js'
import { partsEnv, partsProject } from './parts-project.js'

const isAllowed = canMakeNamespaces()
if (!isAllowed) console.warn('Without the right to make network namespaces (root, NET_ADMIN, `ip`) this is not tried.')

let server: StartedServer
let store: Metastore
const machines: Machine[] = []
const workers: Command[] = []
const dirs: string[] = []

beforeAll(async () => {
  if (!isAllowed) return
  server = await startPostgres()
  store = await openMetastore({ url: withOwnSchema(server.url, 'parts'), logger: silentLogger })
  for (const number of [1, 2]) {
    machines.push(await addMachine(number, Number(new URL(server.url).port)))
    const dir = await partsProject('')
    dirs.push(dir)
    // `held` waits for a file of its machine.
    await writeFile(
      join(dir, 'orchestration/definitions.ts'),
      `import { existsSync } from 'node:fs'
import { asset, defineProject } from 'millrace'
export default defineProject(
  asset('first', { run: () => {} }),
  asset('held', { deps: ['first'], run: async ({ projectDir }) => {
    while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 50))
  } }),
)
`,
    )
  }
})
afterAll(async () => {
  for (const machine of machines) machine.mend()
  for (const { process, ended } of workers) {
    process.kill('SIGINT')
    await ended
  }
  for (const machine of machines) await machine.remove()
  await store?.close()
  await server?.stop()
  for (const dir of dirs) await removeProject(dir)
})

const startWorker = async (number: 0 | 1) => {
  const { host, port } = machines[number] as Machine
  const worker = (machines[number] as Machine).millrace(
    dirs[number] ?? '',
    ['worker'],
    await partsEnv(server, host, port),
  )
  workers.push(worker)
  return worker
}
const go = (number: 0 | 1) => writeFile(join(dirs[number] ?? '', 'go'), '')
const request = async () => (await store.requestRun({ selection: 'first held', trigger: { type: 'manual' } })).run.id
const ended = (id: string) =>
  eventually(
    'the run ends',
    async () => {
      const run = await store.getRun(id)
      return run?.endedAt !== undefined && run
    },
    { withinMs: 90_000 },
  )
const began = async (id: string) => {
  const events = await store.readEvents({
    runId: id,
    types: ['run_started', 'run_resumed', 'step_started', 'asset_materialized'],
  })
  return events.map(({ type, step, asset, message = '' }) => [type, asset ?? step ?? message].join(' '))
}

it.skipIf(!isAllowed)(
  'a machine that is cut off loses its run to another one, and does nothing twice when it is back',
  {
    timeout: 180_000,
  },
  async () => {
    await startWorker(0)
    await eventually('the project is known', async () => (await store.readDefinitions()) !== undefined, {
      withinMs: 60_000,
    })
    const id = await request()
    await eventually('it is in the middle', async () => (await began(id)).includes('step_started ts:held'))
    const second = await startWorker(1)
    await eventually('the other machine is there', () => second.output().includes('Working for'), { withinMs: 60_000 })
    machines[0]?.cut()
    await go(1)
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    machines[0]?.mend()
    await go(0)
    // The one that was cut off hears of what happened, and goes on with what is new.
    second.process.kill('SIGTERM')
    await second.ended
    const next = await request()
    expect(await ended(next)).toMatchObject({ status: 'succeeded', attempt: 1 })
    expect(await began(id)).toEqual([
      expect.stringMatching(/^run_started Started by millrace-\d+-1:/),
      'step_started ts:first',
      'asset_materialized first',
      'step_started ts:held',
      expect.stringMatching(/^run_resumed Taken over by millrace-\d+-2:/),
      'step_started ts:held',
      'asset_materialized held',
    ])
  },
)
