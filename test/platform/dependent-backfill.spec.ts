import { expect, it } from 'vitest'
import { assetPartitionsSchema, backfillSchema } from '../../src/server/contract/index.js'
import { millrace } from '../support/millrace.js'
import { runningProject } from './running-project.js'

/** Hours, the days that follow from them, a balance that goes on from the day before, and a total of all. */
const project = runningProject({
  'millrace.yaml': 'name: shop\n',
  'orchestration/definitions.ts': `import { asset, defineProject, mapping, partitions } from 'millrace'
const range = { start: '2024-01-01', end: '2024-01-05' }
const hours = asset('hours', { partitions: partitions.hourly(range), makesPartitions: 'together', run: () => {} })
const days = asset('days', { deps: [hours], partitions: partitions.daily(range), run: () => {} })
const balance = asset('balance', {
  deps: [days, { asset: 'balance', mapping: mapping.timeWindow({ startOffset: -1, endOffset: -1 }) }],
  partitions: partitions.daily(range),
  run: ({ partition }) => {
    if (partition.key === '2024-01-03') throw new Error('not balanced')
  },
})
const total = asset('total', { deps: [days], run: () => {} })
export default defineProject(hours, days, balance, total)
`,
})
const made = async (asset: string) =>
  assetPartitionsSchema.parse(await project.up.get(`/assets/${asset}/partitions`)).counts

it('a backfill from hours to days goes by what reads what, and says what it skipped for what', async () => {
  const dryRun = millrace(project.dir, [
    'backfills',
    'create',
    '*',
    '--partition',
    '2024-01-01-00:00...2024-01-04-23:00',
    '--dry-run',
  ])
  expect(await dryRun.ended).toMatchObject({ code: 0 })
  expect(dryRun.output()).toContain('It would make 96 partitions of hours, days, balance in 10 runs')
  expect(dryRun.output()).toContain('  days: 2024-01-01...2024-01-04 in 4 runs\n')
  const created = millrace(project.dir, ['backfills', 'create', '*', '--json'])
  expect(await created.ended).toMatchObject({ code: 1 })
  const backfill = backfillSchema.parse(JSON.parse(created.output()))
  expect(backfill).toMatchObject({
    status: 'failed',
    requestedRuns: 9,
    runs: { succeeded: 8, failed: 1 },
    skipped: [{ assets: ['balance'], partitions: '2024-01-04', upstream: 'balance', upstreamPartitions: '2024-01-03' }],
  })
  expect([await made('hours'), await made('days'), await made('balance')].map((one) => one.made)).toEqual([96, 4, 2])
  const runs = await project.up.get<{ runs: { selection: string }[] }>(`/runs?trigger=${backfill.id}&limit=50`)
  expect(runs.runs.map(({ selection }) => selection).filter((one) => one === 'total')).toHaveLength(1)
  const listed = millrace(project.dir, ['backfills'])
  await listed.ended
  expect(listed.output()).toContain('8 of 10 done, 1 failed, 1 skipped')
}, 120_000)
