import { expect, it } from 'vitest'
import { partitions } from '../authoring/partitions.js'
import { commonPartitions, isAlike } from './alike.js'

const daily = (start: string, more: object = {}) => partitions.daily({ start, ...more })

it('windows are alike that have the same keys, wherever they begin and end', () => {
  expect(isAlike(daily('2024-01-01'), daily('2024-02-01T00:00', { end: '2025-01-01', endOffset: 1 }))).toBe(true)
  expect(isAlike(daily('2024-01-01'), daily('2024-01-01', { timezone: 'Europe/Berlin' }))).toBe(false)
  expect(isAlike(daily('2024-01-01'), daily('2024-01-01', { hour: 5 }))).toBe(false)
  expect(isAlike(daily('2024-01-01'), undefined)).toBe(false)
  expect(isAlike(partitions.static(['a', 'b']), partitions.static(['a', 'b']))).toBe(true)
  expect(isAlike(partitions.static(['a', 'b']), partitions.static(['b', 'a']))).toBe(false)
})

it('what they have in common is in all of them', () => {
  const same = daily('2024-01-01')
  expect(commonPartitions([same, daily('2024-01-01')])).toBe(same)
  expect(
    commonPartitions([
      daily('2024-01-01', { endOffset: 1 }),
      daily('2024-02-01T00:00', { end: '2025-01-01' }),
      daily('2024-01-15', { end: '2024-12-01', endOffset: 1 }),
    ]),
  ).toEqual(daily('2024-02-01T00:00', { end: '2024-12-01' }))
  expect(commonPartitions([])).toBeUndefined()
})
