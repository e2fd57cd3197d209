import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AutomationView } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

const files = {
  ...shop,
  'orchestration/tool.mjs': `import { appendFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
const { path } = JSON.parse(inflateSync(Buffer.from(process.env.DAGSTER_PIPES_MESSAGES, 'base64')))
for (const [method, params] of [
  ['opened', {}],
  ['report_asset_materialization', { asset_key: 'reports/outside', data_version: null, metadata: { rows: { type: 'int', raw_value: 7 } } }],
  ['closed', {}],
]) appendFileSync(path, JSON.stringify({ __dagster_pipes_version: '0.1', method, params }) + '\\n')
`,
  'orchestration/definitions.ts': `import { asset, dbt, defineProject, externalAsset, multiAsset, onMaterialized, onRunStatus, sensor, z } from 'millrace'

const report = asset('reports/revenue', { deps: ['main/revenue'], run: () => {} })
const outside = asset('reports/outside', { run: ({ pipes }) => pipes([process.execPath, 'orchestration/tool.mjs']).then(() => {}) })
const pages = multiAsset('pages', { outputs: { 'pages/a': {}, 'pages/b': {} }, run: ({ materialized }) => { materialized('pages/a'); materialized('pages/b') } })
const after = asset('after', { run: () => {} })
const broken = asset('broken', { run: () => { throw new Error('The printer is on fire.') } })

const follow = sensor('follow', onMaterialized({
  assets: [report, outside, 'pages/a', dbt.models.revenue].length === 4 ? 'raw/orders main/revenue reports/revenue reports/outside pages/a pages/b' : '*',
  target: after,
  cursor: z.object({ seen: z.array(z.string()) }).default({ seen: [] }),
  evaluate: ({ cursor, materializations }) => ({ cursor: { seen: [...cursor.seen, ...materializations.map((one) => one.asset + (one.metadata.rows === 7 ? ' 7' : ''))] } }),
}))
const made = sensor('made', onMaterialized({ assets: ['pages/a', 'pages/b'].join(' '), all: true, target: after }))
const failed = sensor('failed', onRunStatus({ statuses: ['failed'], evaluate: ({ run }) => { throw new Error('Nobody answers: ' + run.error.message) } }))
const rates = externalAsset('bank/rates', { every: '1h', observe: () => ({ dataVersion: 'v2' }) })
export default defineProject(rates, report, outside, pages, after, broken, follow, made, failed)
`,
}

describe.skipIf(executablePath === undefined)('sensors that are told what happens', { timeout: 90_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 90_000)
  afterAll(() => pages?.close())
  const api = async (path: string, body?: object) => {
    const init = body
      ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      : {}
    return (await fetch(`${pages.up.url}/api${path}`, init)).json()
  }
  const view = async (name: string) =>
    ((await api('/automation')) as { automations: AutomationView[] }).automations.find((one) => one.name === name)

  it('are told of streams, models, assets, several of one function and what programs report', async () => {
    // What happens before a daemon has seen them does not count.
    await eventually(
      'they count',
      async () => {
        await api('/materialize', { selection: 'reports/outside' })
        return (await view('follow'))?.cursor !== undefined
      },
      { everyMs: 500 },
    )
    await api('/materialize', { selection: 'raw/orders+ reports/outside pages/a pages/b' })
    const seen = await eventually('all are told', async () => {
      const cursor = (await view('follow'))?.cursor as { seen: string[] } | undefined
      const different = new Set(cursor?.seen)
      return different.size >= 6 && different
    })
    expect([...seen].sort()).toEqual([
      'main/revenue',
      'pages/a',
      'pages/b',
      'raw/orders',
      'reports/outside 7',
      'reports/revenue',
    ])
    const { runs } = await eventually('its target runs', async () => {
      const found = await view('made')
      return found && found.runs.length > 0 && found
    })
    expect(runs.map(({ selection }) => selection)).toEqual(['after'])
  })

  it('show their cursor, which is changed and reset', async () => {
    const { page } = pages
    await pages.open('/automation')
    const card = page.getByRole('article', { name: 'follow' })
    await card.getByText('"seen":').waitFor()
    await card.getByText('is told when raw/orders main/revenue').waitFor()
    await card.getByRole('button', { name: 'Edit cursor' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the cursor of follow?' })
    await dialog.getByRole('textbox', { name: 'Cursor' }).fill('{"seen": 7}')
    await dialog.getByRole('button', { name: 'Save cursor' }).click()
    await dialog.getByText('That is no cursor of the sensor follow: seen').waitFor()
    await dialog.getByRole('textbox', { name: 'Cursor' }).fill('{"seen": ["by hand"]}')
    await dialog.getByRole('button', { name: 'Save cursor' }).click()
    await card.getByText('by hand').waitFor()
    await card.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('button', { name: 'Reset cursor' }).click()
    await card.getByText('no cursor yet').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('that only look say at what, and what they saw', async () => {
    const card = pages.page.getByRole('article', { name: 'observe_bank_rates' })
    await card.getByText('It looks at bank/rates and starts nothing.').waitFor()
    await card.getByText('observed', { exact: true }).waitFor()
    await card.getByText('another version: v2').waitFor()
    expect(await card.getByText('skipped').count()).toBe(0)
    expect(await card.getByRole('link', { name: 'bank/rates' }).getAttribute('href')).toBe('/assets/bank%2Frates')
  })

  it('that fail are failures of the overview', async () => {
    const { page } = pages
    await api('/materialize', { selection: 'broken' })
    await pages.open('/')
    const failure = page.getByRole('article', { name: 'failed fails' })
    await failure.getByText('Nobody answers: ').waitFor()
    await failure.getByRole('link', { name: 'failed' }).click()
    await page.getByRole('article', { name: 'failed' }).getByText('is told when a run failed').waitFor()
    // The browser itself tells of the cursor that was refused.
    expect(pages.problems.filter((problem) => !problem.includes('422'))).toEqual([])
  })
})
