import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { basePathOf, belowPath, pageBelow } from './base-path.js'

it.each([
  [undefined, ''],
  ['https://data.example.com', ''],
  ['https://data.example.com/', ''],
  ['https://data.example.com/millrace', '/millrace'],
  ['https://data.example.com/tools/millrace//', '/tools/millrace'],
])('of %s it is %j', (url, path) => {
  expect(basePathOf(url)).toBe(path)
})

it('answers below it and without it, and takes nothing else for it', async () => {
  const server = createServer(belowPath('/millrace', (request, response) => response.end(request.url)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  try {
    expect(await ask('/millrace/api/runs?limit=1')).toBe('/api/runs?limit=1')
    expect(await ask('/millrace')).toBe('/')
    expect(await ask('/millrace?x=1')).toBe('/?x=1')
    expect(await ask('/api/runs')).toBe('/api/runs')
    expect(await ask('/millrace2/api')).toBe('/millrace2/api')
    expect(await ask('/millrace/millrace/x')).toBe('/millrace/x')
  } finally {
    server.close()
  }
})

it('leads the page to its files and to its API', () => {
  const html =
    '<meta name="millrace-base" content="" /><script src="./_ui/main.js"></script><a href="https://x.org/./y">'
  expect(pageBelow('/m', html)).toBe(
    '<meta name="millrace-base" content="/m" /><script src="/m/_ui/main.js"></script><a href="https://x.org/./y">',
  )
  expect(pageBelow('', html)).toContain('src="/_ui/main.js"')
})
