import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starterManifest } from '../../src/extract-load/index.js'
import { eventually, millrace } from '../support/millrace.js'
import { executablePath, openPage } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const password = 'a long enough password'

describe.skipIf(executablePath === undefined)('with users', { timeout: 90_000 }, () => {
  let pages: Pages
  let page: Page
  let token: string

  beforeAll(async () => {
    pages = await openPages({
      ...shop,
      'extract_load/connectors/mill/manifest.yaml': starterManifest({
        ...{ url: 'http://127.0.0.1:9', stream: 'wheels', path: '/', recordPath: [] },
        ...{ authentication: 'bearer', pagination: 'none' },
      }),
      'extract_load/grain.yaml':
        "name: grain\nsource: { connector: mill, config: { token: '${GRAIN_KEY}' } }\ndestination: { schema: raw }\nstreams: { wheels: {} }\n",
    })
    page = pages.page
  }, 90_000)
  afterAll(() => pages?.close())

  const logIn = async (name: string, given = password, on = page) => {
    await on.getByLabel('Name', { exact: true }).fill(name)
    await on.getByLabel('Password', { exact: true }).fill(given)
    await on.getByRole('button', { name: 'Log in' }).click()
    await on
      .getByRole('button', { name: `Account of ${name}` })
      .or(on.getByRole('alert'))
      .first()
      .waitFor()
  }
  const logOut = async (name: string) => {
    await page.getByRole('button', { name: `Account of ${name}` }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await page.getByRole('button', { name: 'Log in' }).waitFor()
  }
  const api = (path: string, init: RequestInit = {}) =>
    fetch(`${pages.up.url}/api${path}`, { ...init, headers: { authorization: `Bearer ${token}` } })

  it('the first user is an admin, made on the page, and has to log in at once', async () => {
    await pages.open('/settings')
    await pages.sees('There is no login')
    await page.getByRole('button', { name: 'New user' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('ada')
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Make the user' }).click()
    await pages.sees('needs 10 characters')
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Make the user' }).click()
    await page.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await page.title()).toBe('Log in · Millrace')
    await logIn('ada', 'a wrong password')
    await pages.sees('The name or the password is wrong.')
    await logIn('ada')
    // Where one was.
    await page.getByRole('table', { name: 'Users' }).getByText('ada').waitFor()
    expect(new URL(page.url()).pathname).toBe('/settings')
  })

  it('a page that one opens without a session shows after the login', async () => {
    const other = await openPage(pages.browser, [])
    await other.goto(`${pages.up.url}/connections/orders`)
    await logIn('ada', password, other)
    await other.getByRole('heading', { name: 'orders' }).waitFor()
    await other.close()
  })

  it('the cookie cannot be read by scripts', async () => {
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', name: 'millrace_session_shop' })
  })

  it('a token is shown once, and names are texts', async () => {
    await pages.open('/settings?tab=tokens')
    await page.getByRole('button', { name: 'New token' }).click()
    const name = '<img src=x onerror="window.hit=1">'
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'admin' }).click()
    await page.getByRole('button', { name: 'Make the token' }).click()
    token = (await page.getByTestId('secret').textContent()) ?? ''
    expect(token).toMatch(/^mr_[\w-]{43}$/)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('table', { name: 'API tokens' }).getByText(name).waitFor()
    expect(await page.content()).not.toContain(token)
    await api(`/automation/${encodeURIComponent(name)}`, { method: 'PUT', body: '{"isOn":true}' })
    await pages.open('/settings?tab=audit')
    await page.getByRole('table', { name: 'Audit log' }).getByText(`/automation/${name}: on`).waitFor()
    expect(await page.evaluate('window.hit')).toBeUndefined()
  })

  it('a viewer sees no button that a viewer may not use', async () => {
    for (const role of ['viewer', 'editor'])
      await api('/users', { method: 'POST', body: JSON.stringify({ name: role, role, password }) })
    await logOut('ada')
    await logIn('viewer')
    await pages.open('/connections/orders')
    await page.getByRole('heading', { name: 'orders', exact: true }).waitFor()
    await pages.sees('Schema changes')
    for (const name of [
      'Check',
      'Clear data',
      'Full refresh',
      'Sync now',
      'Sync with downstream',
      'Look at the source',
    ])
      expect([name, await page.getByRole('button', { name }).count()]).toEqual([name, 0])
    await pages.open('/connections/grain')
    await pages.sees('The connection grain waits for a secret.')
    await pages.sees('GRAIN_KEY is not set')
    await page.getByRole('tab', { name: 'State' }).waitFor()
    expect(await page.getByRole('tab', { name: 'Preview' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Set it' }).count()).toBe(0)
    await pages.open('/automation')
    await page.getByRole('switch', { name: 'weekly on' }).waitFor()
    expect(await page.getByRole('switch', { name: 'weekly on' }).isDisabled()).toBe(true)
    await pages.open('/assets/main%2Frevenue')
    await page.getByRole('heading', { name: 'main/revenue' }).waitFor()
    expect(await page.getByRole('button', { name: 'Materialize' }).count()).toBe(0)
    await pages.open('/query')
    await pages.sees('Queries need the role editor')
    await pages.open('/settings')
    await pages.sees('Settings need the role admin')
    await pages.open('/connections/new')
    await pages.sees('Making connections needs the role admin')
  })

  it('an editor runs things, and edits no connections', async () => {
    await logOut('viewer')
    await logIn('editor')
    await pages.open('/connections/orders')
    await page.getByRole('button', { name: 'Sync now', exact: true }).first().waitFor()
    await pages.open('/query')
    await page.getByRole('switch', { name: 'Allow writing' }).waitFor()
    expect(await page.getByRole('switch', { name: 'Allow writing' }).isDisabled()).toBe(true)
    await pages.open('/connections')
    await page.getByRole('table', { name: 'Connections' }).waitFor()
    expect(await page.getByText('New connection').count()).toBe(0)
  })

  it('a session that is ended from outside leads to the login, and back', async () => {
    await pages.open('/runs')
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
    const command = millrace(pages.dir, ['user', 'set-password', 'editor'], { MILLRACE_PASSWORD: `${password} 2` })
    expect(await command.ended).toMatchObject({ code: 0 })
    // Within the time of the next look at the health.
    await page.getByRole('button', { name: 'Log in' }).waitFor({ timeout: 30_000 })
    expect(new URL(page.url()).pathname).toBe('/runs')
    await logIn('editor', `${password} 2`)
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
    await eventually(
      'live events come again',
      async () => (await page.getByText('The server does not answer').count()) === 0,
    )
  })

  it('one changes the own password', async () => {
    await page.getByRole('button', { name: 'Account of editor' }).click()
    await page.getByRole('menuitem', { name: 'Change password' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Present password', { exact: true }).fill('not this one at all')
    await dialog.getByLabel('New password', { exact: true }).fill(`${password} 3`)
    await dialog.getByLabel('New password again', { exact: true }).fill(`${password} 3`)
    await dialog.getByRole('button', { name: 'Change it' }).click()
    await pages.sees('The present password is another one.')
    await dialog.getByLabel('Present password', { exact: true }).fill(`${password} 2`)
    await dialog.getByRole('button', { name: 'Change it' }).click()
    await pages.sees('The password is changed')
    await pages.open('/runs')
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
  })
})
