import { expect, it } from 'vitest'
import type { TimePartitions } from '../contract/index.js'
import { TimeWindows } from './time-windows.js'

const spec = (given: Partial<TimePartitions>): TimePartitions => ({
  type: 'time',
  cron: '0 0 * * *',
  timezone: 'UTC',
  start: '2024-01-01',
  format: '%Y-%m-%d-%H:%M',
  endOffset: 0,
  ...given,
})
const keys = (given: Partial<TimePartitions>, now: string) => {
  const windows = new TimeWindows(spec(given))
  return Array.from({ length: windows.countAt(Date.parse(now)) }, (_, i) => windows.keyAt(i))
}

it('hours of a clock that is set back by half of one', () => {
  const around = { cron: '15 * * * *', timezone: 'Australia/Lord_Howe', start: '2024-04-07T00:00' }
  // At 02:00 (+11) it is 01:30 (+10:30).
  expect(keys(around, '2024-04-06T17:00Z')).toEqual(['2024-04-07-00:15', '2024-04-07-01:15', '2024-04-07-02:15'])
  // At 02:00 (+10:30) it is 02:30 (+11).
  expect(keys({ ...around, start: '2024-10-06T00:00' }, '2024-10-05T17:30Z')).toEqual([
    '2024-10-06-00:15',
    '2024-10-06-01:15',
    '2024-10-06-03:15',
  ])
})

it('a key is known as soon as its window has ended, and no sooner', () => {
  const windows = new TimeWindows(spec({}))
  const size = windows.countAt(Date.parse('2024-01-03T23:59:59Z'))
  expect(windows.indexOf('2024-01-02-00:00', size)).toBe(1)
  expect(windows.indexOf('2024-01-03-00:00', size)).toBeUndefined()
  expect(windows.indexOf('2024-01-03-00:00', windows.countAt(Date.parse('2024-01-04')))).toBe(2)
  expect(windows.countAt(Date.parse('2023-06-01'))).toBe(0)
})

it('what is no time, format or zone is refused', () => {
  for (const wrong of [{ start: 'yesterday' }, { start: '2024-13-01' }, { format: '%Y %q' }, { end: '' }])
    expect(() => new TimeWindows(spec(wrong)), JSON.stringify(wrong)).toThrow(
      expect.objectContaining({ code: 'PARTITIONS_INVALID' }),
    )
})

it('a time lies in one window, also one that clocks show twice', () => {
  const windows = new TimeWindows(spec({ cron: '0 * * * *', timezone: 'America/New_York', start: '2023-11-05' }))
  const size = windows.countAt(Date.parse('2023-11-05T10:00Z'))
  const keyOf = (time: string) => {
    const index = windows.indexAt(time, size)
    return index === undefined ? undefined : windows.keyAt(index)
  }
  expect(keyOf('2023-11-05T05:59Z')).toBe('2023-11-05-01:00')
  expect(keyOf('2023-11-05T06:00Z')).toBe('2023-11-05-01:00-0500')
  expect(keyOf('2023-11-05T01:30')).toBe('2023-11-05-01:00-0500')
  expect(keyOf('2023-11-04T23:59')).toBeUndefined()
  expect(keyOf('2023-11-06')).toBeUndefined()
})
