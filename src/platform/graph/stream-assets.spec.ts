import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectionStreams, readConnections } from '../../extract-load/index.js'
import { partitions } from '../../orchestrate/index.js'
import { chosenParts } from './partitions/chosen-parts.js'
import { partitionsReached } from './partitions/stream-partitions.js'
import { streamAssets } from './stream-assets.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-assets-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function partsOf(destination: string, settings = '{}') {
  await writeFile(
    join(dir, 'shop.yaml'),
    `name: shop\nsource: { connector: faker }\ndestination: ${destination}\nstreams: { users: ${settings} }\nschedule: { cron: '0 4 * * *' }\n`,
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

it('partitions of a stream are those of its asset, the same as of definitions.ts; what is wrong with them is told at their place', async () => {
  const cut = (more: string) => `{ partitions: { field: at, start: 2024-01-01, ${more} } }`
  const { assets } = await partsOf('{ schema: raw }', cut('by: daily, hour: 5, timezone: Europe/Berlin'))
  expect(assets[0]?.partitions).toEqual(partitions.daily({ start: '2024-01-01', hour: 5, timezone: 'Europe/Berlin' }))
  expect(assets[0]).toMatchObject({ makesPartitions: 'together', choosesPartitions: true })
  const wrong = await partsOf('{ schema: raw }', cut('by: daily, timezone: Europe/Nowhere'))
  expect(wrong.problems).toMatchObject([{ code: 'PARTITIONS_INVALID', at: { file: 'shop.yaml', line: 4 } }])
  expect(wrong.assets[0]?.partitions).toBeUndefined()
})

it('windows that lie side by side are read at once, and keys together', () => {
  const window = (day: number) => ({
    key: `${day}`,
    window: { start: `2024-01-0${day}T00:00:00.000Z`, end: `2024-01-0${day + 1}T00:00:00.000Z` },
  })
  expect(chosenParts([window(1), window(2), window(5)])).toEqual([
    { keys: ['1', '2'], part: { start: new Date('2024-01-01'), end: new Date('2024-01-03') } },
    { keys: ['5'], part: { start: new Date('2024-01-05'), end: new Date('2024-01-06') } },
  ])
  expect(chosenParts([{ key: 'eu' }, { key: 'us' }])).toEqual([{ keys: ['eu', 'us'], part: { values: ['eu', 'us'] } }])
})

it('an ordinary sync makes what its rows came to, and what ended since the one before', () => {
  const daily = partitions.daily({ start: '2024-01-01', timezone: 'Europe/Berlin' })
  const until = '2024-01-06T12:00:00Z'
  expect(partitionsReached(daily, { isWhole: true, until, touched: [] })).toEqual(
    [1, 2, 3, 4, 5].map((n) => `2024-01-0${n}`),
  )
  const since = '2024-01-04T12:00:00Z'
  expect(
    partitionsReached(daily, {
      isWhole: false,
      since,
      until,
      touched: ['2024-01-01T22:45Z', '2024-01-06', 'infinity'],
    }),
  ).toEqual(['2024-01-01', '2024-01-04', '2024-01-05'])
  expect(
    partitionsReached(daily, {
      isWhole: false,
      since,
      until: since,
      touched: ['2024-01-01T23:00Z', '2024-01-03T23:45'],
    }),
  ).toEqual(['2024-01-02', '2024-01-03'])
  const keys = partitions.static(['eu', 'us'])
  expect(partitionsReached(keys, { isWhole: false, until, touched: ['us', 'elsewhere'] })).toEqual(['us'])
})
