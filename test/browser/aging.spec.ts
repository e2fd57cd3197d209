import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/millrace.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'
import { shop } from './project.js'

describe.skipIf(executablePath === undefined)('a page that nothing is told to', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages(shop)
    await pages.page.clock.install()
  }, 60_000)
  afterAll(() => pages?.close())

  it.each([
    ['/', ['/overview']],
    ['/assets/main%2Frevenue', ['/assets/main%2Frevenue', '/assets/main%2Frevenue/why']],
    ['/connections', ['/connections']],
    ['/connections/orders', ['/connections/orders']],
    ['/automation', ['/automation']],
  ])('%s asks again whether something has become late', async (path, calls) => {
    const asked: string[] = []
    pages.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const count = (call: string) => asked.filter((one) => one === `/api${call}`).length
    await pages.open(path)
    await eventually('the page has asked', () => calls.every((call) => count(call) > 0))
    const before = calls.map(count)
    // The minute begins when the first answer is there.
    await eventually(
      'it asks again',
      async () => {
        await pages.page.clock.fastForward(60_000)
        return calls.every((call, i) => count(call) > (before[i] as number))
      },
      { everyMs: 500 },
    )
    pages.page.removeAllListeners('request')
    expect(pages.problems).toEqual([])
  })
})
