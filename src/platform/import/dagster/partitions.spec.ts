import { describe, expect, it } from 'vitest'
import type { PartitionDefinition } from './answers.js'
import { understandPartitions } from './partitions.js'

const time = (description: string, fmt = '%Y-%m-%d'): PartitionDefinition => ({
  type: 'TIME_WINDOW',
  description,
  name: null,
  fmt,
  dimensionTypes: [],
})
const now = new Date('2026-06-10T12:00Z')
const seen = (keys: readonly string[], begin?: { key: string; at: Date }) => ({
  keys: new Map([['default', keys]]),
  begin,
})
const days = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `2026-06-${String(from + i).padStart(2, '0')}`)

describe('what Dagster says of partitions in words', () => {
  it('has the weekday and the day of the month in its keys', () => {
    const weekly = understandPartitions(
      time('Weekly, starting 2026-05-27 Europe/Berlin.'),
      seen(['2026-05-27', '2026-06-03']),
      now,
    )
    expect(weekly.spec).toMatchObject({ cron: '0 0 * * 3', timezone: 'Europe/Berlin' })
    const monthly = understandPartitions(
      time('Monthly, starting 2026-03-15 UTC.'),
      seen(['2026-03-15', '2026-04-15']),
      now,
    )
    expect(monthly.spec).toMatchObject({ cron: '0 0 15 * *', start: '2026-03-15T00:00' })
  })
  it('has the minute of an hour in its keys', () => {
    const { spec, notes } = understandPartitions(
      time('Hourly, starting 2026-06-10-08:15 UTC.', '%Y-%m-%d-%H:%M'),
      seen(['2026-06-10-08:15', '2026-06-10-09:15', '2026-06-10-10:15']),
      now,
    )
    expect([spec, notes]).toEqual([
      {
        type: 'time',
        cron: '15 * * * *',
        timezone: 'UTC',
        start: '2026-06-10T08:15',
        format: '%Y-%m-%d-%H:%M',
        endOffset: 0,
      },
      [],
    ])
  })
  it('takes the time of the day from a window that was made, else says that it is assumed', () => {
    const begin = { key: '2026-06-01', at: new Date('2026-06-01T18:30Z') }
    const made = understandPartitions(time('Daily, starting 2026-06-01 Europe/Berlin.'), seen(days(1, 8), begin), now)
    expect([made.spec, made.notes]).toEqual([expect.objectContaining({ cron: '30 20 * * *' }), []])
    const unmade = understandPartitions(time('Daily, starting 2026-06-01 UTC.'), seen(days(1, 9)), now)
    expect(unmade.notes).toEqual([expect.stringContaining('00:00 is assumed')])
  })
  it('finds an end, an offset and windows that are left out', () => {
    const ended = understandPartitions(time('Daily, starting 2026-06-01 UTC.'), seen(days(1, 4)), now)
    expect(ended.spec).toMatchObject({ end: '2026-06-05T00:00' })
    const ahead = understandPartitions(
      time('Daily, starting 2026-06-01 UTC. End offsetted by 1 partition.'),
      seen(days(1, 10)),
      now,
    )
    expect(ahead.spec).toMatchObject({ endOffset: 1 })
    expect(ahead.spec).not.toHaveProperty('end')
    const gaps = understandPartitions(
      time('Daily, starting 2026-06-01 UTC.'),
      seen([...days(1, 2), ...days(6, 9)]),
      now,
    )
    expect(gaps.notes.at(-1)).toContain('2026-06-03, 2026-06-04, 2026-06-05')
  })
  it('leaves out what it cannot read, and says why', () => {
    const named = understandPartitions(time('Daily, starting Mon 01 UTC.', '%a %d'), seen(['Mon 01']), now)
    expect([named.spec, named.notes[0]]).toEqual([undefined, expect.stringContaining('%a %d')])
    const piped = understandPartitions({ ...time(''), type: 'STATIC' }, seen(['a', 'b|c']), now)
    expect([piped.spec, piped.notes[0]]).toEqual([undefined, expect.stringContaining('b|c')])
    const other = understandPartitions({ ...time('by the moon'), type: 'LUNAR' }, undefined, now)
    expect([other.spec, other.notes[0]]).toEqual([undefined, expect.stringContaining('LUNAR')])
  })
  it('tells the keys of dynamic partitions as the command that adds them', () => {
    const { spec, notes } = understandPartitions(
      { ...time(''), type: 'DYNAMIC', name: 'customers' },
      seen(['a', "b'c"]),
      now,
    )
    expect(spec).toEqual({ type: 'dynamic', name: 'customers' })
    expect(notes[0]).toContain("millrace partitions add customers a 'b'\\''c'")
  })
})
