import { request as ask, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { executablePath, openBrowser, openPage } from './open-browser.js'

const basePath = '/tools/millrace'

/** A proxy that hands on what comes below the path, with the path or without it, and nothing else. */
async function openProxy(target: () => string, takesPathAway: boolean): Promise<{ server: Server; url: string }> {
  const server = createServer((incoming, response) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith(`${basePath}/`)) {
      // Of pages that name none, browsers ask at the top.
      response.writeHead(url === '/favicon.ico' ? 204 : 404).end()
      return
    }
    const path = takesPathAway ? url.slice(basePath.length) : url
    const onward = ask(target() + path, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    response.on('close', () => onward.destroy())
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe.skipIf(executablePath === undefined)('behind a proxy, below a path', { timeout: 90_000 }, () => {
  let up: Up
  let dir: string
  const proxies: { server: Server; url: string }[] = []
  beforeAll(async () => {
    for (const takesPathAway of [false, true]) proxies.push(await openProxy(() => up.url, takesPathAway))
    dir = await temporaryProject({
      'millrace.yaml': `name: proxied\nserver: { url: '${proxies[0]?.url}${basePath}/' }\n`,
      'orchestration/definitions.ts': `import { asset, defineProject } from 'millrace'

export default defineProject(asset('raw/orders', { run: () => {} }))
`,
    })
    up = await startUp(dir)
  }, 60_000)
  afterAll(async () => {
    for (const { server } of proxies) {
      server.closeAllConnections()
      server.close()
    }
    await up?.stop()
    if (dir) await removeProject(dir)
  })

  it.each([
    ['that leaves the path', () => `${proxies[0]?.url}${basePath}`],
    ['that takes it away', () => `${proxies[1]?.url}${basePath}`],
    ['or without one', () => up.url],
  ])('the page works through a proxy %s', async (_, base) => {
    const browser = await openBrowser()
    const problems: string[] = []
    try {
      const page = await openPage(browser, problems)
      // Deep inside: its files are not beside it.
      page.setDefaultTimeout(10_000)
      await page.goto(`${base()}${base() === up.url ? basePath : ''}/assets/raw%2Forders`)
      await page.getByRole('heading', { name: 'raw/orders' }).waitFor()
      await page.getByRole('button', { name: 'Materialize', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
      // Told by the live events.
      await page.getByText('succeeded').first().waitFor()
      await page.getByRole('navigation').getByRole('link', { name: 'Runs' }).click()
      await page.getByRole('table').getByText('raw/orders').first().waitFor()
      expect(new URL(page.url()).pathname).toBe(`${basePath}/runs`)
      await page.reload()
      await page.getByRole('table').getByText('raw/orders').first().waitFor()
      await page.goto(`${base()}${base() === up.url ? basePath : ''}/api/docs`)
      await page.getByRole('link', { name: 'openapi.json' }).click()
      await page.getByText('"openapi"').waitFor()
      expect(problems).toEqual([])
    } finally {
      await browser.close()
    }
  })

  it('programs of this machine need not know the path', async () => {
    expect(await up.get('/runs?limit=1')).toMatchObject({ runs: expect.any(Array) })
    const page = await (await fetch(up.url)).text()
    expect(page).toContain(`src="${basePath}/_ui/`)
  })
})
