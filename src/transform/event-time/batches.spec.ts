import { describe, expect, test } from 'vitest'
import {
  type BatchSize,
  batchesBetween,
  batchId,
  batchLabel,
  batchLater,
  lookedBack,
  roundedUp,
  truncated,
} from './batches.js'

const at = (text: string) => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`)
const shown = (ms: number) => new Date(ms).toISOString().slice(0, 19)
const times: readonly (readonly [BatchSize, string, string, string])[] = [
  ['hour', '2024-09-17T16:00:00', '2024-09-17T15:00:00', '2024-09-17T17:00:00'],
  ['day', '2024-09-17T00:00:00', '2024-09-16T00:00:00', '2024-09-18T00:00:00'],
  ['month', '2024-09-01T00:00:00', '2024-08-01T00:00:00', '2024-10-01T00:00:00'],
  ['year', '2024-01-01T00:00:00', '2023-01-01T00:00:00', '2025-01-01T00:00:00'],
]

describe('the border of a batch', () => {
  test.each(times)('by %s', (size, start, before, after) => {
    const time = at('2024-09-17T16:06:00')
    expect(shown(truncated(time, size))).toBe(start)
    expect(shown(batchLater(time, size, -1))).toBe(before)
    expect(shown(batchLater(time, size, 1))).toBe(after)
    expect(shown(roundedUp(time, size))).toBe(after)
    expect(roundedUp(truncated(time, size), size)).toBe(truncated(time, size))
  })

  test('a month after the 31st is the next month, not the one after it', () => {
    expect(shown(batchLater(at('2024-01-31'), 'month', 1))).toBe('2024-02-01T00:00:00')
  })
})

describe('batches between two times', () => {
  test('the last one ends with the time', () => {
    const batches = batchesBetween(at('2020-01-01'), at('2020-01-03T13:57:00'), 'day')
    expect(batches.map(({ startMs, endMs }) => [shown(startMs), shown(endMs)])).toEqual([
      ['2020-01-01T00:00:00', '2020-01-02T00:00:00'],
      ['2020-01-02T00:00:00', '2020-01-03T00:00:00'],
      ['2020-01-03T00:00:00', '2020-01-03T13:57:00'],
    ])
  })

  test('there is always one', () => {
    expect(batchesBetween(at('2020-01-01'), at('2020-01-01'), 'day')).toHaveLength(1)
  })
})

describe('looking back', () => {
  test('counts from the batch that is going on', () => {
    expect(shown(lookedBack(at('2020-01-03T13:57:00'), 'day', 1))).toBe('2020-01-02T00:00:00')
  })
  test('counts from the batch that ended just now', () => {
    expect(shown(lookedBack(at('2020-01-04'), 'day', 1))).toBe('2020-01-02T00:00:00')
  })
})

test('a batch is named after its start', () => {
  const batch = { startMs: at('2024-09-17T16:00:00'), endMs: at('2024-09-17T17:00:00') }
  expect(batchLabel(batch, 'hour')).toBe('2024-09-17T16')
  expect(batchId(batch, 'hour')).toBe('20240917T16')
  expect(batchLabel(batch, 'month')).toBe('2024-09')
  expect(batchId(batch, 'year')).toBe('2024')
})
