import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starterManifest } from '../../src/extract-load/index.js'
import { runsSchema } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { troubledShop } from './troubled-shop.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const files = {
  ...troubledShop,
  'extract_load/connectors/mill/manifest.yaml': starterManifest({
    ...{ url: 'http://127.0.0.1:1', stream: 'wheels', path: '/wheels', recordPath: [] },
    ...{ authentication: 'bearer', pagination: 'none' },
  }).replace('DpathExtractor', 'DpathExtracter'),
  'orchestration/definitions.ts': `import { asset, automation, defineProject, partitions, schedule, when } from 'millrace'

const daily = partitions.daily({ start: '2024-01-01', end: '2024-01-15' })
const regions = partitions.static(['eu', 'us'])
export default defineProject(
  asset('reports/daily', { partitions: daily, run: () => {} }),
  asset('reports/matrix', { partitions: partitions.multi({ date: daily, region: regions }), run: () => {} }),
  asset('reports/revenue', { deps: ['main/revenue'], run: () => {} }),
  automation('follow', { target: 'reports/revenue', condition: when.eager() }),
  schedule('weekly', { cron: '0 5 * * 1', target: '*' }),
)
`,
}

const pages = [
  '/',
  '/lineage',
  '/assets',
  '/assets/main%2Fcustomers',
  '/assets/main%2Fin_euro',
  '/assets/reports%2Frevenue',
  '/assets/main%2Fcustomers?tab=rows',
  '/assets/main%2Fcustomers?tab=checks',
  '/assets/main%2Fcustomers?tab=events',
  '/assets/main%2Fcustomers?tab=code',
  '/assets/reports%2Frevenue?tab=automation',
  '/assets/reports%2Fdaily?tab=partitions',
  '/assets/reports%2Fmatrix?tab=partitions',
  '/models/model.shop.customers',
  '/connections',
  '/connections/orders',
  '/connections/new',
  '/connectors/postgres',
  '/connectors',
  '/connectors/mill/edit',
  '/runs',
  '/automation',
  '/deployment',
  '/query',
  '/settings',
]

/** Only colours are others in the dark. */
const options = {
  light: { resultTypes: ['violations'] },
  dark: { resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] },
}

// https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
describe.skipIf(executablePath === undefined)('every page, in light and dark', { timeout: 60_000 }, () => {
  let opened: Pages
  let run = ''
  beforeAll(async () => {
    opened = await openPages(files)
    await opened.up.post('/materialize', { selection: '*' })
    await eventually('the run ends', async () => {
      const [latest] = runsSchema.parse(await opened.up.get('/runs')).runs
      run = latest?.id ?? ''
      return latest?.endedAt !== undefined
    })
    await opened.page.addInitScript(axe)
    // Colours are looked at as they are in the end.
    await opened.page.addInitScript(`
      const still = new CSSStyleSheet()
      still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }')
      document.adoptedStyleSheets.push(still)
    `)
  }, 60_000)
  afterAll(() => opened?.close())

  const violations = async (): Promise<string[]> => {
    const { page } = opened
    const found: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
      const results: AxeResults = await page.evaluate(`axe.run(${JSON.stringify(options[colorScheme])})`)
      for (const { id, nodes } of results.violations)
        found.push(
          ...nodes.map(({ html, any }) => `${colorScheme}: ${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
        )
    }
    return found
  }

  it.each([...pages, '/runs/<run>'])('%s can be used by everybody', async (path) => {
    await opened.open(path.replace('<run>', run))
    await opened.page.locator('h1').first().waitFor()
    await opened.page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' })
    expect(await violations()).toEqual([])
  })

  it('dialogs too', async () => {
    const { page } = opened
    await opened.open('/assets/main%2Fcustomers')
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    await page.getByRole('list', { name: 'What comes of it' }).waitFor()
    expect(await violations()).toEqual([])
    for (const way of ['address', 'text', 'start']) {
      await opened.open(`/connectors?add=${way}`)
      await page
        .getByRole('dialog')
        .getByRole('textbox', { name: /^Name of the connector/ })
        .waitFor()
      if (way === 'text') await page.getByRole('textbox', { name: "The manifest's YAML" }).waitFor()
      expect(await violations()).toEqual([])
    }
  })
})
