import { expect, it } from 'vitest'
import { extractLoadErrors } from '../../extract-load/index.js'
import type { AssetSpec, Definitions } from '../../orchestrate/index.js'
import type { Manifest } from '../../transform/index.js'
import type { KnownServer } from '../airbyte/airbyte-servers.js'
import type { CataloguedConnection } from '../airbyte/catalogue.js'
import type { AirbyteServer } from '../contract.js'
import { connectionNames } from './remote-names.js'
import { serverStreams } from './server-streams.js'

const server = (settings: Partial<AirbyteServer> = {}): AirbyteServer => ({
  name: 'prod',
  url: 'http://airbyte:8000',
  credentials: { type: 'none' },
  workspace: undefined,
  connections: undefined,
  refreshMs: 1,
  pollMs: 1,
  patienceMs: 1,
  schedules: new Map(),
  at: { file: 'millrace.yaml', line: 4 },
  ...settings,
})

const connection = (id: string, title: string, settings: Partial<CataloguedConnection> = {}): CataloguedConnection => ({
  id,
  title,
  workspaceId: 'w',
  page: `http://airbyte:8000/${id}`,
  status: 'active',
  source: { title: 'Shop DB', type: 'postgres' },
  destination: { title: 'Warehouse', type: 'snowflake' },
  schema: 'RAW',
  streams: [{ name: 'orders', mode: 'incremental_deduped_history', schema: 'RAW', table: 'ORDERS' }],
  ...settings,
})

const known = (connections: readonly CataloguedConnection[], settings: Partial<AirbyteServer> = {}): KnownServer => ({
  server: server(settings),
  catalogue: { connections },
  problem: undefined,
})

type Table = readonly [schema: string, identifier: string]
const sources = (...tables: readonly Table[]) =>
  ({
    nodes: {},
    sources: Object.fromEntries(
      tables.map(([schema, identifier]) => [`${schema}.${identifier}`, { schema, identifier }]),
    ),
  }) as unknown as Manifest

const streams = (
  servers: readonly KnownServer[],
  around: { own?: readonly Partial<AssetSpec>[]; manifest?: Manifest; before?: Partial<Definitions> } = {},
) =>
  serverStreams(servers, {
    own: { assets: (around.own ?? []) as readonly AssetSpec[] },
    manifest: around.manifest,
    before: async () => around.before as Definitions | undefined,
  })

it('a stream is called as the dbt source writes its table, in whatever letters; where two differ only in them, as its server does', async () => {
  const keys = async (...tables: readonly Table[]) =>
    (await streams([known([connection('a', 'Shop')])], { manifest: sources(...tables) })).assets.map(({ key }) => key)
  expect(await keys(['raw', 'orders'])).toEqual(['raw/orders'])
  expect(await keys(['raw', 'orders'], ['Raw', 'Orders'])).toEqual(['RAW/ORDERS'])
  expect(await keys()).toEqual(['RAW/ORDERS'])
})

it('a table that something else makes stays with that, and it is told by name', async () => {
  const own = { key: 'RAW/ORDERS', origin: { connection: 'shop', stream: 'orders' } }
  const { assets, connections, steps, warnings, problems } = await streams([known([connection('a', 'Shop')])], {
    own: [own],
  })
  expect([assets, steps, problems]).toEqual([[], [], []])
  expect(connections.map(({ name, streams: all }) => [name, all])).toEqual([['prod.shop', []]])
  expect(warnings.map(({ code, message, at }) => [code, message, at?.line])).toEqual([
    [
      'AIRBYTE_STREAM_CLASH',
      'The stream orders of prod.shop is loaded into RAW/ORDERS, which is that of the stream orders of the connection shop.',
      4,
    ],
  ])
  // Of two servers, too.
  const two = [known([connection('a', 'Shop')]), known([connection('b', 'Shop')], { name: 'eu' })]
  expect((await streams(two)).warnings[0]?.message).toContain('that of the stream orders of prod.shop.')
})

