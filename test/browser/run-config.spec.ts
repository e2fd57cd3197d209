import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const files = {
  'millrace.yaml': 'name: config\n',
  'orchestration/definitions.ts': `import { asset, defineProject, z } from 'millrace'

export default defineProject(
  asset('reports/late', {
    config: z.object({
      region: z.enum(['eu', 'us']).describe('Whose airports'),
      days: z.number().int().min(1).default(7),
      title: z.string().optional(),
    }),
    run: ({ config, log }) => log('asked: ' + JSON.stringify(config)),
  }),
  asset('reports/plain', { deps: ['reports/late'], run: () => {} }),
)
`,
}

describe.skipIf(executablePath === undefined)('the config of a run', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 60_000)
  afterAll(() => pages?.close())

  it('is asked for by a form, which marks what is missing', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Flate')
    await page.getByRole('button', { name: 'Materialize' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Config of reports/late').waitFor()
    await dialog.getByRole('button', { name: 'Run', exact: true }).click()
    await dialog.getByText('Needed').waitFor()
    await dialog.getByRole('combobox', { name: 'region' }).click()
    await page.getByRole('option', { name: 'us' }).click()
    await dialog.getByRole('button', { name: '2 more settings' }).click()
    await dialog.getByRole('textbox', { name: 'days' }).fill('0')
    await dialog.getByRole('button', { name: 'Run', exact: true }).click()
    await dialog.getByText('Too small: expected number to be >=1').waitFor()
    await dialog.getByRole('textbox', { name: 'days' }).fill('3')
    await dialog.getByRole('button', { name: 'Run', exact: true }).click()
    await pages.sees('asked: {"region":"us","days":3}')
    expect(await page.locator('code', { hasText: '{"reports/late":{"days":3,"region":"us"}}' }).count()).toBe(1)
  })

  it('is not asked for where nothing takes one', async () => {
    const { page } = pages
    await pages.open('/assets/reports%2Fplain')
    await page.getByRole('button', { name: 'Materialize' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('reports/plain', { exact: true }).waitFor()
    expect(await dialog.getByTestId('run-config').count()).toBe(0)
    await dialog.getByText(/With upstream/).click()
    await dialog.getByText('Config of reports/late').waitFor()
  })
})
