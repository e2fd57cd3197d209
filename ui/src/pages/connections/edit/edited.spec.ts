import { describe, expect, it } from 'vitest'
import type {
  ConnectionSettingsView,
  DestinationConnectorView,
  DiscoveredDraft,
} from '../../../../../src/server/contract/index.js'
import type { Made } from '../../new-connection/made.js'
import { changeOf, foundWith, goneFrom, isChanged, isWhole, madeOf } from './edited.js'

const destination: DestinationConnectorView = {
  ...{ title: '', description: '', releaseStage: 'beta', spec: {}, name: 'warehouse' },
  isWarehouse: true,
  modes: ['overwrite', 'append', 'append_dedup'],
  keepsFiles: false,
}
const orders = { name: 'orders', syncMode: 'incremental', destinationSyncMode: 'append', table: 'all' } as const
const notes = { name: 'notes', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const
const settings: ConnectionSettingsView = {
  file: 'extract_load/shop.yaml',
  hash: 'h',
  followsStreams: false,
  source: { connector: 'postgres', config: { host: 'db', password: '${SHOP_PASSWORD}', unknown: 1 } },
  destination: { connector: 'warehouse', config: {}, schema: 'raw', prefix: 'p_', cdcDeletes: 'soft' },
  streams: [orders, notes],
  schemaChanges: 'propagate_fully',
  schedule: { cron: ['0 4 * * *', '0 5 * * *'], timezone: 'UTC' },
}
const spec = { type: 'object', properties: { host: { type: 'string' }, password: { type: 'string' } } }
const known = { settings, destination, spec }
const made = madeOf('shop', settings, destination)
const change = (part: Partial<Made>, of: Parameters<typeof changeOf>[1] = known) => {
  const { before: _, ...parts } = changeOf({ ...madeOf('shop', of.settings, destination), ...part }, of)
  return parts
}

describe('what differs from the file', () => {
  it('is nothing at first, whatever the file says', () => {
    const following = { ...settings, followsStreams: true, streams: [] }
    const usual = { ...settings, schemaChanges: undefined, schedule: undefined, destination: { schema: 'raw' } }
    for (const one of [settings, following, usual])
      expect(changeOf(madeOf('shop', one, destination), { ...known, settings: one })).toEqual({ before: 'h' })
    expect(isChanged({ before: 'h' })).toBe(false)
  })

  it('is said part by part', () => {
    expect(change({ schemaChanges: 'pause' })).toEqual({ schemaChanges: 'pause' })
    expect(change({ schedule: undefined })).toEqual({ schedule: null })
    expect(change({ schedule: { cron: '0 1 * * * ; 0 2 * * *', timezone: 'UTC' } })).toEqual({
      schedule: { cron: ['0 1 * * *', '0 2 * * *'], timezone: 'UTC' },
    })
    expect(change({ cdcDeletes: 'hard' })).toEqual({ destination: { cdcDeletes: 'hard' } })
    expect(change({ destination: { ...made.destination, prefix: '', placing: 'mirror' } })).toEqual({
      destination: { prefix: '', schema: '${SOURCE_NAMESPACE}' },
    })
  })

  it('has of a warehouse its settings, without where its tables are', () => {
    const always = { const: 'x' }
    const properties = { schema: always, prefix: always, loading_method: { type: 'string' } }
    const bigquery = { ...destination, spec: { properties, required: ['schema', 'prefix'] } }
    const config = { loading_method: 'standard' }
    expect(change({ destination: { ...made.destination, config } }, { ...known, destination: bigquery })).toEqual({
      destination: { config },
    })
  })

  it('has attempts and limits as they are said, and nothing of those that were emptied', () => {
    const retries = { complete_failures_max_successive: 2, backoff_base: 4 }
    const of = { ...known, settings: { ...settings, retries } }
    expect(change({}, of)).toEqual({})
    expect(change({ pace: { retries: { ...retries, backoff_base: 5 } } }, of)).toEqual({
      retries: { complete_failures_max_successive: 2, backoff_base: 5 },
    })
    expect(change({ pace: { retries: { backoff_base: 4 }, timeouts: { sync_seconds: 60 } } }, of)).toEqual({
      retries: { backoff_base: 4 },
      timeouts: { sync_seconds: 60 },
    })
    expect(change({ pace: {} }, of)).toEqual({ retries: {} })
  })

  it('keeps settings that the connector does not tell of, and leaves out what was emptied', () =>
    expect(
      change({ source: { ...made.source, config: { host: '', password: '${SHOP_PASSWORD}', unknown: 1 } } }),
    ).toEqual({ source: { config: { password: '${SHOP_PASSWORD}', unknown: 1 } } }))

  it('leaves whatever of the settings was not changed as it is written', () => {
    const branch = (method: string, ...names: string[]) => ({
      required: [...names.slice(0, 1)],
      properties: {
        method: { const: method },
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      },
    })
    const cdc = branch('cdc', 'slot')
    const spec = {
      required: ['host', 'replication', 'ssl'],
      properties: {
        host: { type: 'string' },
        ssl: { type: 'object', properties: { mode: { const: 'on' } }, required: ['mode'] },
        replication: { oneOf: [{ ...cdc, properties: { ...cdc.properties, plugin: { const: 'pgoutput' } } }] },
        tunnel: { oneOf: [branch('none'), branch('ssh', 'key', 'user')] },
        tables: { type: 'array', items: { properties: { name: { type: 'string' } } } },
      },
    }
    const config = {
      host: 'db',
      replication: { method: 'cdc', slot: 's' },
      tunnel: { key: 'k', user: 'u', hops: 2 },
      tables: [
        { name: 'a', note: 1 },
        { name: 'b', note: 2 },
      ],
    }
    const of = { ...known, spec, settings: { ...settings, source: { connector: 'postgres', config } } }
    const { source } = madeOf('shop', of.settings, destination)
    for (const part of [
      { host: 'db2' },
      { replication: { method: 'cdc', slot: 't' } },
      { tunnel: { ...config.tunnel, user: 'v' } },
      { tables: [{ name: 'c', note: 1 }, config.tables[1]] },
      { tables: [config.tables[1]] },
    ])
      expect(change({ source: { ...source, config: { ...config, ...part } } }, of)).toEqual({
        source: { config: { ...config, ...part } },
      })
    // Another branch has what only it has, and nothing of the last one.
    const tunnel = { method: 'none', key: 'k', user: '', hops: 2 }
    expect(change({ source: { ...source, config: { ...config, tunnel } } }, of)).toEqual({
      source: { config: { ...config, tunnel: { method: 'none', hops: 2 } } },
    })
  })

  it('has all streams, those of the file first, and none where all are taken', () => {
    const more = { ...notes, name: 'more' }
    expect(change({ chosen: { more, notes, orders: { ...orders, table: 'b' } } })).toEqual({
      streams: [{ ...orders, table: 'b' }, notes, more],
    })
    expect(change({ chosen: { notes, orders } })).toEqual({})
    expect(change({ isFollowing: true })).toEqual({ streams: [] })
    const following = { ...settings, followsStreams: true, streams: [] }
    expect(change({ isFollowing: false, chosen: { notes } }, { ...known, settings: following })).toEqual({
      streams: [notes],
      schemaChanges: 'propagate_columns',
    })
  })
})

const found: DiscoveredDraft = {
  ...{ canFollow: false, hasNamespaces: false, readsLog: false },
  streams: ['orders', 'other'].map((name) => ({
    ...{ name, supportedSyncModes: ['full_refresh'], hasOwnCursor: false, isFileBased: false, fields: [] },
    ...{ sourceKey: [], keyCandidates: [], cursorCandidates: [], proposed: { ...notes, name } },
  })),
}

it('streams are proposed as the file has them, and those that are gone can be switched off', () => {
  expect(foundWith(found, settings).streams.map(({ name, proposed }) => [name, proposed])).toEqual([
    ['orders', orders],
    ['other', { ...notes, name: 'other' }],
    ['notes', notes],
  ])
  expect(goneFrom(found, settings.streams)).toEqual([notes])
})

it('is asked about once it is whole', () => {
  expect(isWhole(made, known, undefined)).toBe(true)
  expect(isWhole({ ...made, chosen: {} }, known, undefined)).toBe(false)
  expect(isWhole({ ...made, destination: { ...made.destination, schema: '' } }, known, undefined)).toBe(false)
  expect(isWhole(made, { ...known, spec: { ...spec, required: ['port'], properties: { port: {} } } }, undefined)).toBe(
    false,
  )
  // An incremental stream whose source knows no cursor needs one.
  expect(isWhole(made, known, foundWith(found, settings))).toBe(false)
})
