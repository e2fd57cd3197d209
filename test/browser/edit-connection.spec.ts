import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { allowPrograms, manyStreams } from './many-streams.js'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const crm = `# Ask Ann before you change it
name: crm
source:
  connector: file
  config:
    streams:
      - { name: people, path: data/people.csv }   # every night
      - { name: notes, path: data/notes.csv }
destination: { connector: warehouse, schema: crm }
streams:
  # grows
  people: { sync_mode: incremental, destination_sync_mode: append, cursor_field: at }
  notes: {}
`
const many = `name: many
source:
  connector: airbyte
  config: { command: ./source, config: { token: t0p-s3cret } }   # the old one
destination: { schema: many }
streams: { table_010: {}, table_011: {} }
`

describe.skipIf(executablePath === undefined)('a connection that is changed', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  const answers: string[] = []
  const sees = (text: string | RegExp) => pages.sees(text)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const field = (name: string | RegExp) => page.getByRole('textbox', { name, exact: true }).first()
  const tab = (name: string) => page.getByRole('tab', { name, exact: true })
  const choose = async (list: string, option: string) => {
    await page.getByRole('combobox', { name: list, exact: true }).click()
    await page.getByRole('option').filter({ hasText: option }).first().click()
  }
  const file = (name: string) => join(pages.dir, `extract_load/${name}.yaml`)
  const written = (name: string) => readFile(file(name), 'utf8')
  const diff = () => page.getByLabel(/^What changes in/)
  const effects = () => page.getByRole('list', { name: 'What comes of it' })
  const look = async (name: string) => {
    if (process.env.MILLRACE_LOOK)
      await page.screenshot({ path: join(process.env.MILLRACE_LOOK, name), fullPage: true })
  }

  beforeAll(async () => {
    pages = await openPages({
      ...shop,
      ...manyStreams,
      other: manyStreams.source?.replaceAll('token', 'region').replace('Token', 'Region') ?? '',
      'extract_load/crm.yaml': crm,
      'extract_load/many.yaml': many,
      'data/people.csv': 'id,name,at\n1,Ann,2024-01-01T10:00:00Z\n2,Bob,2024-01-02T10:00:00Z\n',
      'data/notes.csv': 'id,text\n1,a\n2,b\n3,c\n',
    })
    await allowPrograms(pages.dir)
    await chmod(join(pages.dir, 'other'), 0o755)
    page = pages.page
    page.on('response', async (response) => {
      if (response.url().includes('/api/') && !response.url().endsWith('/events'))
        answers.push(await response.text().catch(() => ''))
    })
    await pages.open('/connections/crm')
    await button('Sync now').click()
    await eventually('it is loaded', async () => (await page.getByText('fresh', { exact: true }).count()) >= 2)
  }, 60_000)
  afterAll(() => pages?.close())

  it('says what will be written, and what comes of it, before it is saved', async () => {
    await tab('Schema').click()
    await page.waitForURL(/tab=schema/)
    await page.getByRole('checkbox', { name: 'notes' }).uncheck()
    await choose('Sync mode of people', 'Incremental, append + dedup')
    await choose('Primary key of people', 'id')
    await page.keyboard.press('Escape')
    await sees('full refresh needed')
    expect(await effects().innerText()).toMatch(
      /people needs a full refresh: its primary_key was none and is id[\s\S]*generation 2[\s\S]*notes is loaded no more\. crm\.notes stays/,
    )
    expect(await diff().innerText()).toMatch(/- +notes: \{\}/)
    expect(await diff().innerText()).not.toContain('data/notes.csv')
    await look('schema.png')
    await button('Show the details of people').click()
    await page.getByRole('checkbox', { name: 'Load name of people' }).uncheck()
    await eventually('fields', async () => (await diff().innerText()).includes('fields: [ id, at ]'))
    await button('Save').click()
    await sees('extract_load/crm.yaml is written')
    expect(await written('crm')).toBe(
      crm
        .replace('append, cursor_field: at }', 'append_dedup, cursor_field: at, primary_key: id, fields: [ id, at ] }')
        .replace('  notes: {}\n', ''),
    )
    await look('saved.png')
    await button('Full refresh of 1 stream').click()
    await sees('crm.people')
    await button('Overwrite 1 table').click()
    await page.waitForURL(/\/runs\//)
    await eventually('it went well', async () => (await page.getByText('succeeded').count()) > 0)
  })

  it('changes when and where to, and asks before what is not saved is lost', async () => {
    await pages.open('/connections/crm?tab=settings')
    await button('Every hour').click()
    await field('Prefix').fill('new_')
    await choose('Schema changes', 'Pause')
    await sees('goes to crm.new_people from now on')
    await look('settings.png')
    await tab('Schema').click()
    await sees('→ crm.new_people')
    await tab('Status').click()
    await sees('Leave without saving?')
    await button('Stay').click()
    await tab('Settings').click()
    await button('Test and save').click()
    await sees('extract_load/crm.yaml is written')
    expect(await written('crm')).toMatch(
      /schema: crm, prefix: new_ }[\s\S]*schema_changes: pause\nschedule:\n {2}cron: 0 \* \* \* \*/,
    )
    expect(await written('crm')).toContain('# every night')
    await tab('Status').click()
    await sees('Schedule on')
  })

  it('tests the source before its settings are written', async () => {
    await pages.open('/connections/crm?tab=settings')
    const before = await written('crm')
    await field('Path').fill('data/nobody.csv')
    await button('Test both ends').click()
    await page.getByRole('alert').filter({ hasText: 'SOURCE_FILE_NOT_FOUND' }).first().waitFor()
    await button('Test and save').click()
    await button('Save all the same').waitFor()
    expect(await written('crm')).toBe(before)
    await button('Discard the changes').click()
    expect(await field('Path').inputValue()).toBe('data/people.csv')
    expect(await button('Test and save').count()).toBe(0)
  })

  it('does not write over what somebody else wrote meanwhile', async () => {
    await field('Prefix').fill('mine_')
    await diff().waitFor()
    const theirs = (await written('crm')).replace('Ann', 'Bob')
    await writeFile(file('crm'), theirs)
    await sees('extract_load/crm.yaml was changed meanwhile')
    expect(await button('Test and save').isDisabled()).toBe(true)
    await button('Take the file as it is now').click()
    await eventually('the form is new', async () => (await field('Prefix').inputValue()) === 'new_')
    expect(await written('crm')).toBe(theirs)
    // Who changed nothing has the new file at once.
    await writeFile(file('crm'), theirs.replace('prefix: new_', 'prefix: other_'))
    await eventually('the form follows', async () => (await field('Prefix').inputValue()) === 'other_')
  })

  it('never shows a secret: it stays, or is kept out of the file', async () => {
    await pages.open('/connections/many?tab=schema')
    await sees('All 300')
    await page.getByText('Chosen 2', { exact: true }).click()
    await page.getByRole('checkbox', { name: 'table_011' }).click()
    await button('Save').click()
    await sees('extract_load/many.yaml is written')
    expect(await written('many')).toBe(many.replace(', table_011: {}', ''))
    await tab('Settings').click()
    expect(await page.getByLabel('Token', { exact: false }).first().inputValue()).toBe('**********')
    await look('secrets.png')
    await page.getByLabel('Token', { exact: false }).first().fill('an0ther-s3cret')
    await sees('Secrets stay out of the file')
    await button('Test and save').click()
    await sees('extract_load/many.yaml is written')
    expect(await written('many')).toContain("token: '${MANY_TOKEN}'")
    expect(await written('many')).toContain('# the old one')
    await page.reload()
    await eventually(
      'it is named',
      async () => (await page.getByLabel('Token', { exact: false }).first().inputValue()) === '${MANY_TOKEN}',
    )
    expect(answers.join('\n')).not.toMatch(/t0p-s3cret|an0ther-s3cret/)
  })

  it('asks another program for its settings before anything is written', async () => {
    await pages.open('/connections/many?tab=settings')
    const before = await written('many')
    await page.getByLabel('Command', { exact: false }).first().fill('./other')
    await sees('Its source is another program now: ask it for its settings first.')
    expect(await button('Test and save').isDisabled()).toBe(true)
    await look('another-program.png')
    await button('Ask it for its settings').click()
    await page.getByLabel('Region', { exact: false }).first().fill('eu')
    await eventually('it can be saved', () => button('Test and save').isEnabled())
    expect(await diff().innerText()).toMatch(/\+.*\.\/other[\s\S]*region: '\$\{MANY_REGION\}'/)
    await look('told.png')
    await button('Discard the changes').click()
    await page.getByLabel('Token', { exact: false }).first().waitFor()
    expect(await written('many')).toBe(before)
  })

  it('has further attempts and limits of time, and says where partitions are written', async () => {
    await pages.open('/connections/crm?tab=settings')
    await sees('Partitions of a stream are written into')
    await page.getByLabel('Failures in a row', { exact: false }).fill('1')
    await eventually('it is shown', async () =>
      (await diff().innerText()).includes('complete_failures_max_successive: 1'),
    )
    await look('attempts.png')
    await button('Save').click()
    await sees('extract_load/crm.yaml is written')
    expect(await written('crm')).toMatch(/retries:\s+(?:\{ )?complete_failures_max_successive: 1/)
  })

  it('says where a stream is switched off that the source has under another name', async () => {
    await pages.open('/connections/crm?tab=settings')
    await field('Name').fill('persons')
    await sees('it can be switched off, and the other one on')
    await look('renamed.png')
    await button('Discard the changes').click()
  })

  it('fits a telephone', async () => {
    const narrow = await openPage(pages.browser, pages.problems, { viewport: { width: 390, height: 844 } })
    for (const one of ['schema', 'settings']) {
      await narrow.goto(`${pages.up.url}/connections/crm?tab=${one}`)
      await narrow.getByText(one === 'schema' ? 'Look at the source again' : 'Test both ends').waitFor()
      if (process.env.MILLRACE_LOOK)
        await narrow.screenshot({ path: join(process.env.MILLRACE_LOOK, `narrow-${one}.png`), fullPage: true })
      expect(await narrow.evaluate('document.documentElement.scrollWidth')).toBe(390)
    }
    await narrow.close()
  })

  it('is not offered where the file cannot be written', async () => {
    // As root any file can be, but on a disk that is read-only.
    await page.route('**/api/connections/crm/settings', async (route) => {
      const response = await route.fetch()
      const settings = (await response.json()) as object
      await route.fulfill({ response, json: { ...settings, readOnly: 'It cannot be written (EROFS).' } })
    })
    await pages.open('/connections/crm?tab=settings')
    await sees('This project is read-only here')
    expect(await button('Every hour').count()).toBe(0)
    await page.unroute('**/api/connections/crm/settings')
  })

  it('never complained', () =>
    // 422: of a draft with a mistake; 404: of a stream that its source does not have.
    expect(pages.problems.filter((problem) => !/status of 4(?:04|22|09)/.test(problem))).toEqual([]))
})

describe.skipIf(executablePath === undefined)(
  'where connections are not changed in the browser',
  { timeout: 60_000 },
  () => {
    it('says how they are', async () => {
      const settings = `${shop['millrace.yaml']}server: { edit_connections: false }\n`
      const pages = await openPages({ ...shop, 'millrace.yaml': settings })
      try {
        await pages.open('/connections/orders?tab=schema')
        await pages.sees('Connections are not changed through this server')
        await pages.sees('extract_load/orders.yaml')
        expect(await pages.page.getByRole('checkbox').count()).toBe(0)
      } finally {
        await pages.close()
      }
    })
  },
)
