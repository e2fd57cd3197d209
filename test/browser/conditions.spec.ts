import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetConditionsSchema } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const files = {
  'millrace.yaml': 'name: conditions\n',
  'orchestration/definitions.ts': `import { asset, automation, defineProject, freshness, when } from 'millrace'

export default defineProject(
  asset('raw/orders', { freshness: freshness.timeWindow({ fail: '2h' }), run: () => {} }),
  asset('reports/revenue', { deps: ['raw/orders'], run: () => {} }),
  asset('reports/broken', { run: () => { throw new Error('The API answered 500') } }),
  asset('reports/after', { deps: ['reports/broken'], run: () => {} }),
  asset('reports/letter', { deps: ['reports/revenue'], automation: when.executionFailed(), run: () => {} }),
  automation('follow', { target: 'reports/revenue', condition: when.eager(), description: 'Follows the orders' }),
)
`,
}

describe.skipIf(executablePath === undefined)('conditions', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 60_000)
  afterAll(() => pages?.close())
  const found = async () => assetConditionsSchema.parse(await pages.up.get('/assets/reports%2Frevenue/conditions'))
  const materialize = (selection: string) => pages.up.post('/materialize', { selection })

  it('say what holds an asset back', async () => {
    await eventually('it is evaluated', async () => (await found()).evaluations.length > 0)
    await pages.open('/assets/reports%2Frevenue?tab=automation')
    await pages.sees('Not requested: missing or deps changed since last handled does not hold.')
    await pages.sees('no deps missing')
    const { page } = pages
    expect(await page.getByRole('img', { name: 'does not hold' }).count()).toBeGreaterThan(1)
  })

  it('request it once what it reads was made, and keep what was found', async () => {
    const { page } = pages
    await materialize('raw/orders')
    await eventually('it is requested', async () => (await found()).evaluations.some(({ isRequested }) => isRequested))
    await page
      .getByRole('button', { name: /^requested/ })
      .first()
      .click()
    await pages.sees('Requested in run')
    const parts = page.getByRole('list', { name: 'The condition, part by part' })
    await parts.getByText('raw/orders').first().waitFor()
    await page.getByRole('link', { name: /^run / }).first().click()
    await pages.sees('automation follow')
  })

  it('have a switch and a test tick on the Automation page', async () => {
    const { page } = pages
    await pages.open('/automation')
    const card = page.getByRole('article', { name: 'follow' })
    await card.getByText('eager').waitFor()
    await card.getByText('Follows the orders. Starts').waitFor()
    await card.getByRole('button', { name: 'Test tick' }).click()
    await card.getByText('A tick would start nothing: the conditions of none of its 1 assets hold').waitFor()
    await card.getByRole('switch').focus()
    await page.keyboard.press('Space')
    await eventually('it is off', async () => !(await found()).isOn)
    await pages.open('/assets/reports%2Frevenue?tab=automation')
    await pages.sees('Its automation is off, so nothing requests it.')
  })

  it('are among the reasons why an asset was not made', async () => {
    const { page } = pages
    const why = page.getByRole('region', { name: 'Why did it not run?' })
    await pages.open('/assets/reports%2Fletter')
    await why.getByText(/^Its condition .* does not hold: /).waitFor()
    await why.getByRole('link', { name: 'see it part by part' }).click()
    await page.getByRole('list', { name: 'The condition, part by part' }).waitFor()
    await materialize('reports/broken reports/after')
    await pages.open('/assets/reports%2Fafter')
    await why.getByText('The last run left it out: upstream reports/broken failed.').waitFor()
    await why.getByRole('button', { name: '2 more' }).click()
    await why.getByText('Nothing makes it by itself: no schedule, no sensor and no condition covers it.').waitFor()
    await why.getByRole('link', { name: 'open reports/broken' }).click()
    await page.getByRole('heading', { name: 'reports/broken' }).waitFor()
  })

  it('are told before something is made that they may follow', async () => {
    const { page } = pages
    await pages.open('/automation')
    await page.getByRole('article', { name: 'follow' }).getByRole('switch').press('Space')
    await eventually('it is on', async () => (await found()).isOn)
    await pages.open('/assets/raw%2Forders')
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    const comes = page.getByRole('list', { name: 'What comes of it' })
    await comes.getByText('What 1 asset holds now is made anew.').waitFor()
    expect(await comes.textContent()).toContain('with a condition (eager')
    expect(await comes.textContent()).toContain('reports/revenue')
  })

  it('stand beside the freshness of an asset', async () => {
    await pages.open('/assets/raw%2Forders')
    await pages.sees('at most 2 h old')
    await pages.open('/assets/reports%2Fletter')
    await pages.sees('when its condition holds')
  })
})
