import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { openMetastore, withOwnSchema } from '../../src/metastore/index.js'
import { type TestDatabase, testDatabase } from '../orchestrate/database.js'
import { eventually, millrace, removeProject, temporaryProject } from '../support/millrace.js'

const files = {
  'millrace.yaml': 'name: fleet\nmax_concurrent_runs: 2\n',
  'orchestration/definitions.ts': `import { asset, defineProject } from 'millrace'

const slow = (key) => asset(key, { run: async ({ signal }) => {
  for (let i = 0; i < 20; i++) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
} })
export default defineProject(slow('a'), slow('b'))
`,
}

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.stop())

it('engines in several places share one queue, and take up what one of them leaves behind', async () => {
  const url = withOwnSchema(database.server.url, 'fleet')
  const env = { DATABASE_URL: database.server.url }
  const dirs = [await temporaryProject(files), await temporaryProject(files)]
  const store = await openMetastore({ url, logger: silentLogger })
  const engines = dirs.map((dir) => millrace(dir, ['engine'], env))
  try {
    await eventually('the project is known', async () => (await store.readDefinitions())?.assets.length === 2)
    for (let i = 0; i < 8; i++) await store.requestRun({ selection: 'a b', trigger: { type: 'manual' } })
    const holders = () => store.leaseHolders()
    await eventually('both are at work', async () => (await holders()).length === 2)
    const [first] = engines
    const victim = String(first?.process.pid)
    first?.process.kill('SIGKILL')
    await first?.ended
    const runs = await eventually(
      'all runs have ended',
      async () => {
        const all = await store.listRuns({ limit: 100 })
        return all.every(({ endedAt }) => endedAt !== undefined) && all
      },
      { withinMs: 60_000 },
    )
    expect(runs.map(({ status }) => status)).toEqual(Array(8).fill('succeeded'))
    expect(runs.some(({ attempt }) => attempt > 1)).toBe(true)
    const started = await store.readEvents({ types: ['run_started', 'run_resumed'], limit: 1000 })
    expect(started.some(({ message }) => message?.includes(`:${victim}`))).toBe(true)
    for (const { id } of runs) {
      const ends = await store.readEvents({ runId: id, types: ['run_succeeded', 'asset_materialized'] })
      expect(ends.map(({ type, asset }) => asset ?? type).sort()).toEqual(['a', 'b', 'run_succeeded'])
    }
  } finally {
    for (const { process, ended } of engines) {
      process.kill('SIGINT')
      await ended
    }
    await store.close()
    for (const dir of dirs) await removeProject(dir)
  }
}, 120_000)