it('streams that are called the same are told apart by where they lie; what is no table has a place of its own', async () => {
  const doubled = ['a', 'b'].map((namespace) => ({
    name: 't',
    namespace,
    mode: 'full_refresh_append',
    schema: namespace,
    table: 't',
  }))
  const files = connection('f', 'Lake', {
    schema: undefined,
    destination: { title: 'Bucket', type: 's3' },
    streams: [{ name: 'logs', mode: 'full_refresh_overwrite', table: 'logs' }],
  })
  const { assets, connections } = await streams([known([connection('a', 'Two', { streams: doubled }), files])])
  expect(assets.map(({ key, relation, origin }) => [key, relation?.identifier, origin?.stream])).toEqual([
    ['a/t', 't', 'a.t'],
    ['b/t', 't', 'b.t'],
    ['s3/prod.lake/logs', undefined, 'logs'],
  ])
  expect(connections[0]?.streams[0]).toMatchObject({ syncMode: 'full_refresh', destinationSyncMode: 'append' })
})

it('of a connection that is not active the streams are shown, and nothing makes them', async () => {
  const { assets, steps, connections } = await streams([known([connection('a', 'Old', { status: 'inactive' })])])
  expect(assets).toMatchObject([{ isExecutable: false, description: expect.stringContaining('is inactive there') }])
  expect([steps, connections[0]?.remote?.status]).toEqual([[], 'inactive'])
})

it('takes the connections that are wanted, by name, id or pattern, and tells of names that are not there', async () => {
  const all = [connection('a', 'Shop EU'), connection('b', 'Shop US'), connection('c', 'CRM')].map((one, i) => ({
    ...one,
    streams: [{ name: `s${i}`, mode: 'x', schema: 'raw', table: `s${i}` }],
  }))
  const chosen = async (...connections: readonly string[]) => {
    const found = await streams([known(all, { connections })])
    return [found.connections.map(({ name }) => name), found.warnings.map(({ message }) => message)]
  }
  expect(await chosen('shop*')).toEqual([['prod.shop-eu', 'prod.shop-us'], []])
  expect(await chosen('c', 'Shop US')).toEqual([['prod.shop-us', 'prod.crm'], []])
  expect(await chosen('Shop (EU)', 'nothing*')).toEqual([
    [],
    ['The Airbyte server prod has no connection `Shop (EU)`.'],
  ])
})

it('a schedule from here is one of the project', async () => {
  const schedules = new Map([
    ['Shop', { cron: '0 6 * * *', timezone: 'Europe/Berlin' }],
    ['Gone', { cron: '0 7 * * *', timezone: 'UTC' }],
  ])
  const found = await streams([known([connection('a', 'Shop')], { schedules })])
  expect(found.schedules).toMatchObject([
    { name: 'sync_prod.shop', cron: '0 6 * * *', timezone: 'Europe/Berlin', target: 'RAW/ORDERS' },
  ])
  expect(found.connections[0]?.schedule?.name).toBe('sync_prod.shop')
  expect(found.warnings.map(({ code }) => code)).toEqual(['AIRBYTE_CONNECTION_NOT_FOUND'])
})

it('names are typed and stand in addresses, whatever people call connections there', () => {
  const named = (...titles: readonly string[]) => [
    ...connectionNames(
      'prod',
      titles.map((title, i) => ({ id: `${i}2345678-x`, title })),
    ).values(),
  ]
  expect(named('Käse → Snowflake (EU)', 'Shop', 'shop', '→')).toEqual([
    'prod.kase-snowflake-eu',
    'prod.shop-12345678',
    'prod.shop-22345678',
    'prod.32345678',
  ])
})

it('a server that is away stands as it was read last, or as it was published; of one that nobody knows it is a problem', async () => {
  const problem = extractLoadErrors.create('AIRBYTE_UNREACHABLE', { message: 'It does not answer.' })
  const kept = await streams([{ ...known([connection('a', 'Shop')]), problem }])
  expect(kept.assets).toHaveLength(1)
  expect(kept.problems).toEqual([])
  expect(kept.warnings.map(({ message }) => message)).toEqual([
    'It does not answer. Its connections stand as they were read last.',
  ])
  const unknown = { server: server(), catalogue: undefined, problem }
  const published = await streams([unknown], { before: { ...kept, sensors: [] } as unknown as Definitions })
  expect(published.assets).toEqual(kept.assets)
  expect([published.steps.length, published.problems.length, published.warnings.length]).toEqual([1, 0, 1])
  const nobody = await streams([unknown])
  expect(nobody.problems).toMatchObject([{ code: 'AIRBYTE_UNREACHABLE', at: { file: 'millrace.yaml', line: 4 } }])
  expect([nobody.assets, nobody.warnings]).toEqual([[], []])
})
