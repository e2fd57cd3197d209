// `npm run screenshots`: the pictures of docs/ui.md, of the flights example, of a small project in which something went wrong, and of the
// example of a declarative connector.
import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { copyExample } from '../test/bench/example-copy.js'
import { openBrowser, openPage } from '../test/browser/open-browser.js'
import { eventually, removeProject, startUp, temporaryProject, type Up } from '../test/support/millrace.js'

const folder = join(import.meta.dirname, '../docs/screens')
const longMs = 300_000

const troubled = `import { asset, automation, defineProject, partitions, when } from 'millrace'

const days = partitions.daily({ start: '2024-01-01', end: '2024-02-15' })
const regions = partitions.static(['africa', 'america', 'asia', 'europe', 'oceania'])
const late = new Set(['2024-01-19|asia', '2024-01-20|asia', '2024-01-26|africa'])

export default defineProject(
  asset('raw/visits', { group: 'web', run: () => {} }),
  asset('reports/visits', {
    group: 'reports',
    description: 'How many people came, by day and region.',
    partitions: partitions.multi({ date: days, region: regions }),
    run: ({ partition }) => {
      if (late.has(partition.key)) throw new Error('The counter of this region has not sent its file')
    },
  }),
  asset('raw/orders', {
    group: 'shop',
    run: () => {
      throw new Error('The API of the shop answered 503')
    },
  }),
  asset('reports/revenue', { group: 'reports', description: 'What came in.', deps: ['raw/orders'], run: () => {} }),
  automation('follow', { target: 'reports/revenue', condition: when.eager() }),
)
`

interface Picture {
  readonly name: string
  readonly path: string
  /** What has to be there before the picture is taken. */
  readonly sees: string
  /** What somebody does on the page first. */
  readonly does?: (page: Page) => Promise<void>
}

async function take(browser: Browser, up: Up, pictures: readonly Picture[]): Promise<void> {
  const problems: string[] = []
  const page = await openPage(browser, problems)
  for (const { name, path, sees, does } of pictures) {
    await page.goto(up.url + path)
    await does?.(page)
    await page.getByText(sees).first().waitFor()
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
    await page.evaluate('document.fonts.ready')
    await page.mouse.move(0, 0)
    await page.waitForTimeout(500)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    console.log(`docs/screens/${name}.png written`)
  }
  if (problems.length > 0) throw new Error(`The pages complained: ${problems.join(', ')}`)
  await page.close()
}

/** Makes a selection and answers the run, once it has ended. */
async function materialize(up: Up, selection: string): Promise<string> {
  const { runId } = await up.post<{ runId: string }>('/materialize', { selection })
  await eventually(
    'the run ends',
    async () => (await up.get<{ endedAt?: string }>(`/runs/${runId}`)).endedAt !== undefined,
    { withinMs: longMs },
  )
  return runId
}

async function example(browser: Browser): Promise<void> {
  const { dir, remove } = await copyExample()
  try {
    const up = await startUp(dir)
    try {
      const run = await materialize(up, '*')
      await take(browser, up, [
        { name: 'overview', path: '/', sees: 'Coming up' },
        { name: 'lineage', path: '/lineage?q=%2Bmain%2Fmart_worst_days%2B', sees: 'mart_worst_days' },
        { name: 'asset', path: '/assets/main%2Fmart_worst_days', sees: 'Columns (' },
        { name: 'run', path: `/runs/${run}`, sees: 'Queued: ' },
        { name: 'automation', path: '/automation', sees: 'nightly' },
      ])
    } finally {
      await up.stop()
    }
  } finally {
    await remove()
  }
}

async function small(browser: Browser): Promise<void> {
  const dir = await temporaryProject({ 'millrace.yaml': 'name: shop\n', 'orchestration/definitions.ts': troubled })
  try {
    const up = await startUp(dir)
    try {
      await up.post('/backfills', { selection: 'reports/visits', partitions: '2024-01-01...2024-01-30|*' })
      await eventually(
        'the backfill ends',
        async () => {
          const { backfills } = await up.get<{ backfills: { endedAt?: string }[] }>('/backfills')
          return backfills[0]?.endedAt !== undefined
        },
        { withinMs: longMs },
      )
      await materialize(up, 'raw/orders reports/revenue')
      await take(browser, up, [
        { name: 'why', path: '/assets/reports%2Frevenue', sees: 'The last run left it out' },
        { name: 'partitions', path: '/assets/reports%2Fvisits?tab=partitions', sees: '3 failed' },
      ])
    } finally {
      await up.stop()
    }
  } finally {
    await removeProject(dir)
  }
}

/** The connector of examples/declarative, tried with the API beside it. */
async function builder(browser: Browser): Promise<void> {
  const own = join(import.meta.dirname, '../examples/declarative')
  const manifest = 'extract_load/connectors/parts/manifest.yaml'
  const dir = await temporaryProject({
    'millrace.yaml': 'name: parts\n',
    [manifest]: await readFile(join(own, manifest), 'utf8'),
  })
  const port = 8321
  const api = spawn(process.execPath, [join(own, 'api.mjs'), String(port)], { stdio: 'ignore' })
  try {
    const up = await startUp(dir)
    try {
      const does = async (page: Page) => {
        await page.getByLabel(/^Address/).fill(`http://127.0.0.1:${port}`)
        await page
          .getByLabel(/^Token/)
          .first()
          .fill('spare-parts')
        await page.getByRole('combobox', { name: 'Stream' }).click()
        await page.getByRole('option', { name: 'parts' }).click()
        await page.getByRole('button', { name: 'Test', exact: true }).click()
      }
      await take(browser, up, [
        { name: 'connector-builder', path: '/connectors/parts/edit', sees: 'A test ends after', does },
      ])
    } finally {
      await up.stop()
    }
  } finally {
    api.kill()
    await removeProject(dir)
  }
}

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const browser = await openBrowser()
try {
  await example(browser)
  await small(browser)
  await builder(browser)
} finally {
  await browser.close()
}
