import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ShopApi, shopManifest } from '../support/shop-api.js'
import { smallProject } from './small-project.js'
import { millraceIn } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
let api: ShopApi
const inPython = shopManifest().replace('type: DpathExtractor', 'type: CustomRecordExtractor, class_name: a.Unpacked')
beforeAll(async () => {
  folder = await smallProject({
    'source-shop/manifest.yaml': shopManifest(),
    'python.yaml': inPython,
    'extract_load/web.yaml':
      'name: web\nsource: { connector: shop, config: { url: http://x } }\ndestination: { schema: raw }\nstreams: { orders: {} }\n',
  })
  millrace = millraceIn(folder.dir)
  api = await ShopApi.start()
  api.orders = [{ id: 1, updated_at: '2026-01-02' }]
})
afterAll(async () => {
  await folder.remove()
  await api.close()
})
const added = () => readdir(join(folder.dir, 'extract_load/connectors')).catch(() => [])

it.each([
  [['nowhere.yaml'], 'There is no file nowhere.yaml.'],
  [['python.yaml'], 'CustomRecordExtractor'],
  [['http://example.com/manifest.yaml'], 'anybody on the way can change'],
  [['source-shop', '--name', 'postgres'], 'has a connector `postgres` of its own'],
  [['source-shop', '--name', '../x'], 'cannot be the name of a connector'],
  [['http://127.0.0.1:1/manifest.yaml'], 'http://127.0.0.1:1/manifest.yaml cannot be fetched'],
])('%j is refused, and nothing is written', async (args, message) => {
  const { code, stderr } = await millrace('connectors', 'add', ...args)
  expect(stderr).toContain(message)
  expect(code).not.toBe(0)
  expect(await added()).toEqual([])
})

it('a manifest that was added is a connector of the project', async () => {
  const { code, stdout, stderr } = await millrace('connectors', 'add', 'source-shop', '--json')
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ name: 'shop', isTrusted: true, spec: { required: ['url'] } })
  expect(await added()).toEqual(['shop'])
  expect((await millrace('connectors', 'add', 'source-shop')).stderr).toContain('There is a connector `shop` already')
  expect((await millrace('connectors', 'show', 'shop')).stdout).toMatch(/^ *refresh_token +string, secret$/m)
  expect((await millrace('connectors', 'list')).stdout).toMatch(/^shop +source/m)
  const spec = JSON.parse((await millrace('connectors', 'spec', 'source-shop', '--json')).stdout) as { spec: object }
  expect(spec.spec).toMatchObject({ properties: { refresh_token: { airbyte_secret: true } } })
})

it('its first records are shown with what was asked and answered', async () => {
  const settings = ['--set', `url=${api.url}`, '--set', 'end=2026-01-10', '--set', 'client_secret=my-client-secret']
  const shown = await millrace('connectors', 'preview', 'shop', ...settings, '--stream', 'orders', '--json')
  expect(shown.stderr).toBe('')
  const { streams } = JSON.parse(shown.stdout) as { streams: readonly { exchanges: readonly object[] }[] }
  expect(streams).toMatchObject([
    { stream: 'orders', records: [{ id: 1, updated_at: '2026-01-02' }], state: { updated_at: '2026-01-02' } },
  ])
  const misspelled = await millrace('connectors', 'preview', 'shop', ...settings, '--set', 'client_secrt=x', '--json')
  expect(misspelled.stderr).toBe(
    "warning The source tells of no setting `client_secrt`. Did you mean 'client_secret'?\n",
  )
  expect(streams[0]?.exchanges[0]).toMatchObject({
    request: { method: 'GET', url: expect.stringContaining('/orders?') },
    response: { status: 200, body: expect.stringContaining('2026-01-02') },
  })
  const failed = await millrace(
    'connectors',
    'preview',
    'source-shop/manifest.yaml',
    ...settings,
    '--stream',
    'secrets',
  )
  expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining('API_REFUSED')])
  expect(failed.stdout).not.toMatch(/No records|__ab_/)
})

it('a stream that is not there is told with those that are', async () => {
  const preview = ['connectors', 'preview', 'shop', '--set', `url=${api.url}`, '--stream']
  const { code, stderr } = await millrace(...preview, 'customers,order')
  expect([code, stderr]).toEqual([2, expect.stringContaining('The source has no stream `order`.')])
  expect(stderr).toContain("Did you mean 'orders'? Streams: orders, customers, secrets.")
  const { stdout } = await millrace(...preview, 'customers,orders', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ streams: [{ stream: 'orders' }, { stream: 'customers' }] })
})

it('one from an address is fetched once, and asks nothing of private networks', async () => {
  const server = createServer((_, response) => response.end(shopManifest()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { stdout } = await millrace('connectors', 'add', `http://127.0.0.1:${port}/source-web/latest/manifest.yaml`)
  server.close()
  expect(stdout).toContain('added web')
  const origin = await readFile(join(folder.dir, 'extract_load/connectors/web/origin.yaml'), 'utf8')
  expect(origin).toContain('kind: address')
  const refused = await millrace('connectors', 'preview', 'web', '--set', `url=${api.url}`, '--stream', 'customers')
  expect(refused.stdout).toContain('API_ADDRESS_REFUSED')
  expect(refused.stdout).toContain('--allow-private-addresses')
  const settings = ['--connector', 'web', '--set', `url=${api.url}`]
  const unmade = await millrace('connections', 'create', 'web2', ...settings, '--streams', 'all')
  expect(unmade.stderr).toContain('API_ADDRESS_REFUSED')
  expect(unmade.stdout).toBe('')
  expect(unmade.stderr).toContain('--set allows_private_addresses=true')
})

it('one that a connection reads with stays; another one goes', async () => {
  const used = await millrace('connectors', 'remove', 'shop')
  expect([used.code, used.stderr]).toEqual([2, expect.stringContaining('extract_load/web.yaml')])
  expect(used.stderr).toContain('millrace connections remove')
  expect((await millrace('connectors', 'remove', 'web')).code).toBe(0)
  expect(existsSync(join(folder.dir, 'extract_load/connectors/web'))).toBe(false)
})
