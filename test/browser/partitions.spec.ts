import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assetPartitionsSchema,
  backfillSchema,
  backfillsSchema,
  partitionDetailSchema,
} from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const files = {
  'millrace.yaml': 'name: days\n',
  'orchestration/definitions.ts': `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asset, defineProject, partitions } from 'millrace'

export default defineProject(
  asset('reports/daily', {
    partitions: partitions.daily({ start: '2024-01-01', end: '2024-01-11' }),
    run: ({ partition, projectDir }) => {
      if (partition.key === '2024-01-04' && !existsSync(join(projectDir, 'mended'))) throw new Error('no luck today')
    },
  }),
)
`,
}

describe.skipIf(executablePath === undefined)('the partitions of an asset', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 60_000)
  afterAll(() => pages?.close())
  const state = async () => assetPartitionsSchema.parse(await pages.up.get('/assets/reports%2Fdaily/partitions'))
  const ended = () =>
    eventually('the backfill ends', async () => {
      const [backfill] = backfillsSchema.parse(await pages.up.get('/backfills')).backfills
      return backfill?.endedAt !== undefined && backfill
    })

  it('are all missing at first, and a backfill of some makes these', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    await pages.sees('10 partitions (daily from 2024-01-01 to 2024-01-11)')
    await pages.sees('10 missing')
    await page.getByRole('textbox', { name: 'Partitions' }).fill('2024-01-03...2024-01-06')
    await pages.sees('It will make 4 partitions in 4 runs.')
    await page.getByRole('button', { name: 'Start' }).click()
    expect(await ended()).toMatchObject({ status: 'failed', runs: { succeeded: 3, failed: 1 } })
    await pages.sees('3 of 4 runs done, 1 failed')
    await pages.open('/runs')
    await page.getByRole('heading', { name: 'Backfills' }).waitFor()
    await pages.sees('3 of 4 runs done, 1 failed')
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    await pages.sees('3 made')
    expect((await state()).stretches.map(({ status, first, count }) => [first, status, count])).toEqual([
      ['2024-01-01', 'missing', 2],
      ['2024-01-03', 'made', 1],
      ['2024-01-04', 'failed', 1],
      ['2024-01-05', 'made', 2],
      ['2024-01-07', 'missing', 4],
    ])
  })

  it('one that failed leads to its run, and is made again from there', async () => {
    const { page } = pages
    await page.getByRole('button', { name: '2024-01-04, failed' }).click()
    await pages.sees('never made')
    const one = await pages.up.get('/assets/reports%2Fdaily/partitions/2024-01-04')
    expect(partitionDetailSchema.parse(one)).toMatchObject({
      window: { start: '2024-01-04T00:00:00.000Z', end: '2024-01-05T00:00:00.000Z' },
      events: [{ type: 'asset_failed', partitions: '2024-01-04' }],
    })
    await writeFile(join(pages.dir, 'mended'), '')
    await page.getByRole('button', { name: 'Start' }).click()
    const { id } = (await ended()) as { id: string }
    await eventually('it is made', async () => (await state()).counts.failed === 0)
    expect(backfillSchema.parse(await pages.up.get(`/backfills/${id}`)).status).toBe('succeeded')
    await page.getByRole('link', { name: 'its last run' }).click()
    await page.waitForURL(/\/runs\//)
    await pages.sees('partitions 2024-01-04')
  })

  it('that there are not are refused before anything starts', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    await page.getByRole('textbox', { name: 'Partitions' }).fill('2024-02-30')
    await pages.sees('There is no partition `2024-02-30`.')
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
  })
})
