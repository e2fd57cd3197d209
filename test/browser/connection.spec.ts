import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const crm = `name: crm
source:
  connector: file
  config:
    streams:
      - { name: people, path: data/people.csv }
      - { name: notes, path: data/notes.csv }
destination: { connector: warehouse, schema: crm }
streams:
  people: { sync_mode: incremental, destination_sync_mode: append, cursor_field: at }
  notes: {}
schema_changes: pause
schedule: { cron: '0 4 * * *', timezone: Europe/Berlin }
`

describe.skipIf(executablePath === undefined)('the page of a connection', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  const sees = (text: string | RegExp) => pages.sees(text)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const row = (stream: string) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name: stream, exact: true }) })
  const fresh = (stream: string) =>
    eventually(`${stream} is fresh`, () => row(stream).getByText('fresh', { exact: true }).isVisible())
  interface Answer {
    readonly runs: readonly { readonly selection: string; readonly fullRefresh: boolean }[]
  }

  beforeAll(async () => {
    pages = await openPages({
      ...shop,
      'extract_load/crm.yaml': crm,
      'data/people.csv': 'id,at\n1,2024-01-01T10:00:00Z\n2,2024-01-02T10:00:00Z\n',
      'data/notes.csv': 'id,text\n1,a\n2,b\n3,c\n',
    })
    page = pages.page
    await pages.open('/connections/crm')
    await button('Sync now').click()
    await fresh('people')
    await fresh('notes')
  }, 60_000)
  afterAll(() => pages?.close())

  it('shows at a glance how each stream stands', async () => {
    const people = row('people')
    expect(await people.innerText()).toMatch(
      /crm\.people[\s\S]*incremental[\s\S]*append[\s\S]*at[\s\S]*2[\s\S]*2 rows, \d+ B/,
    )
    await people.getByTitle(/The highest at that is loaded: 2024-01-02/).waitFor()
    await sees('pause the stream')
    await page.getByRole('tab', { name: 'State' }).click()
    await page.getByText('people', { exact: true }).last().click()
    await sees(/"cursor_field": "at"/)
    await page.getByRole('link', { name: 'extract_load/crm.yaml' }).click()
    await page.waitForURL(/tab=yaml/)
    await sees('schema_changes: pause')
    await page.getByRole('link', { name: 'nothing' }).click()
    await page.waitForURL(/\/lineage\?q=group%3Acrm/)
    await page.goBack()
  })

  it('pauses its schedule, and lets it go on', async () => {
    await sees(/by sync_crm/)
    await page.getByRole('switch', { name: 'Schedule on' }).press('Space')
    await page.getByRole('switch', { name: 'Schedule paused' }).waitFor()
    await eventually('another schedule is next', async () => (await page.getByText(/by sync_crm/).count()) === 0)
    await page.reload()
    await page.getByRole('switch', { name: 'Schedule paused' }).press('Space')
    await sees(/by sync_crm/)
  })

  it('refreshes the streams that are chosen, and says so before', async () => {
    await button('Full refresh').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 streams will be read again').waitFor()
    await dialog.getByRole('checkbox', { name: /crm\.people/ }).uncheck()
    await dialog.getByRole('checkbox', { name: /crm\.notes/ }).uncheck()
    expect(await dialog.getByRole('button', { name: 'Choose a stream' }).isDisabled()).toBe(true)
    await dialog.getByRole('checkbox', { name: /crm\.notes/ }).check()
    await dialog.getByText(/1 table with 3 rows will be overwritten/).waitFor()
    await dialog.getByRole('button', { name: 'Overwrite 1 table' }).click()
    await page.waitForURL(/\/runs\//)
    await sees('Run succeeded')
    const { runs } = await pages.up.get<Answer>('/runs?limit=1')
    expect(runs[0]).toMatchObject({ selection: 'crm/notes', fullRefresh: true })
  })

  it('clears the streams that are chosen, and says so before; the next sync loads them again', async () => {
    await pages.open('/connections/crm')
    await button('Clear data').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/2 tables with 5 rows will be emptied/).waitFor()
    await dialog.getByText(/crm\.people, 2 rows/).waitFor()
    await dialog.getByRole('checkbox', { name: /crm\.notes/ }).uncheck()
    await dialog.getByRole('button', { name: 'Empty 1 table' }).click()
    await page.waitForURL(/\/runs\//)
    // The address changes before the page does, and the page of the connection tells of runs that succeeded, too.
    await sees('clears data')
    await sees('Run succeeded')
    const counted = async () =>
      (await pages.up.post<{ rows: unknown[][] }>('/query', { sql: 'select count(*) from crm.people' })).rows
    expect(await counted()).toEqual([[0]])
    // Once more it asks again, and says what it empties, on the page of the run as in the list.
    const again = async () => {
      await dialog.getByText('1 asset will be emptied, and nothing is loaded instead').waitFor()
      await dialog.getByText(/^crm\/people/).waitFor()
      await dialog.getByRole('button', { name: 'Clear again' }).waitFor()
      await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
    }
    await button('Re-run …').click()
    await page.getByRole('menuitem', { name: 'All 1 step, clears data again' }).click()
    await again()
    await pages.open('/runs')
    await page
      .getByRole('row')
      .filter({ hasText: 'clears data' })
      .getByRole('button', { name: /^Re-run/ })
      .click()
    await page.getByRole('menuitem', { name: 'All of it, clears data again' }).click()
    await again()
    await pages.open('/connections/crm?tab=timeline')
    await sees('by web')
    await page.getByRole('listitem').filter({ hasText: 'Clear' }).filter({ hasText: 'people' }).waitFor()
    await row('people').getByText('cleared').waitFor()
    await row('people').getByRole('button', { name: 'Sync people now' }).click()
    await row('people')
      .getByText(/2 rows, \d+ B/)
      .waitFor()
    expect(await counted()).toEqual([[2]])
  })

  it('shows what waits in the source, and takes it when somebody says so', async () => {
    await writeFile(join(pages.dir, 'data/notes.csv'), 'id,text,author\n1,a,me\n')
    await pages.open('/connections/crm')
    await button('Look at the source').click()
    await sees(/\+ author/)
    await button('Sync now').click()
    await page.getByRole('alert').filter({ hasText: 'SCHEMA_CHANGE_PAUSED' }).waitFor()
    // What was accepted is accepted, also where no sync comes of it.
    await page.route('**/api/connections/crm/sync', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'ENGINE_UNREACHABLE', message: 'The engine is away.' } } }),
    )
    const asked = page.waitForRequest(/\/api\/connections\/crm$/)
    await button('Accept and sync notes').first().click()
    await sees('Accepted. The sync could not be started: The engine is away.')
    await asked
    await page.unroute('**/api/connections/crm/sync')
    await button('Accept and sync notes').first().click()
    await page.getByRole('alert').filter({ hasText: 'SCHEMA_CHANGE_PAUSED' }).waitFor({ state: 'detached' })
    await fresh('notes')
    const { rows } = await pages.up.post<{ rows: unknown[][] }>('/query', { sql: 'select author from crm.notes' })
    expect(rows).toEqual([['me']])
    await page.getByRole('tab', { name: 'Runs' }).click()
    // Of one stream or of both: all of them are runs of the connection.
    await eventually(
      'every run is listed',
      async () => (await page.getByRole('table', { name: 'Runs' }).getByRole('row').count()) === 7,
    )
  })

  it('does not take states that cannot be asked for states that are not there', async () => {
    const message = 'The engine did not answer `connectionStates` within 10 s.'
    const statesError = { code: 'ENGINE_UNREACHABLE', kind: 'external', retryable: true, message }
    await page.route('**/api/connections/crm', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), states: [], statesError } })
    })
    await pages.open('/connections/crm?tab=state')
    await page.getByRole('alert').filter({ hasText: 'ENGINE_UNREACHABLE' }).waitFor()
    await sees('What the streams have committed cannot be asked now')
    expect(await page.getByText('the next sync reads everything').count()).toBe(0)
    await button('Full refresh').click()
    await page
      .getByRole('dialog')
      .getByText(/Their states are forgotten; which there are cannot be asked now/)
      .waitFor()
    await page.unroute('**/api/connections/crm')
  })

  it('never complained', () =>
    // 503: of the engine that was away.
    expect(pages.problems.filter((problem) => !problem.includes('status of 503'))).toEqual([]))
})
