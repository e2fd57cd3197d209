import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

/** More models than anybody can look at, in a group of their own. */
const many = 1_200
const crowd = Object.fromEntries(
  Array.from({ length: many }, (_, i) => [
    `transformation/dbt/models/crowd/c${i}.sql`,
    i === 0 ? "select id from {{ ref('stg_orders') }}\n" : `select id from {{ ref('c${Math.floor((i - 1) / 3)}') }}\n`,
  ]),
)

/** The one thing of the browser's own that is asked here: the tests are built without its types. */
interface Styles {
  getComputedStyle(node: unknown): { readonly opacity: string }
}

/** Until a card has been in one place for a third of a second. */
const standsStill = (card: Locator) =>
  eventually('the card to stand still', async () => {
    const place = async () => JSON.stringify(await card.boundingBox())
    const before = await place()
    await new Promise((resolve) => setTimeout(resolve, 333))
    return before === (await place())
  })

describe.skipIf(executablePath === undefined)('the lineage and the query page', { timeout: 60_000 }, () => {
  let pages: Pages
  const card = (key: string) => pages.page.getByTitle(new RegExp(`^${key}: `))

  beforeAll(async () => {
    pages = await openPages({ ...shop, ...crowd })
  }, 120_000)
  afterAll(() => pages?.close())

  it('folds a large project into its groups, and opens one in place', async () => {
    await pages.open('/lineage')
    await card('crowd').waitFor()
    expect(await card('main/c5').count()).toBe(0)
    // A click may meet a card that is about to move.
    await standsStill(card('models'))
    await card('models').click()
    await card('main/revenue').waitFor()
    expect(pages.page.url()).toContain('open=models')
    await card('crowd').waitFor()
  })

  it('does not draw what cannot be looked at, but finds in it', async () => {
    const { page } = pages
    // What was opened above is still being laid out.
    await standsStill(card('crowd'))
    await card('crowd').click()
    await pages.sees('1,200 assets are too many to draw at once')
    await page.getByLabel('Search in crowd').fill('c700')
    await page.getByRole('button', { name: 'c700' }).click()
    await card('main/c700').waitFor()
    await card('main/c233').waitFor()
    expect(await card('main/c5').count()).toBe(0)
  })

  it('shows beside the graph what an asset is, and lets the rest step back', async () => {
    const { page } = pages
    await pages.open('/lineage?q=main/revenue+ 1+main/revenue reports/slow&view=assets'.replaceAll('+', '%2B'))
    // The graph is drawn anew when its last part comes: a click before that meets what is about to go.
    await card('reports/slow').waitFor()
    await standsStill(card('main/revenue'))
    await card('main/revenue').click()
    const panel = page.getByRole('complementary', { name: 'Details' })
    await panel.getByText('What came in.').waitFor()
    await panel.getByText('Upstream (1)').waitFor()
    expect(page.url()).toContain('at=main')
    const opacity = (key: string) =>
      page
        .locator('.react-flow__node', { has: card(key) })
        .evaluate((node) => (globalThis as unknown as Styles).getComputedStyle(node).opacity)
    await eventually('what is not related steps back', async () => Number(await opacity('reports/slow')) < 0.5)
    expect(await opacity('main/stg_orders')).toBe('1')
  })

  it('is walked by keyboard', async () => {
    const { page } = pages
    const graph = page.getByRole('application', { name: /^Lineage graph/ })
    await graph.focus()
    await graph.press('ArrowLeft')
    await pages.sees(/^main\/stg_orders, never/)
    await graph.press('ArrowDown')
    await pages.sees(/^reports\/slow, never/)
    await graph.press('ArrowUp')
    await pages.sees(/^main\/stg_orders, never/)
    await graph.press('ArrowRight')
    await pages.sees(/^main\/revenue, never/)
    await graph.press('Enter')
    await page.waitForURL(/\/assets\/main%2Frevenue/)
    await page.goBack()
  })

  it('filters by the selection syntax, in the address', async () => {
    const { page } = pages
    await pages.open('/lineage')
    await page.getByLabel('Filter', { exact: true }).fill('1+main/revenue')
    await page.getByRole('button', { name: 'Materialize these 2' }).waitFor()
    await eventually('the address has it', () => page.url().includes('q=1%2Bmain'))
    await page.getByLabel('Filter', { exact: true }).fill('(main/revenue or main/orders) and not path:models/crowd')
    await page.getByRole('button', { name: /^Materialize these/ }).waitFor()
    await page.getByLabel('Filter', { exact: true }).fill('(main/revenue')
    await pages.sees(/cannot be read/)
    expect(await page.getByRole('button', { name: /^Materialize/ }).count()).toBe(0)
    await page.getByLabel('Filter', { exact: true }).fill('nothing-like-it')
    await pages.sees('Nothing matches')
    await page.getByLabel('Clear the filter').click()
    await card('crowd').waitFor()
    await page.getByLabel('How to filter').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('raw/orders')
    expect(await page.getByLabel('Filter', { exact: true }).inputValue()).toBe('raw/orders')
    await page.keyboard.press('Home')
    await page.keyboard.press('/')
    expect(await page.getByLabel('Filter', { exact: true }).inputValue()).toBe('/raw/orders')
  })

  it('opens the details over the whole of a telephone', async () => {
    const { page } = pages
    await page.setViewportSize({ width: 390, height: 844 })
    await pages.open('/lineage?q=%2Brevenue&at=main/revenue')
    await page.getByRole('dialog').getByText('What came in.').waitFor()
    await page.getByLabel('Back to the graph').click()
    await card('main/revenue').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('runs a query with Ctrl-Enter, hands the result out as CSV, and remembers it', async () => {
    const { page } = pages
    await pages.open('/query')
    await pages.sees('Read-only: a statement that would write is refused')
    const editor = page.getByRole('textbox', { name: 'SQL' })
    await editor.fill('select 12345678901234567890::hugeint as big, null as nothing')
    await editor.press('Control+Enter')
    await page.getByRole('gridcell', { name: '12345678901234567890' }).waitFor()
    await pages.sees('1 row in')
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    expect((await file).suggestedFilename()).toBe('query.csv')
    await page.reload()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('button', { name: /12345678901234567890::hugeint/ }).waitFor()
  })

  it('shows where a query is wrong, and refuses one that writes', async () => {
    const { page, problems } = pages
    const editor = page.getByRole('textbox', { name: 'SQL' })
    await editor.fill('select 1,\n  nowhere')
    await editor.press('Control+Enter')
    await pages.sees(/Referenced column "nowhere"/)
    await pages.sees('> 2 |')
    await page.locator('.cm-lintRange-error', { hasText: 'nowhere' }).waitFor()
    await editor.fill('drop table x')
    await editor.press('Control+Enter')
    await pages.sees(/drop may write/)
    problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes('422')))
  })

  it('never complained', () => expect(pages.problems).toEqual([]))
})
