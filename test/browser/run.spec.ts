import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { troubledShop } from './troubled-shop.js'

interface RunAnswer {
  readonly id: string
  readonly status: string
  readonly parentRunId?: string
  readonly steps: readonly { readonly key: string; readonly status: string }[]
}

/** One of its assets says more than a page takes at once. */
const definitions = 'orchestration/definitions.ts'
const talkative = {
  ...troubledShop,
  [definitions]: (troubledShop[definitions] ?? '').replace(
    "log('waiting')",
    "for (let i = 0; i < 5000; i++) log('line ' + i + '.')\n    log('waiting')",
  ),
}

describe.skipIf(executablePath === undefined)('the page of a run and of its assets', { timeout: 60_000 }, () => {
  let pages: Pages
  let failed: string
  const run = (id: string) => pages.up.get<RunAnswer>(`/runs/${id}`)
  const materialize = async (selection: string) =>
    (await pages.up.post<{ runId: string }>('/materialize', { selection })).runId
  const ended = (id: string) =>
    eventually(`run ${id} ends`, async () => {
      const found = await run(id)
      return ['succeeded', 'failed', 'cancelled'].includes(found.status) && found
    })

  beforeAll(async () => {
    pages = await openPages(talkative)
    failed = await materialize('* not reports/slow')
    await ended(failed)
  }, 60_000)
  afterAll(() => pages?.close())

  it('shows the failure with file, line and code before everything else', async () => {
    const { page } = pages
    await pages.open(`/runs/${failed}`)
    const alert = page.getByRole('alert').first()
    await alert.waitFor()
    expect(await alert.innerText()).toMatch(/macros\/in_euro\.sql:3/)
    expect(await alert.innerText()).toContain('> 3 |')
    const steps = await page.getByRole('heading', { name: 'Steps' }).boundingBox()
    expect((await alert.boundingBox())?.y).toBeLessThan(steps?.y ?? 0)
    // What a person can see at once, without scrolling.
    expect((await alert.boundingBox())?.y).toBeLessThan(400)
  })

  it('tells of a check that does not hold, and shows the rows that break it', async () => {
    const { page } = pages
    await page.getByRole('button', { name: /check not_null_customers_customer.*Got 1 result/ }).click()
    await page.getByRole('link', { name: 'Show the rows that break it' }).press('Enter')
    await page.waitForURL(/\/query/)
    await pages.sees('1 row in')
    await page.goBack()
  })

  it('is listed with the checks that failed, whatever stands in the address', async () => {
    const { page } = pages
    await pages.open('/runs?since=soon&until=2024-99-99')
    await page
      .getByRole('row', { name: failed.slice(-8) })
      .getByText('1 check failed')
      .waitFor()
    await page.getByRole('combobox', { name: 'Trigger' }).click()
    for (const name of ['any backfill', 'any condition', 'retry after a failure', 'weekly'])
      await page.getByRole('option', { name, exact: true }).waitFor()
    await page.getByRole('option', { name: 'by hand, on the web' }).click()
    await page.getByRole('row', { name: failed.slice(-8) }).waitFor()
    await pages.open(`/runs/${failed}`)
  })

  it('says why a step was skipped', () => pages.sees(/the check not_null_customers_customer of main\/customers failed/))

  it('filters its log by step, level and word, and keeps that in the address', async () => {
    const { page } = pages
    await page.getByRole('button', { name: /^main\/in_euro .*failed/ }).click()
    await pages.sees('only main/in_euro')
    const lines = page.getByRole('log').getByText('raw/orders')
    await eventually('lines of other steps are gone', async () => (await lines.count()) === 0)
    await page.getByLabel('Show every step').click()
    await page.getByRole('log').getByText('materialized raw/orders').first().waitFor()
    await page.getByRole('radiogroup', { name: 'Level' }).getByText('errors').click()
    await eventually('only errors are left', async () => (await lines.count()) === 0)
    await page.getByLabel('Search the log').fill('no such word')
    await pages.sees(/No line of this run is like that/)
    expect(page.url()).toMatch(/level=errors/)
    await page.reload()
    await pages.sees(/No line of this run is like that/)
  })

  it('runs picked steps again', async () => {
    const { page } = pages
    await pages.open(`/runs/${failed}`)
    await page.getByRole('button', { name: 'Re-run …' }).click()
    await page.getByRole('menuitem', { name: 'Picked steps' }).click()
    await page.getByRole('button', { name: /^main\/stg_orders / }).click()
    await page.getByRole('button', { name: 'Re-run 1 picked step' }).click()
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(failed))
    const again = await ended(page.url().split('/').at(-1) as string)
    expect(again).toMatchObject({ status: 'succeeded', parentRunId: failed })
    expect(again.steps.map((step) => step.key)).toEqual(['dbt:model.shop.stg_orders'])
    await pages.sees('re-run of')
  })

  it('draws only a part of a long log, and follows it to its end', async () => {
    const { page } = pages
    const id = await materialize('reports/slow')
    await pages.open(`/runs/${id}`)
    const log = page.getByRole('log')
    await log.getByText('waiting').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).waitFor()
    await pages.sees(/the last [\d,]+ lines/)
    // What is not here is found all the same.
    await page.getByLabel('Search the log').fill('LINE 17.')
    await log.getByText('line 17.').waitFor()
    await pages.sees(/^1 line$/)
    await page.getByLabel('Search the log').fill('')
    await log.getByText('waiting').waitFor()
    await log.press('Home')
    await page.getByRole('button', { name: 'Show older lines' }).click()
    await pages.sees(/the last [4-5],\d+ lines/)
    await writeFile(join(pages.dir, 'go'), '')
    await ended(id)
    await page.getByRole('button', { name: 'Re-run …' }).waitFor()
  })

  it('leads an asset that was left out to the reason', async () => {
    await pages.open('/assets/main%2Floyal')
    await pages.sees('The last run left it out')
    await pages.sees(/the check not_null_customers_customer of main\/customers failed/)
  })

  it('shows an asset’s checks with their history, its columns and both sides of its code', async () => {
    const { page } = pages
    await pages.open('/assets/main%2Fcustomers?tab=checks')
    await pages.sees('Got 1 result')
    await page
      .getByRole('listitem')
      .getByRole('link', { name: /^failed, / })
      .waitFor()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('cell', { name: 'The name.' }).waitFor()
    await page.getByRole('tab', { name: 'Code' }).click()
    await page.getByLabel('Written code').getByText("source('raw', 'orders')").waitFor()
    await page.getByLabel('Compiled code').getByText('"raw"."orders"').waitFor()
  })

  it('reads a plot by keyboard', async () => {
    const { page } = pages
    await pages.open('/assets/raw%2Forders')
    await page.getByRole('application', { name: /^Rows over/ }).press('End')
    await page.getByRole('status').getByText('3', { exact: true }).waitFor()
  })

  it('says what will run, for each reach, before anything starts', async () => {
    const { page } = pages
    await pages.open('/assets/main%2Fcustomers')
    await page.getByRole('button', { name: 'Materialize' }).click()
    await pages.sees('Only this (1)')
    await page.getByText('With upstream (2)').click()
    await pages.sees('It will sync 1 stream, build 1 model, evaluate 1 check, in 3 steps:')
    await page.keyboard.press('Escape')
  })

  it('is headed by the stream that failed, not by the first of its connection', async () => {
    const { page } = pages
    await writeFile(
      join(pages.dir, 'extract_load/pair.yaml'),
      `name: pair
source:
  connector: file
  config:
    streams:
      - { name: all_well, path: data/orders.csv }
      - { name: not_there, path: data/nobody.csv }
destination: { connector: warehouse, schema: raw }
streams: { all_well: {}, not_there: {} }
`,
    )
    const id = await eventually('its streams are known', () =>
      materialize('raw/all_well raw/not_there').catch(() => undefined),
    )
    expect((await ended(id)).status).toBe('failed')
    await pages.open(`/runs/${id}`)
    await pages.sees('of raw/not_there')
    await page.getByRole('link', { name: 'Open asset' }).click()
    await page.waitForURL(/raw%2Fnot_there/)
  })

  it.each([
    '/assets/main%2Fin_euro',
    '/assets/main%2Fcustomers?tab=checks',
    '/assets/main%2Fcustomers?tab=code',
    'run',
  ])('fits a telephone: %s', async (path) => {
    await pages.page.setViewportSize({ width: 390, height: 844 })
    await pages.open(path === 'run' ? `/runs/${failed}` : path)
    await pages.page.getByRole('heading').first().waitFor()
    await pages.page.getByRole('alert').first().waitFor()
    expect(await pages.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })

  it('never complained', () => expect(pages.problems).toEqual([]))
})
