import { expect, it } from 'vitest'
import type { Run } from '../../src/orchestrate/index.js'
import { assetPartitionsSchema, type BackfillView, backfillSchema } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { pidOf, type Role } from './pid-of.js'
import { runningProject } from './running-project.js'

const files = {
  'millrace.yaml': 'name: days\n',
  'orchestration/definitions.ts': `import { asset, defineProject, partitions } from 'millrace'
export default defineProject(asset('a/days', {
  partitions: partitions.daily({ start: '2024-01-01', end: '2024-03-01' }),
  run: () => new Promise((resolve) => setTimeout(resolve, 40)),
}))
`,
}

const project = runningProject(files)

it('a backfill whose engine, server and store are killed makes each partition, in one run each', async () => {
  const { backfillId } = await project.up.post<{ backfillId: string }>('/backfills', { selection: 'a/days' })
  const backfill = async () => backfillSchema.parse(await project.up.get(`/backfills/${backfillId}`))
  const isThrough = (done: number) => async () => {
    const found = await backfill().catch(() => undefined)
    return (found?.runs.succeeded ?? 0) >= done && (found as BackfillView)
  }
  const kills: readonly (readonly Role[])[] = [['engine'], ['server'], ['postgres'], ['engine', 'server', 'postgres']]
  for (const [i, roles] of kills.entries()) {
    await eventually(`${(i + 1) * 9} runs are through`, isThrough((i + 1) * 9), { withinMs: 60_000 })
    for (const role of roles) process.kill(await pidOf(role, project.dir, project.up), 'SIGKILL')
  }
  const ended = await eventually(
    'it ends',
    async () => {
      const found = await backfill().catch(() => undefined)
      return found?.endedAt !== undefined && found
    },
    { withinMs: 90_000 },
  )
  expect(ended).toMatchObject({ status: 'succeeded', runCount: 60, requestedRuns: 60, runs: { succeeded: 60 } })
  const { runs } = await project.up.get<{ runs: Run[] }>(`/runs?trigger=${backfillId}&limit=100`)
  expect(new Set(runs.map(({ partitions }) => partitions)).size).toBe(60)
  expect(assetPartitionsSchema.parse(await project.up.get('/assets/a%2Fdays/partitions')).counts.made).toBe(60)
}, 240_000)
