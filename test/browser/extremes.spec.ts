import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { executablePath, openBrowser, openPage } from './open-browser.js'

const streams = Array.from({ length: 250 }, (_, number) => `stream_${String(number).padStart(3, '0')}`)
const wide = `name: wide
source:
  connector: file
  config:
    streams:
${streams.map((name) => `      - { name: ${name}, path: data/orders.csv }`).join('\n')}
destination: { connector: warehouse, schema: raw }
`

describe.skipIf(executablePath === undefined)('with nothing, and with a lot', { timeout: 60_000 }, () => {
  let browser: Browser
  const started: { dir: string; up: Up }[] = []
  const problems: string[] = []
  const start = async (files: Readonly<Record<string, string>>): Promise<Up> => {
    const dir = await temporaryProject(files)
    const up = await startUp(dir)
    started.push({ dir, up })
    return up
  }
  const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

  beforeAll(async () => {
    browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    for (const { dir, up } of started) {
      await up.stop()
      await removeProject(dir)
    }
  })

  it('an empty project is told its first step on every page', async () => {
    const up = await start({})
    const page = await openPage(browser, problems)
    await page.goto(`${up.url}/`)
    await sees(page, 'This project is empty')
    await sees(page, 'extract_load/shop.yaml')
    await page.goto(`${up.url}/connections`)
    await sees(page, 'No connections yet')
    await page.goto(`${up.url}/automation`)
    await sees(page, "schedule('nightly'")
    await page.goto(`${up.url}/runs`)
    await sees(page, "millrace materialize '*'")
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/', '/connections', '/automation', '/runs']) {
      await page.goto(up.url + path)
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
  })

  it('a table of 250 rows draws those that can be seen, sorts, and reaches its end', async () => {
    const up = await start({ 'extract_load/wide.yaml': wide, 'data/orders.csv': 'id\n1\n' })
    const page = await openPage(browser, problems)
    await page.goto(`${up.url}/connections/wide`)
    const table = page.getByRole('table', { name: 'Streams' })
    await table.getByText('stream_000', { exact: true }).waitFor()
    expect(await table.getByRole('row').count()).toBeLessThan(100)
    await page.evaluate("document.querySelector('table').parentElement.scrollTo(0, 1e6)")
    await table.getByText('stream_249', { exact: true }).waitFor()
    await table.getByRole('button', { name: 'Stream', exact: true }).click()
    await table.getByRole('button', { name: 'Stream', exact: true }).click()
    await page.evaluate("document.querySelector('table').parentElement.scrollTo(0, 0)")
    await table.getByText('stream_249', { exact: true }).waitFor()
    expect(await table.getByRole('columnheader', { name: 'Stream', exact: true }).getAttribute('aria-sort')).toBe(
      'descending',
    )
  })

  it('never complained', () => expect(problems).toEqual([]))
})
