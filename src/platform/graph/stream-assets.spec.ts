import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectionStreams, readConnections } from '../../extract-load/index.js'
import { streamAssets } from './stream-assets.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-assets-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function partsOf(destination: string) {
  await writeFile(
    join(dir, 'shop.yaml'),
    `name: shop\nsource: { connector: faker }\ndestination: ${destination}\nstreams: { users: {} }\nschedule: { cron: '0 4 * * *' }\n`,
  )
  const { connections, problems } = await readConnections(dir, dir, { env: {} })
  expect(problems).toEqual([])
  return streamAssets(
    connections.map((connection) => ({ connection, streams: connectionStreams(connection), yaml: '' })),
  )
}

it('a stream that becomes a table is the asset of that table', async () => {
  const { assets, steps, schedules, connections } = await partsOf('{ schema: raw, prefix: x_ }')
  expect(assets).toMatchObject([
    { key: 'raw/x_users', kinds: ['stream', 'faker'], relation: { schema: 'raw', identifier: 'x_users' } },
  ])
  expect([steps[0]?.assets, schedules[0]?.target]).toEqual([['raw/x_users'], 'raw/x_users'])
  expect(connections).toMatchObject([{ destinationSchema: 'raw', streams: [{ asset: 'raw/x_users' }] }])
})

it.each([
  ['{ connector: file, config: { path: out } }', 'file/shop/users', 'into out/users/'],
  ['{ connector: dev-null }', 'dev-null/shop/users', 'its rows are not kept'],
])('what goes elsewhere (%s) claims no table, and cannot meet a dbt source', async (destination, key, where) => {
  const { assets, steps, schedules, connections } = await partsOf(destination)
  expect(assets).toMatchObject([{ key, description: expect.stringContaining(where) }])
  expect(assets[0]).not.toHaveProperty('relation')
  expect([steps[0]?.assets, schedules[0]?.target]).toEqual([[key], key])
  expect(connections[0]?.destinationSchema).toBeUndefined()
})
