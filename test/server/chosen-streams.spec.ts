import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
let server: Awaited<ReturnType<typeof tests.open>>
const modes = { syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }
const streams = ['orders', 'users'].map((name) => ({ name, asset: `shop/${name}`, ...modes }))
const connector = { sourceConnector: 'postgres', destinationConnector: 'duckdb' }
const shop = { name: 'shop', file: 'connections/shop.yaml', yaml: '', step: 'sync:shop', streams, ...connector }

beforeAll(async () => {
  tests = await openAccessTests()
})
beforeEach(async () => {
  server = await tests.open()
  const assets = streams.map(({ asset }) => assetSpec(asset, { step: shop.step }))
  await server.store.publishDefinitions(definitionsOf({ assets, connections: [shop] }))
})
afterAll(() => tests?.stop())

const selections = async () => (await server.store.listRuns({})).map(({ selection }) => selection)

it.each(['sync', 'clear'])('%s takes the streams that were named', async (what) => {
  const { status } = await server.ask(`/connections/shop/${what}`, { method: 'POST', body: { streams: ['users'] } })
  expect([status, await selections()]).toEqual([200, ['shop/users']])
})

it.each(['sync', 'clear'])('%s does nothing where one of the streams is none, and says which', async (what) => {
  const body = { streams: ['users', 'oders'] }
  const answer = await server.ask(`/connections/shop/${what}`, { method: 'POST', body })
  expect([answer.status, await selections()]).toEqual([404, []])
  expect(answer.body).toMatchObject({
    error: { message: 'There is no stream `oders`.', hint: 'Streams: orders, users.' },
  })
})
