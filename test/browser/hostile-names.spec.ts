import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { executablePath, openBrowser, openPage } from './open-browser.js'

// Quoted: a slash would belong to a bare value.
const image = "<img/src='x'/onerror='window.hit=1'>"
/** Everything that people and programs can write, as somebody would who wants to run something in the browsers of others. */
const files = {
  'orchestration/definitions.ts': `import { asset, check, defineProject, schedule } from 'millrace'
const image = ${JSON.stringify(image)}
const script = '<script>window.hit=1</script><svg onload="window.hit=1"></svg><iframe srcdoc="<script>parent.hit=1</script>"></iframe>'
const link = '[x](javascript:window.hit=1) [y](data:text/html,<script>window.hit=1</script>) ![z](javascript:window.hit=1)'
const hostile = asset('x/' + image, {
  description: script + link + image,
  group: image, tags: [image], owners: [image], kinds: [image],
  run({ metadata, log }) {
    metadata({
      markdown: { type: 'markdown', text: script + link + image },
      address: { type: 'url', url: 'javascript:window.hit=1' },
      path: { type: 'path', path: image },
      json: { type: 'json', value: { [image]: script } },
      sql: { type: 'sql', text: script },
      text: script,
      [image]: image,
    })
    log(script + image)
    console.log('\\u001b[31mred\\u001b[0m \\u001b]8;;javascript:window.hit=1\\u0007link\\u001b]8;;\\u0007 ' + image)
    console.log('long ' + 'x'.repeat(200_000))
  },
})
const failing = asset('x/failing', { deps: [hostile], run() { throw new Error(script + image) } })
export default defineProject(hostile, failing,
  check(hostile, image, {}, () => ({ passed: false, severity: 'warn', message: script + image, metadata: { a: script } })),
  schedule(image, { cron: '0 0 1 1 *', target: 'x/failing', description: script + link }))
`,
}

interface Found {
  readonly hit: unknown
  readonly links: readonly string[]
  readonly elements: number
  /** Pixels that the page is wider than the window. */
  readonly wide: number
}

describe.skipIf(executablePath === undefined)('what others wrote runs in no browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let dir: string
  let up: Up
  const problems: string[] = []
  beforeAll(async () => {
    dir = await temporaryProject(files)
    up = await startUp(dir)
    browser = await openBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await up?.stop()
    if (dir) await removeProject(dir)
  })

  it('on no page', async () => {
    const { runId } = await up.post<{ runId: string }>('/materialize', { selection: '*' })
    await eventually(
      'the run ends',
      async () => (await up.get<{ endedAt?: string }>(`/runs/${runId}`)).endedAt !== undefined,
      { withinMs: 60_000 },
    )
    const key = encodeURIComponent(`x/${image}`)
    const page = await openPage(browser, problems)
    page.on('dialog', (dialog) => problems.push(`it asks: ${dialog.message()}`))
    const paths = [
      '/',
      '/runs',
      `/runs/${runId}`,
      '/assets',
      `/assets/${key}`,
      `/assets/${key}?tab=events`,
      `/assets/${key}?tab=checks`,
      `/assets/${key}?tab=runs`,
      '/assets/x%2Ffailing?tab=runs',
      '/lineage',
      `/lineage?q=${encodeURIComponent(`group:"${image}"`)}&at=${key}`,
      `/runs?asset=${key}`,
      '/automation',
      `/nothing/${image}`,
    ]
    for (const path of paths) {
      await page.goto(up.url + path)
      await page.locator('main').first().waitFor()
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
      const found = await page.evaluate<Found>(`({
        hit: window.hit,
        links: [...document.querySelectorAll('[href], [src], [action]')]
          .map((one) => one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action'))
          .filter((address) => /^\\s*(javascript|data:text|vbscript)/i.test(address)),
        elements: document.querySelectorAll('img[src^="x"], iframe, svg[onload], #root script').length,
        wide: document.documentElement.scrollWidth - innerWidth,
      })`)
      expect({ path, ...found, wide: Math.max(0, found.wide) }).toEqual({
        path,
        hit: undefined,
        links: [],
        elements: 0,
        wide: 0,
      })
    }
    // It was really there.
    await page.goto(`${up.url}/runs/${runId}`)
    await page.getByText("onerror='window.hit=1'").first().waitFor()
    expect(problems).toEqual([])
  })

  it('nor are escapes of terminals handed on', async () => {
    const { runs } = await up.get<{ runs: { id: string }[] }>('/runs')
    const { events } = await up.get<{ events: { message?: string }[] }>(`/runs/${runs[0]?.id}/events?limit=5000`)
    const messages = events.flatMap(({ message }) => message ?? [])
    expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(20_000)
    expect(messages.some((message) => message.includes('red'))).toBe(true)
  })
})
