import { describe, expect, it } from 'vitest'
import type { DestinationSyncMode, DiscoveredStream } from '../../extract-load/index.js'
import { flaggedStreams, type StreamFlags, streamFlagIn, streamOptions } from './stream-flags.js'

const stream = (name: string): DiscoveredStream => ({
  name,
  jsonSchema: { properties: { id: {}, at: {} } },
  supportedSyncModes: ['full_refresh', 'incremental'],
  sourceDefinedCursor: false,
  defaultCursorField: [],
  sourceDefinedPrimaryKey: [],
  cursorCandidates: [['at']],
})
const streams = ['a', 'a=b'].map(stream)
const every: readonly DestinationSyncMode[] = ['overwrite', 'append', 'append_dedup', 'overwrite_dedup']
const flagged = (flags: StreamFlags, modes = every) => flaggedStreams(streams, flags, { connection: 'c', modes })

describe('what flags say of streams', () => {
  it('holds for all of them, and for one before that', async () =>
    expect(await flagged({ cursor: ['a=id', 'at'], key: ['id,at', 'a=b=id'] })).toMatchObject([
      { cursorField: ['id'], primaryKey: [['id'], ['at']], destinationSyncMode: 'append_dedup' },
      // The name of one begins that of the other.
      { name: 'a=b', cursorField: ['at'], primaryKey: [['id']] },
    ]))

  it('says each half of the mode', async () =>
    expect(
      await flagged({ syncMode: ['incremental', 'a=full_refresh'], cursor: ['at'], destinationSyncMode: ['a=append'] }),
    ).toMatchObject([
      { syncMode: 'full_refresh', destinationSyncMode: 'append' },
      { syncMode: 'incremental', destinationSyncMode: 'append' },
    ]))

  it('proposes what the destination has', async () =>
    expect(await flagged({ key: ['id'], cursor: ['at'] }, ['overwrite', 'append'])).toMatchObject([
      { destinationSyncMode: 'append' },
      { destinationSyncMode: 'append' },
    ]))

  it('gives one stream its table, and the mappers of all besides its own', async () => {
    const hashing = { type: 'hashing', field: 'id' }
    const filter = { type: 'row-filtering', where: { field: 'at', equal: 'x=y' } }
    const [a, b] = await flagged({
      table: ['a=t'],
      streamSchema: ['a=s'],
      mapper: ['{ type: hashing, field: id }', `a={ type: row-filtering, where: { field: at, equal: 'x=y' } }`],
    })
    expect(a).toMatchObject({ table: 't', schema: 's', mappers: [hashing, filter] })
    expect(b).toMatchObject({ table: undefined, schema: undefined, mappers: [hashing] })
  })

  it('loads the files of streams that have some', async () => {
    const able = [stream('a'), { ...stream('docs'), isFileBased: true }]
    const including = (name: string) =>
      flaggedStreams(able, { includeFiles: [name] }, { connection: 'c', modes: every })
    expect((await including('docs')).map((one) => one.includesFiles)).toEqual([undefined, true])
    await expect(including('docs,a')).rejects.toMatchObject({
      code: 'CLI_USAGE',
      hint: expect.stringContaining('docs'),
    })
    await expect(including('doks')).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' })
  })

  it.each<[StreamFlags, string, string]>([
    [{ table: ['t'] }, 'CLI_USAGE', '--table a=t'],
    [{ fields: ['b=id'] }, 'STREAM_NOT_FOUND', 'a'],
    [{ syncMode: ['cdc'] }, 'CLI_USAGE', 'full_refresh or incremental'],
    [{ syncMode: ['a=incremental'] }, 'CLI_USAGE', '--cursor a=at'],
    [{ mapper: ['a=hashing'] }, 'CLI_USAGE', 'type: hashing'],
  ])('%j is refused', (flags, code, hint) =>
    expect(flagged(flags)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) }),
  )
})

it('the first flag about streams is found', () => {
  expect(streamFlagIn({ table: [], key: [] })).toBe('--key')
  expect(streamFlagIn({})).toBeUndefined()
})

it.each(streamOptions)('what $long says is looked for by the name that the command line gives it', (option) =>
  expect(streamFlagIn({ [option.attributeName()]: [] })).toBe(option.long),
)
