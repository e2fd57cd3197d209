import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDetailSchema } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const files = {
  'millrace.yaml': 'name: pools\npools: { api: 1 }\n',
  'orchestration/definitions.ts': `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asset, defineProject, partitions } from 'millrace'

const wait = async ({ projectDir, signal }) => {
  while (!existsSync(join(projectDir, 'go'))) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
let attempts = 0
export default defineProject(
  asset('api/first', { pool: 'api', run: wait }),
  asset('api/second', { pool: 'api', run: () => {} }),
  asset('free', { run: () => {} }),
  asset('odd', { pool: 'apis', run: () => {} }),
  asset('flaky', {
    retry: { max: 1, delayMs: 1500, backoff: 'constant' },
    run: ({ attempt }) => { if (attempts++ === 0) throw new Error('not yet') },
  }),
  asset('days', {
    partitions: partitions.static(['mon', 'tue', 'wed']),
    run: ({ partition }) => { if (partition.key === 'tue') throw new Error('no luck') },
  }),
)
`,
}

describe.skipIf(executablePath === undefined)('what waits', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 60_000)
  afterAll(() => pages?.close())

  const request = async (selection: string, more: Record<string, unknown> = {}) =>
    (await pages.up.post<{ runId: string }>('/materialize', { selection, ...more })).runId
  const ended = (id: string) =>
    eventually('the run ends', async () => {
      const run = runDetailSchema.parse(await pages.up.get(`/runs/${id}`))
      return run.endedAt !== undefined && run
    })

  it('for a place in a pool is shown as waiting, and who is in line where pools are', async () => {
    const { page } = pages
    const id = await request('api/first api/second free')
    const step = page.getByRole('button', { name: /api\/second/ })
    await pages.open(`/runs/${id}`)
    await step.getByText('waiting', { exact: true }).waitFor()
    await step.getByText('waits for a place in the pool api, which has 1').waitFor()
    await pages.open('/deployment')
    await pages.sees('1 of 1, 1 waiting')
    for (const [list, asset] of [
      ['Held by: api', 'api/first'],
      ['In line: api', 'api/second'],
    ] as const) {
      const places = page.getByRole('list', { name: list })
      await places.getByRole('link', { name: asset }).waitFor()
      expect(await places.getByRole('link', { name: `run ${id.slice(-8)}` }).getAttribute('href')).toBe(`/runs/${id}`)
      expect(await places.innerText()).not.toContain('ts:')
    }
    await pages.sees('The project has a warning:')
    await writeFile(join(pages.dir, 'go'), '')
    const { steps } = await ended(id)
    expect(steps.flatMap(({ key, waits }) => waits.map(({ to }) => [key, to !== undefined]))).toEqual([
      ['ts:api/second', true],
    ])
  })

  it('for its next attempt stands still in the middle of its time', async () => {
    const id = await request('flaky')
    const { steps, status } = await ended(id)
    expect([status, steps[0]?.waits.length]).toEqual(['succeeded', 1])
    await pages.open(`/runs/${id}`)
    await pages.sees('succeeded, 2.')
    expect(await pages.page.locator('[class*=standstill]').count()).toBe(1)
  })

  it('tags find runs, and a run says which of its partitions were not made', async () => {
    const { page } = pages
    const id = await request('days', { partitions: '*', tags: { team: 'finance' } })
    await ended(id)
    await pages.open(`/runs/${id}`)
    await pages.sees('Partitions that were not made')
    await page.getByText('days: tue', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'team=finance' }).click()
    await page.waitForURL(/tag=team/)
    const rows = page.getByRole('link', { name: id.slice(-8) })
    await rows.waitFor()
    await pages.sees('all partitions')
    await page.getByLabel('Tag, as key=value').fill('team=sales')
    await page.getByLabel('Tag, as key=value').press('Enter')
    await pages.sees('No runs match')
    await page.getByRole('button', { name: 'Show all runs' }).click()
    await rows.waitFor()
    const tomorrow = new Date(Date.now() + 86_400_000).toLocaleDateString('sv-SE')
    await page.getByLabel('From', { exact: true }).fill(tomorrow)
    await pages.sees('No runs match')
    await page.getByLabel('To', { exact: true }).fill('2024-01-31')
    await pages.sees(`The first day, ${tomorrow}, is later than the last one, 2024-01-31`)
    expect(pages.problems).toEqual([])
  })
})
