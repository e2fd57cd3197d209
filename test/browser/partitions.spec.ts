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

const days = partitions.daily({ start: '2024-01-01', end: '2024-01-11' })
const regions = partitions.static(['eu', 'us', 'asia'])
const tiers = partitions.static(['free', 'pro'])

export default defineProject(
  asset('reports/regions', {
    partitions: partitions.multi({ date: days, region: regions }),
    makesPartitions: 'together',
    run: () => {},
  }),
  asset('reports/tiers', { partitions: partitions.multi({ date: days, region: regions, tier: tiers }), run: () => {} }),
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
  /** The newest backfill, once there are so many and it has ended. */
  const ended = (count: number) =>
    eventually('the backfill ends', async () => {
      const { backfills } = backfillsSchema.parse(await pages.up.get('/backfills'))
      const [backfill] = backfills
      return backfills.length === count && backfill?.endedAt !== undefined && backfill
    })

  it('are all missing at first, and a backfill of some makes these', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    await pages.sees('10 partitions (daily from 2024-01-01 to 2024-01-11)')
    await pages.sees('10 missing')
    await page.getByRole('textbox', { name: 'Partitions' }).fill('2024-01-03...2024-01-06')
    await pages.sees('It will make 4 partitions in 4 runs.')
    await page.getByRole('button', { name: 'Start' }).click()
    expect(await ended(1)).toMatchObject({ status: 'failed', runs: { succeeded: 3, failed: 1 } })
    await pages.sees('3 of 4 runs done, 1 failed')
    await pages.open('/runs')
    await page.getByRole('heading', { name: 'Backfills' }).waitFor()
    await pages.sees('3 of 4 runs done, 1 failed')
    await page.getByRole('button', { name: 'Retry' }).click()
    await pages.sees('It makes what the former one did not: 1 partition of reports/daily in 1 run: 2024-01-04.')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click()
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

  it('are told wherever the asset is, which has failed while one of them has', async () => {
    const { page } = pages
    await pages.sees('3 of 10 made, 1 failed, 6 missing')
    await pages.sees('1 of 10 partitions failed, 6 are missing.')
    await pages.open('/assets')
    const row = page.getByRole('row', { name: 'reports/daily' })
    await row.getByText('✓ 3 ✕ 1 ○ 6').waitFor()
    await row.getByText('failed', { exact: true }).waitFor()
    await pages.open('/lineage')
    await page.getByText('✓ 3 ✕ 1 ○ 6').waitFor()
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
  })

  it('one that failed leads to its run, and is made again from there', async () => {
    const { page } = pages
    await page.getByRole('button', { name: '2024-01-04, failed' }).click()
    await pages.sees('never made')
    // The address has what is chosen.
    await page.waitForURL(/partition=/)
    await page.reload()
    await pages.sees('never made')
    const one = await pages.up.get('/assets/reports%2Fdaily/partitions/2024-01-04')
    expect(partitionDetailSchema.strict().parse(one)).toMatchObject({
      window: { start: '2024-01-04T00:00:00.000Z', end: '2024-01-05T00:00:00.000Z' },
      failedAt: expect.any(String),
      runId: expect.any(String),
    })
    await writeFile(join(pages.dir, 'mended'), '')
    await page.getByRole('button', { name: 'Start' }).click()
    const { id } = await ended(2)
    await eventually('it is made', async () => (await state()).counts.failed === 0)
    expect(backfillSchema.parse(await pages.up.get(`/backfills/${id}`)).status).toBe('succeeded')
    // What the first one did not make is made by now.
    await page.getByRole('button', { name: 'Retry' }).click()
    await pages.sees('Nothing is missing: every partition was made.')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('link', { name: 'its last run' }).click()
    await page.waitForURL(/\/runs\//)
    await pages.sees('partitions 2024-01-04')
  })

  it('go on by arrow keys from one stretch to the next, and are chosen with Shift', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    const bar = page.getByRole('group', { name: 'Partitions of reports/daily' })
    await bar.getByRole('button').last().focus()
    await page.keyboard.press('Home')
    expect(await bar.locator('button:focus').getAttribute('aria-label')).toBe('2024-01-01...2024-01-02, missing')
    await page.keyboard.press('Shift+ArrowRight')
    const chosen = page.getByRole('textbox', { name: 'Partitions' })
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-01...2024-01-06')
    // How they stand, and from there to the run of each.
    await pages.sees('6 partitions: 4 made, 2 missing')
    await page.getByRole('button', { name: '2024-01-06', exact: true }).click()
    await page.getByRole('link', { name: 'its last run' }).waitFor()
    await page.goto(`${pages.up.url}/assets/reports%2Fdaily?tab=partitions&partitions=2024-01-03...2024-01-06`)
    await pages.sees('4 partitions: 4 made')
    await page.getByRole('textbox', { name: 'One of them' }).fill('2024-01-05')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'its last run' }).waitFor()
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-05')
  })

  it('that there are not are refused before anything starts', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fdaily?tab=partitions')
    await page.getByRole('textbox', { name: 'Partitions' }).fill('2024-02-30')
    await pages.sees('There is no partition 2024-02-30.')
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
  })

  const cell = () => pages.page.getByRole('gridcell').textContent()

  it('of two dimensions are a grid that keys walk through and choose from', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fregions?tab=partitions')
    await pages.sees('30 missing')
    const grid = page.getByRole('grid', { name: 'Partitions of reports/regions: date across, region down' })
    await grid.focus()
    await expect.poll(cell).toBe('2024-01-10, eu: missing')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await expect.poll(cell).toBe('2024-01-01, us: missing')
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(`Shift+${key}`)
    await page.getByRole('status').getByText('6 cells chosen: 6 missing').waitFor()
    const chosen = page.getByRole('textbox', { name: 'Partitions' })
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-01...2024-01-03|us...asia')
    await pages.sees('It will make 6 partitions in 1 run.')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('button', { name: '6 made' }).click()
    await expect.poll(cell).toBe('2024-01-01, us: made')
    await pages.sees('made ')
    await grid.focus()
    await page.keyboard.press('Control+Space')
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-01|*')
    await pages.sees('It will make 1 partition in 1 run.')
    await page.keyboard.press('Escape')
    await expect.poll(() => chosen.inputValue()).toBe('*')
  })

  it('of two dimensions are chosen by drawing, and by their labels', async () => {
    const { page } = pages
    const grid = page.getByRole('grid')
    const chosen = page.getByRole('textbox', { name: 'Partitions' })
    const { x, y } = (await grid.boundingBox()) ?? { x: 0, y: 0 }
    // Cells are 18 px wide and high, below 22 px of labels and beside 43.
    await page.mouse.move(x + 45 + 20, y + 24 + 4)
    await page.mouse.down()
    await page.mouse.move(x + 45 + 60, y + 24 + 24)
    await page.mouse.up()
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-02...2024-01-04|eu...us')
    await page.mouse.click(x + 10, y + 24 + 4)
    await expect.poll(() => chosen.inputValue()).toBe('*|eu')
    await page.getByRole('button', { name: 'date across, region down' }).click()
    await page.getByRole('grid', { name: /region across, date down/ }).waitFor()
  })

  it('of three dimensions show two, and the third held or as a whole', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Ftiers?tab=partitions')
    await page.getByRole('grid', { name: /date across, region down/ }).focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Space')
    const chosen = page.getByRole('textbox', { name: 'Partitions' })
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-01|eu|*')
    await page.getByRole('combobox', { name: 'tier' }).click()
    await page.getByRole('option', { name: 'pro', exact: true }).click()
    await expect.poll(() => chosen.inputValue()).toBe('2024-01-01|eu|pro')
    await pages.sees('never made')
    await page.getByRole('combobox', { name: 'Down' }).click()
    await page.getByRole('option', { name: 'tier', exact: true }).click()
    await page.getByRole('grid', { name: /date across, tier down/ }).waitFor()
    await page.waitForURL(/down=tier/)
    await page.reload()
    await page.getByRole('grid', { name: /date across, tier down/ }).waitFor()
  })

  it('never complained', () => expect(pages.problems.filter((one) => !one.includes('422'))).toEqual([]))
})
