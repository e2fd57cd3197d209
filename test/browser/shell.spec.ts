import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Up } from '../support/millrace.js'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const broken = {
  'transformation/dbt/models/broken.sql': "select amuont from {{ ref('stg_orders') }}\n",
  'transformation/dbt/models/after_broken.sql': "select * from {{ ref('broken') }}\n",
}

describe.skipIf(executablePath === undefined)('every page', { timeout: 60_000 }, () => {
  let pages: Pages
  let dir: string
  let up: Up
  let browser: Browser
  let page: Page
  let problems: string[]
  const open = (path: string) => pages.open(path)
  const sees = (text: string | RegExp) => pages.sees(text)
  const finished = (id: string) =>
    eventually('the run ends', async () => {
      const { status } = await up.get<{ status: string }>(`/runs/${id}`)
      return ['succeeded', 'failed', 'cancelled'].includes(status) ? status : undefined
    })
  const run = async (selection: string) => {
    const { runId } = await up.post<{ runId: string }>('/materialize', { selection })
    return { runId, status: await finished(runId) }
  }

  beforeAll(async () => {
    pages = await openPages({ ...shop, ...broken })
    ;({ dir, up, browser, page, problems } = pages)
  }, 60_000)
  afterAll(() => pages?.close())

  it('names itself and the project in its title', async () => {
    const titles: Record<string, string> = {
      '/': 'Overview · shop',
      '/runs': 'Runs · shop',
      '/connections/orders': 'orders · Connections · shop',
      '/automation': 'Automation · shop',
      '/nothing': 'Not found · shop',
    }
    for (const [path, title] of Object.entries(titles)) {
      await open(path)
      await eventually(`${path} is called ${title}`, async () => (await page.title()) === title)
    }
    await sees('There is no such page')
    await sees('The search at the top finds anything')
    problems.length = 0
  })

  it('lets the keyboard skip to its content', async () => {
    await open('/')
    await sees('Groups')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content')
    await page.keyboard.press('Enter')
    await eventually('the content has the focus', () => page.evaluate("document.activeElement?.id === 'main'"))
  })

  it('listens to the server only while somebody sees it, and then asks for what it missed', async () => {
    const context = await browser.newContext()
    try {
      await context.addInitScript(`
        window.streams = []
        window.EventSource = class extends EventSource { constructor(url) { super(url); streams.push(this) } }
        Object.defineProperty(document, 'visibilityState', { get: () => window.isHidden ? 'hidden' : 'visible' })`)
      const tab = await context.newPage()
      await tab.goto(`${up.url}/runs`)
      const open = () => tab.evaluate('streams.filter((one) => one.readyState !== EventSource.CLOSED).length')
      const show = (isHidden: boolean) =>
        tab.evaluate(`window.isHidden = ${isHidden}, document.dispatchEvent(new Event('visibilitychange'))`)
      await eventually('it listens', async () => (await open()) === 1)
      await show(true)
      await eventually('it does not', async () => (await open()) === 0, { withinMs: 20_000 })
      const { runId } = await run('raw/orders')
      await show(false)
      await eventually('it listens again', async () => (await open()) === 1)
      await tab.getByRole('link', { name: runId.slice(-8) }).waitFor()
    } finally {
      await context.close()
    }
  })

  it('finds columns, connections, schedules and actions by Ctrl-K', async () => {
    await open('/runs')
    await sees('Runs')
    const find = async (text: string) => {
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder('Find an asset').fill(text)
    }
    const palette = page.getByRole('dialog')
    await find('total')
    await palette.getByText('main/revenue').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/main%2Frevenue/)
    await find('weekly')
    await palette.getByText('weekly', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await find('everything')
    await palette.getByText('Materialize everything').click()
    await sees(/^It will sync 1 stream, .* evaluate 1 check, in \d+ steps:$/)
    await page.keyboard.press('Escape')
    await find('orders')
    await palette.getByText('Sync orders now').click()
    await page.waitForURL(/\/runs\//)
    await sees('Run succeeded')
  })

  it('shows the first problem of the project with its place, until it is mended', async () => {
    const file = join(dir, 'extract_load/bad.yaml')
    await writeFile(
      file,
      'name: bad\nsource:\n  connector: fil\n  config: {}\ndestination: { connector: warehouse, schema: raw }\n',
    )
    await open('/automation')
    await sees('extract_load/bad.yaml:3')
    await page.getByRole('button', { name: 'How to mend it' }).click()
    await sees('What to do:')
    await open('/connections')
    await sees('extract_load/bad.yaml:3')
    await rm(file)
    await page.getByText('extract_load/bad.yaml:3').first().waitFor({ state: 'detached' })
  })

  it('tells on the overview what fails, why, where, and in which run', async () => {
    const { runId, status } = await run('+main/after_broken')
    expect(status).toBe('failed')
    await open('/')
    await sees('1 asset is failing')
    const failure = page.getByRole('article', { name: 'main/broken failed' })
    await failure.getByText('Referenced column "amuont" not found').waitFor()
    await failure.getByText(/broken\.sql:1/).waitFor()
    await page.getByRole('region', { name: 'Runs' }).getByText('1 failed').waitFor()
    const bar = page.getByRole('button', { name: /By hand: .*failed/ })
    await bar.focus()
    await page.keyboard.press('Enter')
    await page
      .getByRole('dialog')
      .getByText(`run ${runId.slice(-8)}`)
      .waitFor()
    await page.keyboard.press('Escape')
    await failure.getByRole('link', { name: `run ${runId.slice(-8)}` }).click()
    await page.waitForURL(new RegExp(runId))
  })

  it('filters runs by the address, and back brings the filter back', async () => {
    const good = await run('main/stg_orders')
    expect(good.status).toBe('succeeded')
    await open('/runs')
    const table = page.getByRole('table', { name: 'Runs' })
    await table.getByText(good.runId.slice(-8)).waitFor()
    await page.getByText('Failed', { exact: true }).click()
    await page.waitForURL(/status=failed/)
    await table.getByText(good.runId.slice(-8)).waitFor({ state: 'detached' })
    await table.getByText('Referenced column').or(table.getByText('failed')).first().waitFor()
    await open('/runs?asset=main%2Fbroken&status=failed')
    await table.getByRole('link').first().click()
    await page.waitForURL(/\/runs\/./)
    await page.goBack()
    expect(await page.getByPlaceholder('Any asset').inputValue()).toBe('main/broken')
    await open('/runs?status=cancelled')
    await page.getByRole('button', { name: 'Show all runs' }).click()
    await table.getByText(good.runId.slice(-8)).waitFor()
  })

  it('says what a full refresh will overwrite before the button', async () => {
    await open('/connections/orders')
    await page.getByRole('button', { name: 'Full refresh' }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText('raw.orders, 3 rows')
      .or(dialog.getByText(/raw\.orders/))
      .first()
      .waitFor()
    await dialog.getByText(/1 table with 3 rows will be overwritten/).waitFor()
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Sync now' }).click()
    await eventually('two syncs are listed', async () => (await page.getByText('log', { exact: true }).count()) >= 2)
    await page.getByRole('tab', { name: 'YAML' }).click()
    await sees('connector: file')
    expect(page.url()).toContain('tab=yaml')
  })

  it('tells what a tick would start, without starting it', async () => {
    const before = (await up.get<{ runs: unknown[] }>('/runs?limit=500')).runs.length
    await open('/automation')
    await sees('every Monday at 05:00, Europe/Berlin')
    await sees('it starts no run')
    await page.getByRole('button', { name: 'Test tick' }).click()
    await sees('A tick would start 1 run')
    await sees(/everything: \d+ assets, \d+ check/)
    expect((await up.get<{ runs: unknown[] }>('/runs?limit=500')).runs).toHaveLength(before)
  })

  it('cancels a run from the list after asking, and shows it in the head while it runs', async () => {
    const { runId } = await up.post<{ runId: string }>('/materialize', { selection: 'reports/slow' })
    await open('/runs')
    await page.getByRole('link', { name: '1 running' }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').getByText('1 running step will be stopped').waitFor()
    await page.getByRole('button', { name: 'Cancel the run' }).click()
    expect(await finished(runId)).toBe('cancelled')
    await page.getByRole('table', { name: 'Runs' }).getByText('cancelled').first().waitFor()
    await page.getByRole('link', { name: '1 running' }).waitFor({ state: 'detached' })
  })

  it.each(['/', '/runs', '/connections', '/connections/orders', '/automation', '/nothing'])(
    'fits a telephone in the dark: %s',
    async (path) => {
      const small = await openPage(browser, [], { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
      try {
        await small.goto(up.url + path)
        await small.getByRole('heading').first().waitFor()
        await small.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
        expect(await small.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      } finally {
        await small.close()
      }
    },
  )

  it('never complained', () => expect(problems).toEqual([]))

  it('says that the server is gone, and keeps what was known', async () => {
    await open('/')
    await sees('1 asset is failing')
    await up.stop()
    await sees('The server does not answer')
    await sees('1 asset is failing')
  })
})
