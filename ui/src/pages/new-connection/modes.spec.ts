import { expect, it } from 'vitest'
import type { DiscoveredDraftStream } from '../../../../src/server/contract/index.js'
import { asWritable, lackOf, modesOf, withMode } from './modes.js'

const overwrite = { name: 's', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const
const stream: DiscoveredDraftStream = {
  name: 's',
  supportedSyncModes: ['full_refresh', 'incremental'],
  hasOwnCursor: false,
  fields: [],
  sourceKey: ['id'],
  sourceCursor: 'at',
  isFileBased: false,
  keyCandidates: ['id'],
  cursorCandidates: [],
  proposed: overwrite,
}
const dedup = 'incremental append_dedup'

it('offers what both ends know', () => {
  expect(modesOf(stream, ['overwrite', 'append']).map(({ value }) => value)).toEqual([
    'full_refresh overwrite',
    'full_refresh append',
    'incremental append',
  ])
  expect(modesOf({ supportedSyncModes: ['full_refresh'] }, ['append_dedup'])).toHaveLength(1)
})

it('another mode takes the key and the cursor that the source names, and never those that somebody chose', () => {
  const named = { ...overwrite, mappers: [{ type: 'field-filtering' as const, field: 'x' }], table: 't', fields: ['x'] }
  expect(withMode(stream, named, dedup)).toEqual({
    ...named,
    syncMode: 'incremental',
    destinationSyncMode: 'append_dedup',
    primaryKey: [['id']],
    cursorField: ['at'],
    fields: ['x', 'id', 'at'],
  })
  const own = { ...overwrite, primaryKey: [['a']], cursorField: ['b'] }
  expect(withMode(stream, own, dedup)).toMatchObject({ primaryKey: [['a']], cursorField: ['b'] })
  expect(withMode(stream, withMode(stream, own, dedup), 'full_refresh overwrite')).toEqual(overwrite)
})

it('a destination that cannot replace rows by their key has them added', () => {
  const known = withMode(stream, overwrite, dedup)
  expect(asWritable(known, ['overwrite', 'append']).destinationSyncMode).toBe('append')
  expect(asWritable(known, ['append_dedup'])).toBe(known)
})

it('says what is lacking', () => {
  const bare = { ...stream, sourceKey: [] }
  expect(lackOf(bare, withMode(bare, overwrite, dedup))).toBe('primary key')
  const { sourceCursor: _, ...blind } = stream
  expect(lackOf(blind, withMode(blind, overwrite, dedup))).toBe('cursor')
  expect(lackOf({ ...blind, hasOwnCursor: true }, withMode(blind, overwrite, dedup))).toBeUndefined()
  const half = { ...overwrite, mappers: [{ type: 'field-renaming' as const, field: 'a', to: '' }] }
  expect(lackOf(stream, half)).toBe('whole mapper')
})
