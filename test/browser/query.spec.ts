import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Up } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

describe.skipIf(executablePath === undefined)('the Query page', { timeout: 60_000 }, () => {
  let pages: Pages
  let up: Up
  let page: Page
  let problems: string[]
  const ask = (sql: string) => page.goto(`${up.url}/query?run=true&sql=${encodeURIComponent(sql)}`)

  beforeAll(async () => {
    pages = await openPages(shop)
    ;({ up, page, problems } = pages)
  }, 60_000)
  afterAll(() => pages?.close())

  it('draws a result, read by arrow keys', async () => {
    await ask("select 'city ' || range as city, range * 10 as n from range(5)")
    await page.getByRole('tab', { name: 'Plot' }).click()
    const plot = page.getByRole('application', { name: 'Plot of n, 5 points' })
    await plot.locator('rect').nth(4).waitFor()
    await plot.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByText('city 1: 10').waitFor()
    await ask("select 'only words' as word")
    await page.getByRole('tab', { name: 'Plot' }).click()
    await page.getByText('Nothing to measure').waitFor()
  })

  it('downloads all rows as Parquet, also those that are not shown', async () => {
    await ask('select range as n from range(3000)')
    await page.getByText('more were left out').waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Parquet' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('query.parquet')
    const path = (await file.path()) as string
    expect((await readFile(path)).subarray(0, 4).toString()).toBe('PAR1')
    await ask(`select count(*) as n from read_parquet('${path}')`)
    await page.getByRole('gridcell', { name: '3000' }).waitFor()
  })

  it('never complained', () => expect(problems).toEqual([]))
})
