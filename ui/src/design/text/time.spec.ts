import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { duration, farDay, relativeTime } from './time.js'

describe('relative times', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') }))
  afterEach(() => void vi.useRealTimers())
  const ago = (seconds: number) => relativeTime(new Date(Date.now() - seconds * 1000).toISOString())
  it.each([
    [1, 'now'],
    [33, '35 seconds ago'],
    [57, '55 seconds ago'],
    [59, '1 minute ago'],
    [60, '1 minute ago'],
    [89, '2 minutes ago'],
    [3_597, '1 hour ago'],
    [86_399, 'yesterday'],
    [-59.8, 'in 1 minute'],
    [-5_400, 'in 2 hours'],
  ])('%d s', (seconds, words) => expect(ago(seconds)).toBe(words))

  it('are dates where days are too many to count', () => {
    // Days are the reader's own, in whatever zone.
    const days = [new Date(Date.now() - 13 * 86_400_000), new Date(2023, 1, 22)]
    expect(days.map((day) => farDay(day.toISOString(), 14))).toEqual([undefined, '22 Feb 2023'])
  })
})

it('what ended as it began has no duration', () => {
  const at = '2026-01-01T12:00:00.000Z'
  expect([duration(at, at), duration(at, '2026-01-01T12:00:00.020Z')]).toEqual(['', '20 ms'])
})
