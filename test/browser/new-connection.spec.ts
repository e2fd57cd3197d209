import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

describe.skipIf(executablePath === undefined)('the page of a new connection', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  const sees = (text: string | RegExp) => pages.sees(text)
  const field = (name: string | RegExp, nth = 0) => page.getByRole('textbox', { name, exact: true }).nth(nth)
  const choose = async (list: string, option: string) => {
    await page.getByRole('combobox', { name: list }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const check = () => page.getByRole('button', { name: 'Check the source' }).click()

  beforeAll(async () => {
    pages = await openPages({ ...shop, 'data/customers.csv': 'id,name,at\n1,Ann,2024-01-01\n2,Bob,2024-01-02\n' })
    page = pages.page
  }, 60_000)
  afterAll(() => pages?.close())

  it('goes from the catalog to a connection that is there', async () => {
    await pages.open('/connections')
    await page.getByRole('link', { name: 'New connection' }).click()
    await page.getByRole('textbox', { name: 'Search the connectors' }).fill('csv')
    expect(await page.getByRole('button', { name: /PostgreSQL/ }).count()).toBe(0)
    await page.getByRole('button', { name: /^Files/ }).click()
    await field('Name of the connection').fill('crm')
    await check()
    await sees('Something is needed in 2 fields.')

    await field('Name').fill('customers')
    await field('Path').fill('data/nobody.csv')
    await check()
    await page.getByRole('alert').filter({ hasText: 'SOURCE_FILE_NOT_FOUND' }).waitFor()
    await field('Path').fill('data/cust*.csv')
    await check()

    await sees('1 stream, 1 file')
    await page.getByRole('button', { name: 'Show the columns of customers' }).click()
    await page.getByRole('gridcell', { name: 'Ann' }).waitFor()
    await sees('string date · could be the cursor')
    await page.getByRole('checkbox', { name: 'Load name of customers' }).uncheck()
    await choose('How to load customers', 'What is new, last version of each key')
    expect(await page.getByRole('button', { name: 'Go on with 1 stream' }).isDisabled()).toBe(true)
    await choose('Primary key of customers', 'id')
    await choose('Cursor of customers', 'at')
    await page.getByRole('button', { name: 'Go on with 1 stream' }).click()

    await sees('sync_mode: incremental')
    await sees('fields: [id, at]')
    await field('Prefix').fill('crm_')
    await field('Schedule').fill('every day')
    await sees('CRON_INVALID')
    await page.getByRole('button', { name: 'Every day' }).click()
    await sees('prefix: crm_')
    await page.getByRole('button', { name: 'Save extract_load/crm.yaml' }).click()
    await page.waitForURL(/\/connections\/crm/)
    await sees('file → warehouse, schema raw')
    expect(await readFile(join(pages.dir, 'extract_load/crm.yaml'), 'utf8')).toBe(`name: crm
source:
  connector: file
  config:
    streams:
      - { name: customers, path: data/cust*.csv }
destination: { connector: warehouse, schema: raw, prefix: crm_ }
streams:
  customers:
    sync_mode: incremental
    destination_sync_mode: append_dedup
    primary_key: id
    cursor_field: at
    fields: [id, at]
schedule: { cron: '0 4 * * *', timezone: ${Intl.DateTimeFormat().resolvedOptions().timeZone} }
`)
  })

  it('takes no name and no table that is taken', async () => {
    await pages.open('/connections/new?connector=file')
    await field('Name of the connection').fill('orders')
    await field('Name').fill('orders')
    await field('Path').fill('data/orders.csv')
    await check()
    await page.getByRole('alert').filter({ hasText: 'extract_load/orders.yaml is there already' }).waitFor()
    await field('Name of the connection').fill('again')
    await check()
    await page.getByRole('button', { name: 'Go on with 1 stream' }).click()
    await page.getByRole('alert').filter({ hasText: 'raw.orders is made by extract_load/orders.yaml' }).waitFor()
    expect(await page.getByRole('button', { name: /^Save/ }).isDisabled()).toBe(true)
  })

  it('goes back by the address, and keeps what was typed', async () => {
    await page.goBack()
    await page.getByRole('combobox', { name: 'How to load orders' }).waitFor()
    await page.goBack()
    expect(await field('Path').inputValue()).toBe('data/orders.csv')
  })

  it('never shows a password, and fits a telephone', async () => {
    const narrow = await openPage(pages.browser, pages.problems, { viewport: { width: 390, height: 844 } })
    await narrow.goto(`${pages.up.url}/connections/new?connector=postgres`)
    expect(await narrow.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('password')
    const width = await narrow.evaluate('document.documentElement.scrollWidth')
    expect(width).toBe(390)
    await narrow.close()
  })

  it('never complained', () =>
    expect(pages.problems.filter((problem) => !problem.includes('status of 422'))).toEqual([]))
})

describe.skipIf(executablePath === undefined)('where others reach the server', { timeout: 60_000 }, () => {
  it('says how connections are made', async () => {
    const settings = `${shop['millrace.yaml']}server: { allowed_hosts: [data.example] }\n`
    const pages = await openPages({ ...shop, 'millrace.yaml': settings })
    try {
      await pages.open('/connections/new')
      await pages.sees('millrace connections create')
      expect(await pages.page.getByRole('button', { name: /^Files/ }).count()).toBe(0)
    } finally {
      await pages.close()
    }
  })
})
