import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextTicks, ticksBetween } from './cron.js'
import { offsetMinutes } from './zone-offset.js'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** A day on which the clock of a zone is set, and how. */
const changes = [
  ['Europe/Berlin', '2026-03-29', 'an hour forward'],
  ['Europe/Berlin', '2026-10-25', 'an hour back'],
  ['America/New_York', '2026-03-08', 'an hour forward'],
  ['America/New_York', '2026-11-01', 'an hour back'],
  ['Australia/Lord_Howe', '2026-10-04', 'half an hour forward'],
  ['Australia/Lord_Howe', '2026-04-05', 'half an hour back'],
  ['America/Havana', '2026-03-08', 'at midnight, forward'],
  ['America/Havana', '2026-11-01', 'at one to midnight'],
  ['Antarctica/Troll', '2026-03-29', 'two hours forward'],
  ['Antarctica/Troll', '2026-10-25', 'two hours back'],
  ['Africa/Casablanca', '2026-02-15', 'back for Ramadan'],
  ['Asia/Kathmandu', '2026-05-01', 'not at all, 05:45 from UTC'],
] as const

interface Shown {
  readonly atMs: number
  /** What the clock shows, in minutes since 1970 there. */
  readonly minute: number
}

const known = new Map<string, Shown[]>()

/** Minute by minute, over some days around. */
function watched(timezone: string, day: string): Shown[] {
  const name = `${timezone} ${day}`
  const found = known.get(name) ?? watch(timezone, day)
  known.set(name, found)
  return found
}

function watch(timezone: string, day: string): Shown[] {
  const { fromMs, untilMs } = around(day)
  const count = (untilMs - fromMs) / minuteMs + 2
  return Array.from({ length: count }, (_, i) => {
    const atMs = fromMs + (i - 1) * minuteMs
    return { atMs, minute: atMs / minuteMs + offsetMinutes(new Date(atMs), timezone) }
  })
}

/** Which instants a time of the day has. */
function naiveDaily(time: number, [first, ...clock]: readonly Shown[]): number[] {
  const byDay = new Map<number, number>()
  let before = first?.minute ?? 0
  for (const { atMs, minute: now } of clock) {
    // Where the clock jumps, all that it leaves out stands for the first minute that it shows.
    for (let minute = now > before ? before + 1 : now; minute <= now; minute++)
      if (minute % 1440 === time) byDay.set(minute, atMs)
    before = now
  }
  return [...new Set(byDay.values())].sort((a, b) => a - b)
}

const naiveHourly = (minuteOfHour: number, [, ...clock]: readonly Shown[]): number[] =>
  clock.flatMap(({ atMs, minute }) => (minute % 60 === minuteOfHour ? [atMs] : []))

const around = (day: string) => {
  const middle = Date.parse(`${day}T12:00Z`)
  return { fromMs: middle - 1.5 * dayMs, untilMs: middle + 1.5 * dayMs }
}
const ticks = (cron: string, timezone: string, fromMs: number, untilMs: number) =>
  ticksBetween(cron, timezone, new Date(fromMs - minuteMs), new Date(untilMs), 1_000).map((at) => at.getTime())
const written = (instants: readonly number[]) => instants.map((at) => new Date(at).toISOString())

it.each(changes)('%s on %s (%s): a time of the day has its instants, once a day', (timezone, day) => {
  const { fromMs, untilMs } = around(day)
  const clock = watched(timezone, day)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 29, 30, 31, 45, 59), (hour, minute) => {
      const cron = `${minute} ${hour} * * *`
      expect({ cron, at: written(ticks(cron, timezone, fromMs, untilMs)) }).toEqual({
        cron,
        at: written(naiveDaily(hour * 60 + minute, clock)),
      })
    }),
    { numRuns: 25 },
  )
})

it.each(changes)('%s on %s (%s): a minute of every hour is each one that the clock shows', (timezone, day) => {
  const { fromMs, untilMs } = around(day)
  const clock = watched(timezone, day)
  for (const minute of [0, 15, 45])
    expect(written(ticks(`${minute} * * * *`, timezone, fromMs, untilMs))).toEqual(written(naiveHourly(minute, clock)))
})

it('a day that never was has no instant', () => {
  const days = ticks('30 0 * * *', 'Pacific/Apia', Date.parse('2011-12-29T00:00Z'), Date.parse('2012-01-01T00:00Z'))
  expect(written(days)).toEqual(['2011-12-29T10:30:00.000Z', '2011-12-30T10:30:00.000Z', '2011-12-31T10:30:00.000Z'])
})

it('whoever asks in between, no instant is lost and none comes twice', () => {
  const crons = ['*/20 * * * *', '30 2 * * *', '0 2 * * 0', '15,45 1-3 * * *', '@hourly', '0 0 1 * *']
  fc.assert(
    fc.property(
      fc.constantFrom(...crons),
      fc.constantFrom(...changes),
      fc.array(fc.integer({ min: 0, max: 24 * 3600 }), { minLength: 1, maxLength: 4 }),
      (cron, [timezone, day], cuts) => {
        const from = Date.parse(`${day}T00:00Z`) - dayMs / 2
        const seconds = [...new Set([0, ...cuts, 24 * 3600])].sort((a, b) => a - b)
        const at = (second: number) => new Date(from + second * 1000)
        const whole = ticksBetween(cron, timezone, at(0), at(24 * 3600), 1e6)
        const pieces = seconds
          .slice(1)
          .flatMap((second, i) => ticksBetween(cron, timezone, at(seconds[i] as number), at(second), 1e6))
        expect(written(pieces.map(Number))).toEqual(written(whole.map(Number)))
        // One after the other, as the daemon asks.
        const next = nextTicks(cron, timezone, at(0), whole.length + 1).slice(0, whole.length)
        expect(written(next.map(Number))).toEqual(written(whole.map(Number)))
      },
    ),
    { numRuns: 25 },
  )
})
