import { Cron } from 'croner'
import type { CronTimes } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { secondOccurrence } from './repeated-time.js'

/** The next instants after `from`. @throws CRON_INVALID */
export function nextTicks(cron: CronTimes, timezone: string, from: Date, count: number): Date[] {
  if (count <= 0) return []
  const ticks: Date[] = []
  for (const at of instantsAfter(cron, timezone, from)) {
    ticks.push(at)
    if (ticks.length === count) break
  }
  return ticks
}

const firstWindowMs = 3600_000

/** The instants in (after, until], oldest first, at most `limit` of the newest. @throws CRON_INVALID */
export function ticksBetween(cron: CronTimes, timezone: string, after: Date, until: Date, limit = 100): Date[] {
  // After a year's pause of a schedule that fires every minute only the last hours are looked at.
  for (let windowMs = firstWindowMs; ; windowMs *= 2) {
    const from = Math.max(after.getTime(), until.getTime() - windowMs)
    const ticks: Date[] = []
    for (const at of instantsAfter(cron, timezone, new Date(from))) {
      if (at > until) break
      ticks.push(at)
    }
    if (ticks.length >= limit || from === after.getTime() || windowMs > until.getTime()) return ticks.slice(-limit)
  }
}

/** A time that is shown twice is at most this long after its first showing. */
const longestShiftMs = 3 * 3600_000

/** The instants after `from` of any of the expressions, each once. @throws CRON_INVALID */
export function* instantsAfter(cron: CronTimes, timezone: string, from: Date): Generator<Date> {
  if (typeof cron === 'string') {
    yield* instantsOf(cron, timezone, from)
    return
  }
  if (cron.length === 0)
    throw orchestrateErrors.create('CRON_INVALID', {
      message: 'There is no cron expression.',
      hint: "Give one, or several: cron: ['0 5 * * *', '0 17 * * 1-5'].",
    })
  const sources = cron.map((one) => instantsOf(one, timezone, from))
  const next = sources.map((source) => source.next().value as Date | undefined)
  for (;;) {
    const first = next.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined)
    if (first === undefined) return
    for (const [i, source] of sources.entries())
      if (next[i]?.getTime() === first.getTime()) next[i] = source.next().value as Date | undefined
    yield first
  }
}

/**
 * The instants after `from`. A local time that does not exist stands for the first that does (02:30 becomes 03:00). One
 * that exists twice counts once, the second time, unless the pattern means both (every hour).
 */
function* instantsOf(cron: string, timezone: string, from: Date): Generator<Date> {
  const job = pattern(cron, timezone)
  const meansBoth = isEveryHour(cron)
  let last = from
  for (let at = job.nextRun(new Date(from.getTime() - longestShiftMs)); at; at = job.nextRun(at)) {
    const instant = (meansBoth ? undefined : secondOccurrence(at, timezone)) ?? at
    if (instant <= last) continue
    yield instant
    last = instant
  }
}

/** The hour is the fourth field from the end; seconds may stand before the minutes. */
export function isEveryHour(cron: string): boolean {
  const hour = cron.trim().split(/\s+/).at(-4) ?? ''
  return cron.trim() === '@hourly' || hour.startsWith('*') || hour === '0-23'
}

/** @throws CRON_INVALID */
function pattern(cron: string, timezone: string): Cron {
  try {
    const job = new Cron(cron, { timezone, paused: true })
    // An unknown time zone is only noticed here.
    job.nextRun()
    return job
  } catch (cause) {
    throw orchestrateErrors.create('CRON_INVALID', {
      message: `\`${cron}\` (${timezone}) is not a cron expression with a time zone: ${cause instanceof Error ? cause.message.replace(/^Cron\w+: /, '') : String(cause)}`,
      hint: 'Five fields: minute, hour, day of month, month, day of week; for example `0 5 * * *` with `Europe/Berlin`.',
      cause,
    })
  }
}
