import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const project = {
  'millrace.yaml': 'name: checked\n',
  'orchestration/definitions.ts': `import { asset, check, defineProject, partitions } from 'millrace'
const days = asset('reports/days', {
  partitions: partitions.static(['eu', 'us']),
  run: ({ partition, metadata }) => { metadata({ rows: 1 }); return partition.key },
})
export default defineProject(days, check(days, 'not_us', {}, ({ value, partition }) => ({
  passed: value !== 'us', message: 'asked of ' + partition.key, metadata: { visits: value === 'us' ? 7 : 900 },
})))
`,
}

describe.skipIf(executablePath === undefined)('the checks of an asset', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(project)
  }, 60_000)
  afterAll(() => pages?.close())

  it('show each outcome, its partition and its numbers, where a run succeeded with one that failed', async () => {
    const { page, up, open, sees, problems } = pages
    const body = { selection: 'reports/days', partitions: '*' }
    const asked = await page.request.post(`${up.url}/api/materialize`, { data: body })
    const { runId } = (await asked.json()) as { runId: string }
    const end = await eventually('the end of the run', async () => {
      const run = (await (await page.request.get(`${up.url}/api/runs/${runId}`)).json()) as {
        status: string
        endedAt?: string
      }
      return run.endedAt !== undefined && run.status
    })
    expect(end).toBe('succeeded')
    await open(`/runs/${runId}`)
    await sees('not_us: us: asked of us')
    await sees(/It does not block: what needs reports\/days went on\./)
    await sees(/Mend the data, the code that makes it, or the check;/)
    expect(await page.getByText(/rows that break it/).count()).toBe(0)
    await open('/assets/reports%2Fdays?tab=checks')
    await sees('not_us')
    await sees('Visits')
    await page.getByText('The last 2 outcomes').click()
    await sees('us: asked of us')
    await sees('eu: asked of eu')
    await open('/')
    await sees('1 asset is failing')
    expect(problems).toEqual([])
  })
})
