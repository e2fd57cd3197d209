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
