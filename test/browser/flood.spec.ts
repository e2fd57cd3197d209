import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const files = {
  'millrace.yaml': 'name: flood\nmax_concurrent_runs: 1\n',
  'orchestration/definitions.ts': `import { setTimeout as sleep } from 'node:timers/promises'
import { asset, defineProject, sensor } from 'millrace'

const slow = asset('reports/slow', { run: async ({ signal }) => void (await sleep(600_000, undefined, { signal })) })
export default defineProject(
  slow,
  sensor('flood', {
    every: '1s',
    target: slow,
    evaluate: ({ cursor }) =>
      cursor === 'all' ? { cursor, skip: 'nothing new' } : { cursor: 'all', runs: Array.from({ length: 40 }, (_, i) => ({ key: String(i) })) },
  }),
)
`,
}

describe.skipIf(executablePath === undefined)('a flood of runs', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(files)
  }, 60_000)
  afterAll(() => pages?.close())
  const runs = async () => (await pages.up.get<{ runs: RunSummary[] }>('/runs?trigger=flood&limit=100')).runs
  const number = async (status: RunSummary['status']) => (await runs()).filter((run) => run.status === status).length

  it('is one line of its tick, with the way to all of it', async () => {
    await eventually('one goes on', async () => (await number('running')) === 1)
    await pages.open('/automation')
    await pages.page.getByRole('link', { name: '40 runs' }).click()
    await pages.page.waitForURL(/\/runs\?trigger=flood/)
  })

  it('is cancelled at once, after it is said what that does', async () => {
    const { page } = pages
    await page.getByRole('button', { name: 'Cancel 40 open runs' }).click()
    await pages.sees('Runs of flood that have not ended.')
    await pages.sees(
      '39 runs that wait end at once and never start. 1 run that goes on will be stopped; what was made stays.',
    )
    await page.getByRole('button', { name: 'Leave it' }).click()
    await pages.open('/runs?trigger=flood&status=queued')
    await page.getByRole('button', { name: 'Cancel these 39' }).click()
    await page.getByRole('button', { name: 'Cancel 39 runs' }).click()
    await pages.sees('No runs match')
    expect([await number('cancelled'), await number('running')]).toEqual([39, 1])
    expect(pages.problems).toEqual([])
  })
})
