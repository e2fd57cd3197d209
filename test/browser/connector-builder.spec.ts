import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const secret = 'wh33l-s3cret'

describe.skipIf(executablePath === undefined)('the builder of connectors', { timeout: 60_000 }, () => {
  let pages: Pages
  let page: Page
  let api: Server
  let url: string
  /** Who asked, and whether they left before the answer. */
  const asked: { authorization: string | undefined; isLeft: boolean }[] = []
  const file = () => join(pages.dir, 'extract_load/connectors/mill/manifest.yaml')
  const written = () => readFile(file(), 'utf8')
  const field = (name: string | RegExp) => page.getByRole('textbox', { name })
  /** Where a text stands, as the page says it. */
  const placeOf = (text: string, within: string) => {
    const before = within.slice(0, within.indexOf(text)).split('\n')
    return `${before.length}:${(before.at(-1) ?? '').length + 1}`
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const editor = () => page.getByRole('textbox', { name: 'Manifest' })
  /** As somebody who selects all and pastes. */
  const type = async (text: string) => {
    await editor().click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(text)
  }

  beforeAll(async () => {
    api = createServer((request, response) => {
      const one = { authorization: request.headers.authorization, isLeft: false }
      asked.push(one)
      if (request.url?.startsWith('/slow')) {
        response.on('close', () => {
          one.isLeft = true
        })
        return
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ data: [{ id: 1, name: 'big wheel', asked: request.headers.authorization }] }))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => api.once('listening', resolve))
    url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
    pages = await openPages(shop)
    page = pages.page
  }, 60_000)
  afterAll(async () => {
    api?.closeAllConnections()
    api?.close()
    await pages?.close()
  })

  it('begins a manifest, tells what is wrong with it while it is typed, tries it, and saves it', async () => {
    await pages.open('/connectors')
    await button('Add connector').click()
    await page.getByText('A new one', { exact: true }).click()
    await field(/^Address of the API/).fill(url)
    await field(/^Path of the stream/).fill('/wheels')
    await field(/^Name of the stream/).fill('wheels')
    await field(/^Where the records are/).fill('data')
    await page.getByRole('combobox', { name: 'Authentication' }).click()
    await page.getByRole('option', { name: 'Bearer token' }).click()
    await field(/^Name of the connector/).fill('mill')
    await page.getByRole('dialog').getByRole('button', { name: 'Add connector' }).click()
    await page.waitForURL(/\/connectors\/mill\/edit/)
    await pages.sees('No problems')
    const first = await written()

    const broken = first.replace('DpathExtractor', 'DpathExtracter').replace("config['token'] }}", "config['token' }}")
    await type(broken)
    const problem = (place: string, words: string) =>
      page.getByRole('listitem').filter({ hasText: place }).filter({ hasText: words }).waitFor()
    await problem(placeOf('DpathExtracter', broken), 'there is no component')
    await problem(placeOf("\"{{ config['token' }}", broken), 'is no template')
    expect(await button('Save').isDisabled()).toBe(true)
    expect(await button('Test').isDisabled()).toBe(true)

    await type(first)
    await pages.sees('No problems')
    await page.getByLabel(/^Token/).fill(secret)
    await button('Test').click()
    await page.getByRole('gridcell', { name: 'big wheel' }).waitFor()
    await pages.sees('1 record of 1 page in 1 slice')
    await pages.sees('3 fields of these records are not in the schema')
    expect(asked.at(-1)?.authorization).toBe(`Bearer ${secret}`)
    expect(await page.getByRole('main').innerText()).not.toContain(secret)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/manifest-with-schema', (route) => released.then(() => route.continue()), { times: 1 })
    await button('Use the schema that the records have').click()
    await type(`${first}# typed meanwhile\n`)
    release()
    await pages.sees('The text was changed meanwhile')
    await pages.sees('# typed meanwhile')
    await button('Use the schema that the records have').click()
    await pages.sees('name: {type: [string, "null"]}')
    // What was tried is not what is there.
    expect(await written()).toBe(first)

    await button('Save').click()
    await eventually('it is written', async () => (await written()).includes('asked: {type'))
    expect(await written()).not.toContain(secret)
    expect(existsSync(join(file(), '../origin.yaml'))).toBe(false)
  })

  it('a test ends with the page, and what somebody else wrote meanwhile is not written over', async () => {
    const before = await written()
    await type(before.replace('/wheels', '/slow'))
    await pages.sees('Not saved.')
    await button('Test').click()
    await eventually('it asks', async () => asked.at(-1)?.isLeft === false && asked.length > 1)
    await writeFile(file(), `# by somebody else\n${before}`)
    await pages.sees('Somebody else changed the file')
    expect(await button('Save').isDisabled()).toBe(true)
    await button('Take the file, drop mine').click()
    await pages.sees('# by somebody else')
    await page.getByRole('link', { name: 'The connector', exact: true }).click()
    await eventually('the API is left', async () => asked.at(-1)?.isLeft === true)
  })

  it('a manifest that was broken in its file says so on its card and its page, and is taken out again', async () => {
    await writeFile(file(), (await written()).replace('DpathExtractor', 'DpathExtracter'))
    await pages.open('/connectors')
    const card = page.getByRole('link', { name: /^Mill / })
    await card.getByText(/manifest\.yaml:\d+:17: there is no component/).waitFor()
    await card.click()
    await page.getByRole('alert').filter({ hasText: 'MANIFEST_COMPONENT_UNSUPPORTED' }).waitFor()
    await button('Remove').click()
    await button('Remove mill').click()
    await page.waitForURL(/\/connectors$/)
    expect(existsSync(file())).toBe(false)
    expect(pages.problems).toEqual([])
  })
})
