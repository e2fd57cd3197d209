import { describe, expect, it } from 'vitest'
import { nextTicks, ticksBetween } from './cron.js'

const next = (cron: string, timezone: string, from: string, count: number) =>
  nextTicks(cron, timezone, new Date(from), count).map((at) => at.toISOString().slice(0, 16))

describe('clocks that are set forward', () => {
  it('a time that does not exist runs at the first that does: 02:30 at 03:00', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })
  it('02:00 at 02:30 on Lord Howe Island, where half an hour is left out', () => {
    expect(next('0 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:00',
    ])
  })
  it('every hour is every hour that exists', () => {
    expect(next('30 * * * *', 'Europe/Berlin', '2026-03-28T23:45Z', 3)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
      '2026-03-29T02:30',
    ])
  })
})

describe('clocks that are set back', () => {
  it.each([
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T01:30', '2026-10-26T01:30'],
    ['30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', '2026-11-01T06:30', '2026-11-02T06:30'],
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', '2026-04-04T15:15', '2026-04-05T15:15'],
  ])('%s in %s runs once, the second time', (cron, timezone, from, second, nextDay) => {
    expect(next(cron, timezone, from, 2)).toEqual([second, nextDay])
  })
  it('also for one who asks between the two', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:45Z', 2)).toEqual([
      '2026-10-25T01:30',
      '2026-10-26T01:30',
    ])
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:30Z', 1)).toEqual(['2026-10-26T01:30'])
  })
  it('every hour runs both times', () => {
    expect(next('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30Z', 4)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ])
  })
  it('every hour runs both times, also where only half of it is repeated', () => {
    expect(next('45 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:00Z', 3)).toEqual([
      '2026-04-04T14:45',
      '2026-04-04T15:15',
      '2026-04-04T16:15',
    ])
  })
  it('several minutes of one hour keep their order', () => {
    expect(next('0,30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 3)).toEqual([
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-26T01:00',
    ])
  })
})

describe('ticksBetween', () => {
  it('leaves out the start and keeps the end', () => {
    expect(ticksBetween('0 * * * *', 'UTC', new Date('2026-01-01T00:00Z'), new Date('2026-01-01T02:00Z'))).toEqual([
      new Date('2026-01-01T01:00Z'),
      new Date('2026-01-01T02:00Z'),
    ])
  })
  it('answers the newest, also after years', () => {
    const ticks = ticksBetween('* * * * *', 'UTC', new Date('2001-01-01T00:00Z'), new Date('2026-01-01T00:00Z'), 3)
    expect(ticks.map((at) => at.toISOString().slice(11, 16))).toEqual(['23:58', '23:59', '00:00'])
    expect(ticksBetween('0 0 29 2 *', 'UTC', new Date('2019-01-01T00:00Z'), new Date('2026-01-01T00:00Z'))).toEqual([
      new Date('2020-02-29T00:00Z'),
      new Date('2024-02-29T00:00Z'),
    ])
  })
})

it.each([
  ['every day', 'UTC'],
  ['0 25 * * *', 'UTC'],
  ['0 5 * * *', 'Europe/Nowhere'],
])('refuses `%s` in %s', (cron, timezone) => {
  expect(() => nextTicks(cron, timezone, new Date(), 1)).toThrowError(expect.objectContaining({ code: 'CRON_INVALID' }))
})

it('no instants are none, at once', () => {
  expect(nextTicks('* * * * *', 'UTC', new Date('2026-03-28T12:00Z'), 0)).toEqual([])
})

describe('several expressions', () => {
  const both = (crons: readonly string[], timezone: string, from: string, count: number) =>
    nextTicks(crons, timezone, new Date(from), count).map((at) => at.toISOString().slice(0, 16))

  it('are due whenever one is, and once where two are', () => {
    expect(both(['0 5 * * *', '0 17 * * 1-5', '0 5 * * 4'], 'UTC', '2026-01-01T00:00Z', 5)).toEqual([
      '2026-01-01T05:00',
      '2026-01-01T17:00',
      '2026-01-02T05:00',
      '2026-01-02T17:00',
      '2026-01-03T05:00',
    ])
  })
  it('where clocks are set forward, a time that does not exist is that of another one, once', () => {
    expect(both(['30 2 * * *', '0 3 * * *'], 'Europe/Berlin', '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
      '2026-03-30T01:00',
    ])
  })
  it('where clocks are set back, a daily time is the second one, which every hour has as well', () => {
    expect(both(['0 2 * * *', '0 * * * *'], 'Europe/Berlin', '2026-10-24T23:30Z', 4)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ])
  })
  it('tell the newest of what was missed', () => {
    const missed = ticksBetween(['0 5 * * *', '0 17 * * *'], 'UTC', new Date('2026-01-01'), new Date('2026-02-01'), 3)
    expect(missed.map((at) => at.toISOString().slice(0, 13))).toEqual([
      '2026-01-30T17',
      '2026-01-31T05',
      '2026-01-31T17',
    ])
  })
  it.each([
    [[], 'no cron'],
    [['0 5 * * *', 'nonsense'], 'nonsense'],
  ])('are none: %j', (crons, message) => {
    expect(() => nextTicks(crons, 'UTC', new Date(), 1)).toThrow(message)
  })
})
