import { describe, expect, test } from 'vitest'
import { utcTime } from '../../python/index.js'
import { eventWindow, momentOf, overlap, sampleWindow, windowCondition } from './event-window.js'

const at = (text: string) => Date.parse(text)
const shown = (window: { startMs: number; endMs: number } | undefined) =>
  window && [utcTime(window.startMs).pythonStr(), utcTime(window.endMs).pythonStr()]

describe('--event-time-start and --event-time-end', () => {
  test('are dates or times in UTC', () => {
    expect(shown(eventWindow('2024-09-17', '2024-09-18 13:57:00'))).toEqual([
      '2024-09-17 00:00:00+00:00',
      '2024-09-18 13:57:00+00:00',
    ])
    expect(eventWindow(undefined, undefined)).toBeUndefined()
  })
  test.each([
    ['2024-09-17', undefined, /--event-time-start` was given without/],
    [undefined, '2024-09-17', /--event-time-end` was given without/],
    ['2024-09-17', '2024-09-17', /must be less than/],
    ['yesterday', '2024-09-17', /'yesterday'/],
    ['2024-04-31', '2024-09-17', /'2024-04-31'/],
    ['2024-13-01', '2025-09-17', /'2024-13-01'/],
    ['2024-01-01 10:75', '2025-09-17', /'2024-01-01 10:75'/],
  ])('%s to %s is refused', (start, end, message) => {
    expect(() => eventWindow(start, end)).toThrow(message)
  })
})

describe('--sample', () => {
  const now = at('2024-03-31T12:30:00Z')
  test.each([
    ['3 days', '2024-03-28 12:30:00+00:00'],
    ['1 hour', '2024-03-31 11:30:00+00:00'],
    ['1 month', '2024-02-29 12:30:00+00:00'],
    ['1 YEAR', '2023-03-31 12:30:00+00:00'],
  ])('%s until now', (text, start) => {
    expect(shown(sampleWindow(text, now))).toEqual([start, '2024-03-31 12:30:00+00:00'])
  })
  test('between two times', () => {
    expect(shown(sampleWindow('{start: 2024-01-01, end: "2024-02-01T06:00:00"}', now))).toEqual([
      '2024-01-01 00:00:00+00:00',
      '2024-02-01 06:00:00+00:00',
    ])
  })
  test.each(['', 'days', '3 weeks', '99999999999 days', '{start: 2024-01-01}'])('%j is refused', (text) => {
    expect(() => sampleWindow(text, now)).toThrow(/--sample/)
  })
})

test('a window as a condition', () => {
  expect(windowCondition('at', { startMs: at('2024-01-01T00:00:00Z'), endMs: at('2024-01-01T00:00:00.250Z') })).toBe(
    "at >= '2024-01-01 00:00:00+00:00' and at < '2024-01-01 00:00:00.250000+00:00'",
  )
})

test('what two windows share', () => {
  expect(overlap({ startMs: 1, endMs: 5 }, { startMs: 3, endMs: 9 })).toEqual({ startMs: 3, endMs: 5 })
})

test('moments with a zone are kept exact', () => {
  expect(momentOf('2024-01-01T00:00:00+02:00')).toBe(at('2023-12-31T22:00:00Z'))
  expect(momentOf('2024-01-01 00:00:00.25')).toBe(at('2024-01-01T00:00:00.250Z'))
  expect(momentOf('2020-01-01 11 PM')).toBeUndefined()
})
