import { expect, it } from 'vitest'
import { loadedUpTo } from './loaded-up-to.js'

it.each([
  ['2026-03-10 12:00:00+00', '2026-03-10T12:00:00.000Z'],
  ['2026-03-10 12:00:00.25+02', '2026-03-10T10:00:00.250Z'],
  ['2026-03-10T12:00:00-05:30', '2026-03-10T17:30:00.000Z'],
  ['2026-03-10T12:00:00Z', '2026-03-10T12:00:00.000Z'],
  ['2026-03-10 12:00:00', undefined],
  ['2026-03-10', undefined],
  ['4711', undefined],
])('the cursor %j is the instant %s', (cursor, at) => {
  const known = loadedUpTo({ cursor_field: 'updated_at', cursor })
  expect([known?.text, known?.at]).toEqual([cursor, at])
  expect(known?.title).toContain('updated_at')
})

const message = (stream_state: unknown) => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name: 's' }, stream_state },
})
const parted = (...cursors: readonly unknown[]) => cursors.map((at, i) => ({ partition: { id: i }, cursor: { at } }))

it.each([
  [{ updated_at: '2026-03-10T12:00:00Z' }, '2026-03-10T12:00:00Z', 'updated_at'],
  [{ id: 17 }, '17', 'id'],
  [{ states: parted('2026-01-02', '2026-01-01', '2026-01-03') }, '3 partitions up to 2026-01-01 … 2026-01-03', 'at'],
  [{ states: parted(9, 10) }, '2 partitions up to 9 … 10', 'at'],
  [{ states: parted('x'), use_global_cursor: false, state: { at: 'y' } }, '1 partition up to x', 'at'],
  [{ use_global_cursor: true, lookback_window: 0, state: { at: '2026-01-05' } }, '2026-01-05', 'at'],
  [{ __ab_no_cursor_state_message: true }, undefined, undefined],
  [{ states: [] }, undefined, undefined],
  [{ slices: [{ start: 1 }], legacy: {} }, undefined, undefined],
])('a state of a source of messages: %j says %s by %s', (state, text, field) => {
  const known = loadedUpTo(message(state))
  expect([known?.text, known?.field]).toEqual([text, field])
})

it.each([
  [{ lsn: '0/1A2B', system: '7' }, 'LSN 0/1A2B'],
  [{ file: 'binlog.000003', pos: 1204 }, 'binlog.000003:1204'],
  [{ xmin: '4294967400', xmax: '4294967410', system: '7', tables: [1] }, 'xmin 4294967400'],
  [{ cursor: 12 }, '12'],
  [{}, undefined],
  [{ history: { a: 'b' } }, undefined],
  [null, undefined],
  ['opaque', undefined],
])('%j says %s', (state, text) => expect(loadedUpTo(state)?.text).toBe(text))
