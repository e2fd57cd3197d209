import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { allowPrograms, manyStreams } from './many-streams.js'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

/** A manifest of two streams, of which one has files. It asks for a setting that it does not declare. */
const tickets = `version: 7.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [people] }
definitions:
  stream:
    type: DeclarativeStream
    primary_key: id
    schema_loader: { type: InlineSchemaLoader, schema: { type: object, properties: { id: { type: integer } } } }
    retriever:
      type: SimpleRetriever
      requester: { type: HttpRequester, url_base: "{{ config['url'] }}", request_parameters: { region: "{{ config['region'] }}" } }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
streams:
  - { $ref: '#/definitions/stream', name: people }
  - $ref: '#/definitions/stream'
    name: attachments
    file_uploader:
      type: FileUploader
      requester: { type: HttpRequester, url: '{{ download_target }}' }
      download_target_extractor: { type: DpathExtractor, field_path: [url] }
spec: { type: Spec, connection_specification: { type: object, properties: { url: { type: string, title: Address } } } }
`

async function startTickets() {
  const server = createServer((_, response) => response.end('[{ "id": 1 }]')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}

describe.skipIf(executablePath === undefined)('the page of a new connection', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  let api: Awaited<ReturnType<typeof startTickets>>
  /** What the server answered. */
  const answers: string[] = []
  const sees = (text: string | RegExp) => pages.sees(text)
  const field = (name: string | RegExp, nth = 0) => page.getByRole('textbox', { name, exact: true }).nth(nth)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const choose = async (list: string, option: string, within: Pick<Page, 'getByRole'> = page) => {
    await within.getByRole('combobox', { name: list, exact: true }).click()
    await page.getByRole('option').filter({ hasText: option }).first().click()
  }
  const checkSource = () => button('Check the source').click()
  const checkDestination = () => button('Check the destination').click()
  const written = (name: string) => readFile(join(pages.dir, `extract_load/${name}.yaml`), 'utf8')
  const mapper = (number: number, stream: string) => page.getByRole('group', { name: `Mapper ${number} of ${stream}` })
  /** Its settings are asked of it, and then given. */
  const openProgram = async (name: string) => {
    await pages.open('/connections/new?connector=airbyte')
    await field('Name of the connection').fill(name)
    await page.getByText('A program', { exact: false }).first().click()
    await field(/^Command/).fill('./source')
    await button('Ask it for its settings').click()
    await page.getByLabel('Token', { exact: false }).first().fill('t0p-s3cret')
    await checkSource()
  }

  beforeAll(async () => {
    api = await startTickets()
    pages = await openPages({
      ...shop,
      ...manyStreams,
      'extract_load/connectors/tickets/manifest.yaml': tickets,
      'data/customers.csv': 'id,name,at\n1,Ann,2024-01-01\n2,Bob,2024-01-02\n',
    })
    await allowPrograms(pages.dir)
    page = pages.page
    page.on('response', async (response) => {
      if (response.url().includes('/api/') && !response.url().endsWith('/events'))
        answers.push(await response.text().catch(() => ''))
    })
  }, 60_000)
  afterAll(async () => {
    await pages?.close()
    await api?.close()
  })

  it('goes from the catalog to a connection that is there', async () => {
    await pages.open('/connections')
    await page.getByRole('link', { name: 'New connection' }).click()
    await page.getByRole('textbox', { name: 'Search the connectors' }).fill('csv')
    expect(await page.getByRole('button', { name: /PostgreSQL/ }).count()).toBe(0)
    await page.getByRole('button', { name: /^Files/ }).click()
    await field('Name of the connection').fill('crm')
    await checkSource()
    await sees('Something is needed in 2 fields.')

    await field('Name').fill('customers')
    await field('Path').fill('data/nobody.csv')
    await checkSource()
    await page.getByRole('alert').filter({ hasText: 'SOURCE_FILE_NOT_FOUND' }).waitFor()
    await field('Path').fill('data/cust*.csv')
    await checkSource()

    await sees('1 stream, 1 file')
    expect(await page.getByRole('radio', { name: 'As in the source' }).isDisabled()).toBe(true)
    await field('Schema').fill('')
    await checkDestination()
    await sees('Something is needed in one field.')
    await field('Schema').fill('raw')
    await field('Prefix').fill('crm_')
    await sees('→ raw.crm_customers')
    await checkDestination()

    await button('Show the details of customers').click()
    await sees('string date · could be the cursor')
    await page.getByRole('checkbox', { name: 'Load name of customers' }).uncheck()
    await page.getByRole('tab', { name: 'Preview' }).click()
    await page.getByRole('gridcell', { name: 'Ann' }).waitFor()
    await choose('Sync mode of customers', 'Incremental, append + dedup')
    expect(await button('Go on with 1 stream').isDisabled()).toBe(true)
    await choose('Primary key of customers', 'id')
    await choose('Cursor of customers', 'at')
    await button('Go on with 1 stream').click()

    await sees('sync_mode: incremental')
    await sees('fields: [id, at]')
    await field('Schedule').fill('every day')
    await sees('CRON_INVALID')
    await button('Every day').click()
    await sees("schedule: { cron: '0 4 * * *'")
    await button('Test both ends').click()
    await sees('Tables can be made in raw of warehouse (duckdb)')
    await button('Save and sync').click()
    await page.waitForURL(/\/connections\/crm/)
    await sees('file → warehouse, schema raw')
    expect(await written('crm')).toBe(`name: crm
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
    await eventually('it is loaded', async () => (await page.getByRole('cell', { name: '2', exact: true }).count()) > 0)
  })

  it('takes no name and no table that is taken', async () => {
    await pages.open('/connections/new?connector=file')
    await field('Name of the connection').fill('orders')
    await field('Name').fill('orders')
    await field('Path').fill('data/orders.csv')
    await checkSource()
    await page.getByRole('alert').filter({ hasText: 'extract_load/orders.yaml is there already' }).waitFor()
    await field('Name of the connection').fill('again')
    await checkSource()
    const taken = page.getByRole('alert').filter({ hasText: 'raw.orders is made by extract_load/orders.yaml' })
    await taken.waitFor()
    await checkDestination()
    await taken.waitFor()
    expect(await button('Go on with 1 stream').isDisabled()).toBe(true)
    await button('Show the details of orders').click()
    await page.getByRole('tab', { name: 'Table' }).click()
    await field('Table of orders').fill('orders_again')
    await sees('→ raw.orders_again')
    await button('Go on with 1 stream').click()
    await sees('table: orders_again')
  })

  it('goes back by the address, and keeps what was typed', async () => {
    await page.goBack()
    await page.getByRole('combobox', { name: 'Sync mode of orders' }).waitFor()
    await page.goBack()
    await page.getByRole('radio', { name: /warehouse/ }).waitFor()
    await page.goBack()
    expect(await field('Path').inputValue()).toBe('data/orders.csv')
  })

  it('shows a wrong mapper where it stands, and writes the right ones', async () => {
    await pages.open('/connections/new?connector=file')
    await field('Name of the connection').fill('mapped')
    await field('Name').fill('people')
    await field('Path').fill('data/customers.csv')
    await checkSource()
    await checkDestination()
    await button('Show the details of people').click()
    await page.getByRole('tab', { name: 'Mappers' }).click()
    await button('Add a mapper').click()
    const first = mapper(1, 'people')
    await choose('Field', 'name', first)
    await choose('Type', 'Encryption', first)
    await sees('people needs a whole mapper.')
    await first.getByRole('button', { name: 'Make a new key' }).click()
    const key = await first.getByRole('textbox', { name: 'Key' }).inputValue()
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    await button('Add a mapper').click()
    const second = mapper(2, 'people')
    await choose('Type', 'Field renaming', second)
    await choose('Field', 'at', second)
    await second.getByRole('textbox', { name: 'New name' }).fill('name')
    await second.getByRole('alert').filter({ hasText: 'which is another field of it' }).waitFor()
    expect(await first.getByRole('alert').count()).toBe(0)
    expect(await button('Go on with 1 stream').isDisabled()).toBe(true)
    await second.getByRole('textbox', { name: 'New name' }).fill('changed_at')
    await button('Add a mapper').click()
    const third = mapper(3, 'people')
    await choose('Type', 'Row filtering', third)
    await choose('Field of the condition', 'id', third)
    await choose('How it is compared', 'is not', third)
    await third.getByRole('textbox', { name: 'Value' }).fill('2')
    await choose('Schema changes', 'Pause')
    await button('Go on with 1 stream').click()
    await sees('MAPPED_PEOPLE_NAME_KEY')
    await button('Save extract_load/mapped.yaml').click()
    await page.getByRole('heading', { name: 'mapped', exact: true }).waitFor()
    const text = await written('mapped')
    expect(text.slice(text.indexOf('destination:'))).toBe(`destination: { connector: warehouse, schema: raw }
streams:
  people:
    sync_mode: full_refresh
    destination_sync_mode: overwrite
    mappers:
      - { type: encryption, field: name, key: '\${MAPPED_PEOPLE_NAME_KEY}' }
      - { type: field-renaming, field: at, to: changed_at }
      - { type: row-filtering, where: { not: { field: id, equal: 2 } } }
schema_changes: pause
`)
    expect(answers.join('\n')).not.toContain(key)
  })

  it('loads into files, in modes that they have', async () => {
    await pages.open('/connections/new?connector=faker')
    await field('Name of the connection').fill('demo')
    await checkSource()
    await page.getByRole('radio', { name: /^Files/ }).click()
    await checkDestination()
    await sees('Something is needed in one field.')
    await field('Path').fill('exports')
    await sees('→ exports/users/')
    await checkDestination()
    await page.getByRole('combobox', { name: 'Sync mode of users' }).click()
    const offered = await page.getByRole('option').allInnerTexts()
    expect(offered.filter((text) => /append \+ dedup/.test(text))).toEqual([])
    expect(offered.some((text) => /Incremental, append/.test(text))).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: 'purchases' }).uncheck()
    await button('Go on with 2 streams').click()
    await button('Test both ends').click()
    await sees('exports can be written')
    await button('Save and sync').click()
    await page.waitForURL(/\/connections\/demo/)
    await eventually('the files are there', async () =>
      (await readdir(join(pages.dir, 'exports/users')).catch(() => [])).some((name) => name.endsWith('.parquet')),
    )
    expect(await written('demo')).toContain('destination: { connector: file, config: { path: exports } }')
  })

  it('includes the files that records are about, where the destination keeps them', async () => {
    await pages.open('/connections/new?connector=tickets')
    await field('Name of the connection').fill('support')
    await field('Address').fill(api.url)
    await checkSource()
    await sees('The source can be read.')
    const notDeclared = page.getByText('a template asks for the setting region, which the spec does not have')
    await notDeclared.waitFor()
    await checkDestination()
    await button('Show the details of people').click()
    await page.getByRole('tab', { name: 'Preview' }).click()
    await button('Read the first records').click()
    await notDeclared.waitFor()
    const files = page.getByRole('checkbox', { name: 'Include the files of attachments' })
    expect(await files.isDisabled()).toBe(true)
    expect(await page.getByRole('checkbox', { name: 'Include the files of people' }).count()).toBe(0)
    await page.goBack()
    await page.getByRole('radio', { name: /^Files/ }).click()
    await field('Path').fill('exports')
    await checkDestination()
    await files.check()
    await button('Go on with 2 streams').click()
    await sees('destination_sync_mode: overwrite, include_files: true }')
    await notDeclared.waitFor()
  })

  it('moves nothing when the server says where streams will be', async () => {
    let answer = () => {}
    const asked = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/api/connection-drafts/preview', async (route) => {
      await asked
      await route.continue().catch(() => {})
    })
    await pages.open('/connections/new?connector=faker')
    await field('Name of the connection').fill('still')
    await checkSource()
    await checkDestination()
    const below = page.getByRole('combobox', { name: 'Schema changes' })
    await below.waitFor()
    const place = page.getByText('→ raw.users')
    expect(await place.count()).toBe(0)
    const before = await below.boundingBox()
    answer()
    await place.waitFor()
    expect(await below.boundingBox()).toEqual(before)
    await page.unroute('**/api/connection-drafts/preview')
  })

  it('finds, chooses and changes some of hundreds of streams, of which it draws a few', async () => {
    await openProgram('many')
    await checkDestination()
    await sees('All 300')
    expect(await page.getByRole('listitem').count()).toBeLessThan(60)
    await button('None').click()
    await field('Search the streams').fill('table_01')
    await button('Choose these 10').click()
    await choose('Mode of 10 chosen streams', 'Full refresh, overwrite + dedup')
    await sees('10 streams changed.')
    await choose('Mode of 10 chosen streams', 'Incremental, append + dedup')
    await sees('1 stream changed; 9 streams cannot be read or written so.')
    await field('Search the streams').fill('')
    await page.getByText('Chosen 10', { exact: true }).click()
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(10)
    await choose('Deleted rows (CDC)', 'Soft delete')
    await button('Go on with 10 streams').click()
    await sees('cdc_deletes: soft')
    await sees('table_010: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id')
    await sees('table_019: { sync_mode: full_refresh, destination_sync_mode: overwrite_dedup, primary_key: id }')
    await sees('MANY_TOKEN')
  })

  it('asks again what failed for a reason that went away, and what a browser without a network asked', async () => {
    // The only question whose secrets are given names by the store, which may be away for a moment.
    const away = { code: 'METASTORE_UNREACHABLE', kind: 'external', retryable: true, message: 'It does not answer.' }
    let isAway = true
    await page.route('**/api/connection-drafts/preview', (route) =>
      isAway
        ? route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify({ error: away }) })
        : route.continue(),
    )
    await page.goBack()
    await choose('Deleted rows (CDC)', 'Hard delete')
    await button('Go on with 10 streams').click()
    await sees('METASTORE_UNREACHABLE')
    isAway = false
    await eventually('it was asked again', async () => (await page.getByText('METASTORE_UNREACHABLE').count()) === 0)
    await eventually('rows leave', async () => (await page.getByText('cdc_deletes').count()) === 0)
    await page.unroute('**/api/connection-drafts/preview')

    await page.evaluate("window.dispatchEvent(new Event('offline'))")
    await button('Every hour').click()
    await sees("schedule: { cron: '0 * * * *'")
    await button('By hand only').click()
    await eventually('it has no schedule', async () => (await page.getByText('schedule:').count()) === 0)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
  })

  it('shows the answer to what was chosen last, whichever comes first', async () => {
    // The first question is answered after the second one.
    let answerFirst = () => {}
    const second = new Promise<void>((resolve) => {
      answerFirst = resolve
    })
    const asked: string[] = []
    await page.route('**/api/connection-drafts/preview', async (route) => {
      const body = route.request().postData() ?? ''
      asked.push(body)
      if (body.includes('"0 * * * *"')) await second
      await route.continue().catch(() => {})
    })
    await button('Every hour').click()
    await eventually('the first is asked', () => asked.some((body) => body.includes('"0 * * * *"')))
    await button('Every Monday').click()
    await sees("cron: '0 4 * * 1'")
    answerFirst()
    await button('Every hour').click()
    await sees("cron: '0 * * * *'")
    await button('By hand only').click()
    await eventually('it has no schedule', async () => (await page.getByText('schedule:').count()) === 0)
    await page.unroute('**/api/connection-drafts/preview')
  })

  it('takes all streams of a source, and names none', async () => {
    await page.goBack()
    await page.getByText('All, also new ones', { exact: true }).click()
    await sees('300 streams now')
    await button('Go on with 300 streams').click()
    await sees('schema_changes: propagate_fully')
    await button('Save extract_load/many.yaml').click()
    // Its secret is kept with it: it can be read, and asked.
    await page.getByRole('heading', { name: 'many', exact: true }).waitFor()
    await button('Check').click()
    await sees('The source can be read.')
    expect(await written('many')).not.toMatch(/streams:|t0p-s3cret/)
    expect(answers.join('\n')).not.toContain('t0p-s3cret')
  })

  it('whose secret is gone waits for it, and is there again once it is given', async () => {
    await pages.open('/settings?tab=secrets')
    await page
      .getByRole('row', { name: /MANY_TOKEN.*many/ })
      .getByRole('button', { name: 'Remove' })
      .click()
    await sees('many names it, and cannot be read without.')
    await button('Remove the secret').click()
    await sees('missing')
    await pages.open('/connections/many')
    await sees('many waits for a secret')
    await page.getByLabel('MANY_TOKEN', { exact: true }).fill('t0p-s3cret')
    await button('Keep the secret').click()
    await button('Check').click()
    await sees('The source can be read.')
    expect(answers.join('\n')).not.toContain('t0p-s3cret')
  })

  it('never shows a password, and fits a telephone', async () => {
    const narrow = await openPage(pages.browser, pages.problems, { viewport: { width: 390, height: 844 } })
    const width = () => narrow.evaluate('document.documentElement.scrollWidth')
    await narrow.goto(`${pages.up.url}/connections/new?connector=postgres`)
    expect(await narrow.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('password')
    expect(await narrow.getByLabel('Port', { exact: true }).isVisible()).toBe(true)
    expect(await width()).toBe(390)
    await narrow.goto(`${pages.up.url}/connections/new?connector=faker`)
    await narrow.getByRole('textbox', { name: 'Name of the connection' }).fill('narrow')
    await narrow.getByRole('button', { name: 'Check the source' }).click()
    await narrow.getByRole('radio', { name: /warehouse/ }).waitFor()
    expect(await width()).toBe(390)
    await narrow.getByRole('button', { name: 'Check the destination' }).click()
    await narrow.getByRole('button', { name: 'Show the details of users' }).click()
    await narrow.getByRole('tab', { name: 'Mappers' }).click()
    await narrow.getByRole('button', { name: 'Add a mapper' }).click()
    expect(await width()).toBe(390)
    await narrow.close()
  })

  it('is made by keyboard alone', async () => {
    const focused = () =>
      page.evaluate<string>(
        "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''",
      )
    const reach = async (what: RegExp) => {
      for (let tabs = 0; tabs < 80; tabs++) {
        if (what.test(await focused())) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`The keyboard does not reach ${what}`)
    }
    await pages.open('/connections/new?connector=faker')
    await field('Name of the connection').fill('by_keys')
    await page.keyboard.press('Enter')
    await page.getByRole('radio', { name: /warehouse/ }).waitFor()
    await reach(/^Check the destination/)
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Sync mode of users' }).waitFor()
    await reach(/^Show the details of users/)
    await page.keyboard.press('Enter')
    await reach(/^Fields$/)
    await page.keyboard.press('ArrowRight')
    await reach(/^Add a mapper/)
    await page.keyboard.press('Enter')
    await eventually('the new mapper has the focus', async () => (await focused()) === 'Type')
  })

  it('never complained', () =>
    // 404: of a connection that waits for a secret; 503: of a store that was said to be away.
    expect(pages.problems.filter((problem) => !/status of (?:422|404|503)/.test(problem))).toEqual([]))
})

describe.skipIf(executablePath === undefined)(
  'where connections are not made in the browser',
  { timeout: 60_000 },
  () => {
    it('says how connections are made', async () => {
      const settings = `${shop['millrace.yaml']}server: { edit_connections: false }\n`
      const pages = await openPages({ ...shop, 'millrace.yaml': settings })
      try {
        await pages.open('/connections/new')
        await pages.sees('millrace connections create')
        expect(await pages.page.getByRole('button', { name: /^Files/ }).count()).toBe(0)
      } finally {
        await pages.close()
      }
    })
  },
)
