import { describe, expect, it } from 'vitest'
import type { ApiError, DestinationConnectorView, DiscoveredDraft } from '../../../../src/server/contract/index.js'
import {
  configSchemaOf,
  draftOf,
  freeName,
  isAskable,
  type Made,
  nothingMade,
  placesKey,
  streamProblem,
  withDestination,
  withLooked,
} from './made.js'

const known = { title: '', description: '', releaseStage: 'beta', spec: {} }
const warehouse: DestinationConnectorView = {
  ...known,
  name: 'warehouse',
  isWarehouse: true,
  modes: ['overwrite', 'append', 'append_dedup'],
  keepsFiles: false,
}
const file: DestinationConnectorView = {
  ...known,
  name: 'file',
  isWarehouse: false,
  modes: ['overwrite', 'append'],
  keepsFiles: true,
  spec: { type: 'object', properties: { path: { type: 'string' }, format: { type: 'string' } } },
}
const found: DiscoveredDraft = {
  canFollow: true,
  hasNamespaces: true,
  readsLog: false,
  streams: ['a', 'b'].map((name) => ({
    name,
    supportedSyncModes: ['full_refresh', 'incremental'],
    hasOwnCursor: true,
    isFileBased: true,
    fields: [],
    sourceKey: ['id'],
    keyCandidates: [],
    cursorCandidates: [],
    proposed: { name, syncMode: 'incremental', destinationSyncMode: 'append_dedup', primaryKey: [['id']] },
  })),
}
const source = { connector: 'postgres', config: {} }
const made = withLooked(nothingMade('shop', 'warehouse'), { source, message: undefined, found }, warehouse)
const placed = (change: Partial<Made['destination']>): Made => ({
  ...made,
  destination: { ...made.destination, ...change },
})

it('a warehouse with settings of its own has those in `config`, and where its tables are beside it', () => {
  const text = { type: 'string' }
  const bigQuery = {
    ...warehouse,
    spec: { type: 'object', properties: { schema: text, prefix: text, loading_method: text } },
  }
  expect(configSchemaOf(bigQuery).properties).toEqual({ loading_method: text })
  expect(draftOf(placed({ config: { loading_method: 'storage_write_api' } }), bigQuery).destination).toEqual({
    schema: 'raw',
    config: { loading_method: 'storage_write_api' },
  })
  expect(draftOf(made, bigQuery).destination).toEqual({ schema: 'raw' })
})

it('is called as no other connection is', () => {
  expect(freeName('file', new Set(['other']))).toBe('file')
  expect(freeName('file', new Set(['file', 'file_2']))).toBe('file_3')
})

it('was checked with another destination, or another schema of a stream; not with another mode', () => {
  const key = (one: Made) => placesKey(draftOf(one, warehouse))
  const [first] = found.streams
  const chosen = (change: object) => ({
    ...made,
    chosen: { a: { ...(first?.proposed ?? { name: 'a' }), ...change } as Made['chosen'][string] },
  })
  expect(key(chosen({ syncMode: 'full_refresh' }))).toBe(key(made))
  expect(key({ ...made, cdcDeletes: 'soft' })).toBe(key(made))
  expect(key(chosen({ schema: 'other' }))).not.toBe(key(made))
  expect(key(placed({ schema: 'other' }))).not.toBe(key(made))
})

