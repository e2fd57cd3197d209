import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

describe.skipIf(executablePath === undefined)('the pages', { timeout: 60_000 }, () => {
  let pages: Pages
  let dir: string
  let page: Page
  let problems: string[]
  const model = () => join(dir, 'transformation/dbt/models/stg_orders.sql')
  const open = (path: string) => pages.open(path)
  const sees = (text: string | RegExp) => pages.sees(text)
  const materialize = async (key: string) => {
    await open(`/assets/${encodeURIComponent(key)}`)
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/\/runs\//)
  }

  beforeAll(async () => {
    pages = await openPages(shop)
    ;({ dir, page, problems } = pages)
  }, 60_000)
  afterAll(() => pages?.close())

  it('say what to do where nothing ran yet', async () => {
    await open('/')
    await sees(/never/)
    await open('/runs')
    await sees(/Nothing ran yet|No runs/)
    await open('/assets/main%2Frevenue')
    await sees('What came in.')
    await page.getByText('never', { exact: true }).first().waitFor()
  })

  it('show a run from the button to its end without a reload', async () => {
    await open('/lineage')
    await page.getByTitle(/^main\/revenue: /).waitFor()
    await page.getByLabel('Filter', { exact: true }).fill('+reports/revenue')
    await page.getByRole('button', { name: 'Materialize these 4' }).click()
    await sees(/^It will sync 1 stream, build 2 models, run 1 TypeScript asset, evaluate 1 check, in \d steps:$/)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/\/runs\//)
    await sees('Run succeeded')
    await sees('reported')
    await page.getByRole('button', { name: /^Checks \(1\)/ }).click()
    await page
      .getByRole('button', { name: /^check not_null_revenue_total/ })
      .first()
      .waitFor()
    await open('/assets/main%2Frevenue')
    await sees('HUGEINT')
    await sees('not_null')
    await page.getByRole('tab', { name: 'Rows' }).click()
    await page.getByRole('gridcell', { name: '60' }).waitFor()
    expect(page.url()).toContain('tab=rows')
    await page.goBack()
    await sees('The sum of all orders.')
  })

  it('draw the bars of the overview where they stay from the first', async () => {
    const tab = await openPage(pages.browser, problems)
    try {
      await tab.addInitScript(`
        globalThis.places = []
        new MutationObserver(() => {
          for (const bar of document.querySelectorAll('[class*=bar][data-status]')) places.push(parseFloat(bar.style.left))
        }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['style'] })`)
      await tab.goto(pages.up.url)
      const places = await eventually('a bar is drawn', async () => {
        const found = await tab.evaluate<number[]>('places')
        return found.length > 0 && found
      })
      expect(Math.min(...places)).toBeGreaterThan(100)
      // The clock goes on.
      expect(Math.max(...places) - Math.min(...places)).toBeLessThan(3)
    } finally {
      await tab.close()
    }
  })

  it('show where a model is broken, and mend it from the failure', async () => {
    const good = await readFile(model(), 'utf8')
    await writeFile(model(), good.replace('amount', 'amuont'))
    await materialize('main/stg_orders')
    await sees(/Referenced column "amuont" not found/)
    await sees(/stg_orders\.sql:1/)
    await writeFile(model(), good)
    await page.getByRole('button', { name: 'Re-run from failure' }).click()
    await sees('Run succeeded')
  })

  it('show what of the SQL of a model changed since it last ran', async () => {
    const good = await readFile(model(), 'utf8')
    await open('/assets/main%2Fstg_orders?tab=code')
    await page.getByLabel('Compiled code').waitFor()
    expect(await page.getByLabel('Changed since it last ran').count()).toBe(0)
    await writeFile(model(), `${good.trimEnd()}\nwhere true\n`)
    const changes = page.getByLabel('Changed since it last ran')
    await eventually('they are told', async () => {
      await page.reload()
      await page.getByLabel('Compiled code').waitFor()
      await changes.waitFor({ timeout: 2_000 }).catch(() => undefined)
      return (await changes.count()) === 1
    })
    expect(await changes.innerText()).toContain('+ where true')
    await writeFile(model(), good)
  })

  it('list every asset, and find some by the address', async () => {
    await open('/')
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Assets' }).click()
    const table = page.getByRole('table', { name: 'Assets' })
    await table.getByRole('link', { name: 'reports/slow' }).waitFor()
    await page.getByLabel('Find an asset').fill('ORDERS')
    await page.waitForURL(/q=ORDERS/)
    await table.getByRole('link', { name: 'reports/slow' }).waitFor({ state: 'detached' })
    await sees('2 of 5 assets')
    await open('/assets?kind=model&q=revenue')
    await table.getByRole('row', { name: /main\/revenue.*model.*fresh/ }).waitFor()
    await open('/assets?group=nowhere')
    await page.getByRole('button', { name: 'Show all assets' }).click()
    await table.getByRole('link', { name: 'raw/orders' }).click()
    await page.waitForURL(/\/assets\/raw%2Forders/)
  })

  it('hide columns of a list, which this browser remembers, and save what is shown as CSV', async () => {
    await open('/assets')
    const table = page.getByRole('table', { name: 'Assets' })
    const group = table.getByRole('columnheader', { name: 'Group' })
    await group.waitFor()
    await page.getByRole('button', { name: 'Columns of Assets' }).click()
    await page.getByRole('checkbox', { name: 'Group' }).uncheck()
    await group.waitFor({ state: 'detached' })
    await page.reload()
    await table.getByRole('link', { name: 'raw/orders' }).waitFor()
    expect(await group.count()).toBe(0)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download Assets as CSV' }).click()
    const [head = '', ...rows] = (await readFile(await (await saved).path(), 'utf8')).split('\r\n')
    expect([head.split(',').includes('Group'), rows.length]).toEqual([false, 5])
    expect(rows.some((row) => row.startsWith('raw/orders,'))).toBe(true)
    await page.getByRole('button', { name: 'Columns of Assets' }).click()
    await page.getByRole('checkbox', { name: 'Group' }).check()
    await group.waitFor()
  })

  it('open an asset by its key as people type it', async () => {
    await open('/assets/main/revenue?tab=checks')
    await page.waitForURL(/\/assets\/main%2Frevenue\?tab=checks/)
    await page.getByRole('heading', { name: 'main/revenue' }).waitFor()
  })

  it('tell where the right names are when a query is wrong', async () => {
    await open(`/query?run=true&sql=${encodeURIComponent('select amuont from main.stg_orders')}`)
    await page
      .getByRole('alert')
      .getByText(/has every table with its columns/)
      .waitFor()
    problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes('422')))
  })

  it('cancel a run that goes on', async () => {
    await materialize('reports/slow')
    await sees('waiting')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await sees('cancelled')
  })

  it('keep a switched schedule', async () => {
    await open('/automation')
    const toggle = page.getByRole('switch').first()
    const before = await toggle.isChecked()
    await toggle.press('Space')
    await eventually('the switch moved', async () => (await toggle.isChecked()) !== before)
    await page.reload()
    await eventually('the switch stays', async () => (await page.getByRole('switch').first().isChecked()) !== before)
  })

  it('are reached by keyboard alone', async () => {
    await open('/')
    await sees('Groups')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find an asset').fill('slow')
    await page.getByRole('dialog').getByText('reports/slow', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/reports%2Fslow/)
    const focused = () => page.evaluate('document.activeElement?.tagName')
    await eventually('the keyboard reaches something', async () => {
      await page.keyboard.press('Tab')
      return ['A', 'BUTTON'].includes(String(await focused()))
    })
  })

  it('turn dark, and stay so', async () => {
    await open('/')
    const scheme = () => page.evaluate('document.documentElement.dataset.mantineColorScheme')
    const before = await scheme()
    await page.getByRole('button', { name: 'Light or dark' }).click()
    await eventually('the scheme changes', async () => (await scheme()) !== before)
    const after = await scheme()
    await page.reload()
    expect(await scheme()).toBe(after)
  })

  it('answer an address that leads nowhere', async () => {
    await open('/assets/main%2Fnothing')
    await sees(/no asset|There is no/)
    problems.splice(0, problems.length, ...problems.filter((problem) => !problem.includes('404')))
  })

  it('tell what happened to a connection, and who did it', async () => {
    await page.setViewportSize({ width: 1280, height: 800 })
    await open('/connections/orders?tab=timeline')
    const entries = page.getByRole('list', { name: 'Timeline' }).getByRole('listitem')
    await entries.filter({ hasText: 'Sync' }).filter({ hasText: 'by web' }).first().waitFor()
    await entries.filter({ hasText: 'Created' }).filter({ hasText: 'extract_load/orders.yaml' }).waitFor()
    const file = join(dir, 'extract_load/orders.yaml')
    await writeFile(file, `${await readFile(file, 'utf8')}timeouts: { sync_seconds: 3600 }\n`)
    await entries
      .filter({ hasText: 'Settings changed' })
      .filter({ hasText: 'timeouts: { sync_seconds: 3600 }' })
      .waitFor()
    await entries.getByRole('link', { name: 'log' }).first().click()
    await page.waitForURL(/\/runs\//)
  })

  it('tell of a column that was renamed at the source wherever they tell of its changes', async () => {
    const orders = join(dir, 'data/orders.csv')
    const before = await readFile(orders, 'utf8')
    // A stream of its own: models read the other one.
    const tea = { csv: join(dir, 'data/tea.csv'), yaml: join(dir, 'extract_load/tea.yaml') }
    await writeFile(tea.csv, before)
    const file = await readFile(join(dir, 'extract_load/orders.yaml'), 'utf8')
    await writeFile(tea.yaml, file.replaceAll('orders', 'tea'))
    const sync = async () => {
      const runId = await eventually('the connection is known', () =>
        pages.up
          .post<{ runId: string }>('/connections/tea/sync', {})
          .then((answer) => answer.runId)
          .catch(() => undefined),
      )
      await eventually(
        'it is loaded',
        async () => (await pages.up.get<{ status: string }>(`/runs/${runId}`)).status === 'succeeded',
      )
      return runId
    }
    await sync()
    await writeFile(tea.csv, before.replace('amount', 'price'))
    const renamed = 'perhaps renamed from amount'
    await open('/connections/tea')
    await page.getByRole('button', { name: 'Look at the source' }).click()
    await page.getByRole('status').getByText(renamed).waitFor()
    const runId = await sync()
    for (const path of [
      '/connections/tea',
      '/connections/tea?tab=timeline',
      '/assets/raw%2Ftea?tab=events',
      `/runs/${runId}`,
    ]) {
      await open(path)
      await sees(new RegExp(renamed))
    }
    await page.getByRole('heading', { name: 'Columns changed' }).waitFor()
  })

  it('show the catalog of connectors, what each one takes, and who uses it', async () => {
    await open('/connections')
    await page.getByRole('link', { name: 'Connectors' }).click()
    await page.getByLabel('Search the connectors').fill('parquet sftp')
    await page.getByRole('link', { name: /Files/ }).click()
    await page.getByRole('heading', { name: 'Files', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'orders' }).first().waitFor()
    await page.getByRole('cell', { name: 'streams', exact: true }).waitFor()
    await page.getByRole('link', { name: 'New connection' }).click()
    await page.waitForURL(/connections\/new\?connector=file&step=settings/)
  })

  it.each([
    '/',
    '/lineage',
    '/lineage?view=groups',
    '/assets/main%2Frevenue',
    '/assets',
    '/runs',
    '/connections',
    '/connections/orders',
    '/connectors',
    '/automation',
    '/query',
  ])('fit a telephone: %s', async (path) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await open(path)
    await page.getByRole('heading').first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })

  it('show every column of a list on a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/runs', '/connections', '/assets', '/assets/main%2Frevenue']) {
      await open(path)
      await page.getByRole('row').first().waitFor()
      const cut = await page.evaluate(
        "[...document.querySelectorAll('td')].filter((cell) => cell.getBoundingClientRect().right > innerWidth).length",
      )
      expect(cut, path).toBe(0)
    }
    await page.getByText('The sum of all orders.').waitFor()
  })

  it('never complained', () => expect(problems).toEqual([]))
})
