import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const many = Object.fromEntries(
  Array.from({ length: 400 }, (_, i) => [
    `transformation/dbt/models/many/m_${String(i).padStart(3, '0')}.sql`,
    `select id from {{ ref('stg_orders') }}`,
  ]),
)
const files = {
  ...shop,
  ...many,
  'transformation/dbt/macros/cents.sql': '{% macro cents(column) %}{{ column }} * 100{% endmacro %}',
  'transformation/dbt/models/docs.md':
    '{% docs money %}\n**Money** in `euro`, <script>alert(1)</script>\n\n- one\n- two\n{% enddocs %}',
  'transformation/dbt/models/words.yml':
    'models:\n  - name: stg_orders\n    description: "{{ doc(\'money\') }}"\n    columns: [{ name: id, description: "The **id**", data_tests: [unique], constraints: [{ type: check, expression: id > 0 }] }]\nexposures:\n  - { name: board, type: dashboard, url: "https://example.com/board", owner: { name: Ann, email: ann@example.com }, depends_on: ["ref(\'revenue\')"] }\n',
  'transformation/dbt/models/v_v1.sql': "select id from {{ ref('stg_orders') }}",
  'transformation/dbt/models/v_v2.sql': "select id from {{ ref('stg_orders') }}",
  'transformation/dbt/models/resources.yml': `groups: [{ name: finance, owner: { name: Ann, email: ann@example.com } }]
models:
  - name: v
    config: { group: finance }
    constraints: [{ type: primary_key, columns: [id] }]
    versions: [{ v: 1 }, { v: 2 }]
unit_tests:
  - name: cents_are_hundreds
    model: stg_orders
    given: [{ input: "source('raw', 'orders')", rows: [{ id: 1, amount: 2 }] }]
    expect: { rows: [{ cents: 200 }] }
`,
  'transformation/dbt/models/stg_orders.sql':
    "select id, amount, {{ cents('amount') }} as cents from {{ source('raw', 'orders') }}\n",
}

describe.skipIf(executablePath === undefined)('the Models page', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  let problems: string[]
  const open = (path: string) => pages.open(path)
  const sees = (text: string | RegExp) => pages.sees(text)

  beforeAll(async () => {
    pages = await openPages(files)
    ;({ page, problems } = pages)
  }, 60_000)
  afterAll(() => pages?.close())

  it('leads from a bare name to what is called so, and asks which where there are several', async () => {
    await open('/models/revenue')
    await page.waitForURL(/\/models\/model\.shop\.revenue/)
    await page.getByRole('heading', { name: 'revenue', level: 2 }).waitFor()
    await open('/models/v')
    await sees('2 resources are called v')
    await page.getByRole('link', { name: 'model.shop.v.v2' }).click()
    await page.waitForURL(/\/models\/model\.shop\.v\.v2/)
  })

  it('finds a model by typing, and has an address for it', async () => {
    await open('/models')
    await sees('Pick a model')
    await page.getByLabel('Find a model').fill('revenue')
    await page.getByRole('treeitem', { name: 'revenue' }).click()
    await page.getByRole('heading', { name: 'revenue', level: 2 }).waitFor()
    expect(decodeURIComponent(page.url())).toContain('/models/model.shop.revenue?q=revenue')
    await sees('What came in.')
    await page.getByRole('link', { name: 'board' }).waitFor()
    await page.getByRole('link', { name: 'stg_orders', exact: true }).first().click()
    await page.getByRole('heading', { name: 'stg_orders', level: 2 }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'revenue', level: 2 }).waitFor()
  })

  it('tells columns with tests, what they are made of and who reads them, before anything ran', async () => {
    await open('/models/model.shop.stg_orders')
    const table = page.getByRole('table', { name: 'Columns of stg_orders' })
    await table.getByText('amount * 100').waitFor()
    await table.getByText('unique', { exact: true }).waitFor()
    await table.getByRole('link', { name: 'revenue' }).waitFor()
    await page.getByRole('link', { name: 'cents', exact: true }).waitFor()
  })

  it('shows Markdown as it is meant, and runs nothing of it', async () => {
    await open('/models/model.shop.stg_orders')
    await page.locator('b', { hasText: 'Money' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'two' }).waitFor()
    await sees('<script>alert(1)</script>')
  })

  it('tells what is written of resources that are no tables, and of versions and constraints', async () => {
    await open('/models/model.shop.stg_orders')
    const table = page.getByRole('table', { name: 'Columns of stg_orders' })
    await table.locator('b', { hasText: 'id' }).waitFor()
    await table.getByText('constraint check (id > 0)').waitFor()
    await page.getByRole('link', { name: 'v v1', exact: true }).first().waitFor()
    await page.getByRole('link', { name: 'v v2', exact: true }).first().click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByText('"primary_key"').waitFor()

    await open('/models/exposure.shop.board')
    await page.getByRole('link', { name: 'https://example.com/board' }).waitFor()
    expect(await page.getByRole('tab', { name: 'Columns' }).count()).toBe(0)
    await open('/models/group.shop.finance')
    await page.getByText('ann@example.com').waitFor()
    await page.getByRole('link', { name: 'v v1', exact: true }).waitFor()
    await open('/models/model.shop.stg_orders')
    await page.getByRole('link', { name: 'cents_are_hundreds' }).click()
    await page.getByRole('heading', { name: 'cents_are_hundreds', level: 2 }).waitFor()
    await page.getByText('"amount": 2').waitFor()
    await page.getByText('"cents": 200').waitFor()
  })

  it('shows the written and the compiled code', async () => {
    await open('/models/model.shop.stg_orders?tab=code')
    await page.locator('.cm-jinja').first().waitFor()
    await page.getByLabel('Compiled code').getByText('amount * 100').waitFor()
  })

  it('walks through hundreds of models by keyboard, drawing those that can be seen', async () => {
    await open('/models/model.shop.m_000')
    const here = page.getByRole('treeitem', { name: 'm_000' })
    await here.waitFor()
    expect(await page.getByRole('treeitem').count()).toBeLessThan(120)
    await here.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/m_001/)
    await page.keyboard.press('End')
    await page.locator('[role=treeitem]:focus', { hasText: 'Sources' }).waitFor()
    await page.keyboard.press('Home')
    await page.locator('[role=treeitem]:focus', { hasText: 'shop' }).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('treeitem', { name: 'm_001' }).waitFor({ state: 'detached' })
    await page.getByText('By database').click()
    await page.waitForURL(/by=database/)
    await page.getByRole('treeitem', { name: 'm_001' }).waitFor()
  })

  it('follows one field through the lineage', async () => {
    await open('/models/model.shop.stg_orders')
    await page.getByRole('link', { name: 'follow it: amount' }).click()
    await page.waitForURL(/\/lineage\?field=/)
    await sees('is made of, what is made of it, and whose rows it decides over')
    await page.getByTitle(/^main\/revenue: /).waitFor()
    await page.getByText('total', { exact: true }).waitFor()
    expect(await page.getByTitle(/^main\/m_000: /).count()).toBe(0)
    await page.getByLabel('Show everything again').click()
    await page.waitForURL((url) => !url.search.includes('field='))
  })

  it('fits on a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/models', '/models/model.shop.stg_orders', '/models/model.shop.stg_orders?tab=code']) {
      await open(path)
      await page
        .getByRole('heading', { level: path === '/models' ? 1 : 2 })
        .first()
        .waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
    await page.getByRole('link', { name: 'All models' }).click()
    await page.getByLabel('Find a model').waitFor()
  })

  it('never complained', () => expect(problems).toEqual([]))
})