describe('the draft', () => {
  it('names every stream as it is proposed, and leaves out what is usual', () =>
    expect(draftOf(made, warehouse)).toEqual({
      name: 'shop',
      source,
      destination: { schema: 'raw' },
      streams: found.streams.map(({ proposed }) => proposed),
    }))
  it.each([
    [{ placing: 'mirror' as const }, '${SOURCE_NAMESPACE}'],
    [{ placing: 'custom' as const }, 'raw_${SOURCE_NAMESPACE}'],
    [{ schema: ' own ' }, 'own'],
  ])('of %j has the schema %s', (change, schema) =>
    expect(draftOf(placed(change), warehouse).destination.schema).toBe(schema),
  )
  it('that follows its source names no stream', () =>
    expect(
      draftOf({ ...made, isFollowing: true, schemaChanges: 'pause', cdcDeletes: 'soft' }, warehouse),
    ).toMatchObject({
      streams: [],
      schemaChanges: 'propagate_fully',
      destination: { schema: 'raw' },
    }))
  it('says what becomes of deleted rows where tables can hold some', () => {
    const soft = (isFollowing: boolean) => draftOf({ ...made, isFollowing, cdcDeletes: 'soft' }, warehouse).destination
    expect([soft(false).cdcDeletes, soft(true).cdcDeletes]).toEqual(['soft', undefined])
  })
  it('for files has their settings and no schema, and streams in modes that they have', () => {
    const chosen = { ...made.chosen, b: { ...found.streams[1]!.proposed, schema: 'own', table: 't' } }
    const config = { path: 'out', format: '' }
    const changed = withDestination(
      { ...made, chosen },
      { ...made.destination, connector: 'file', config },
      { from: warehouse, to: file },
    )
    const { destination, streams } = draftOf(changed, file)
    expect(destination).toEqual({ connector: 'file', config: { path: 'out' } })
    expect(streams.map(({ destinationSyncMode }) => destinationSyncMode)).toEqual(['append', 'append'])
    expect(streams[1]).toMatchObject({ table: 't' })
    expect(streams[1]).not.toHaveProperty('schema')
  })
})

it('what nobody changed is again as it is proposed, when the destination is the warehouse again', () => {
  const there = withDestination(made, made.destination, { from: warehouse, to: file })
  expect(there.chosen.a?.destinationSyncMode).toBe('append')
  const chosen = { ...there.chosen, b: { ...there.chosen.b!, table: 't' } }
  const back = withDestination({ ...there, chosen }, made.destination, { from: file, to: warehouse })
  expect([back.chosen.a, back.chosen.b?.destinationSyncMode]).toEqual([made.chosen.a, 'append'])
})

it('files of records are left out where the destination keeps none', () => {
  const chosen = { a: { ...made.chosen.a!, includesFiles: true } }
  const into = (to: DestinationConnectorView, from: DestinationConnectorView) =>
    withDestination({ ...made, chosen }, made.destination, { from, to }).chosen.a?.includesFiles
  expect([into(warehouse, file), into(file, warehouse)]).toEqual([undefined, true])
})

it('a source without namespaces cannot be mirrored, one that names its streams not followed', () => {
  const wanted = { ...placed({ placing: 'mirror' }), isFollowing: true }
  const looked = { source, message: undefined, found: { ...found, hasNamespaces: false, canFollow: false } }
  expect(withLooked(wanted, looked, warehouse)).toMatchObject({
    isFollowing: false,
    destination: { placing: 'default' },
  })
})

it.each([
  [made, true],
  [{ ...made, chosen: {} }, false],
  [{ ...made, chosen: {}, isFollowing: true }, true],
  [placed({ schema: '' }), false],
  [
    { ...made, chosen: { a: { ...made.chosen.a!, mappers: [{ type: 'field-filtering' as const, field: '' }] } } },
    false,
  ],
  [{ ...made, looked: undefined }, false],
])('what can be asked, number %#', (one, expected) => expect(isAskable(one, warehouse)).toBe(expected))

it('an error belongs to a setting of a stream', () => {
  const error = (path: unknown): ApiError => ({
    code: 'X',
    kind: 'user',
    retryable: false,
    message: '',
    data: { path },
  })
  expect(streamProblem(error(['streams', 'a', 'mappers', 2, 'field']))).toMatchObject({
    stream: 'a',
    setting: 'mappers',
    index: 2,
  })
  expect(streamProblem(error(['streams', 'a']))).toMatchObject({ stream: 'a', setting: undefined })
  expect(streamProblem(error(['destination', 'schema']))).toBeUndefined()
  expect(streamProblem(error(undefined))).toBeUndefined()
})
