import { Cron } from 'croner'
import { orchestrateErrors } from '../errors.js'

/** @throws CRON_INVALID */
function pattern(cron: string, timezone: string): Cron {
  try {
    return new Cron(cron, { timezone, paused: true })
  } catch (cause) {
    throw orchestrateErrors.create('CRON_INVALID', {
      message: `\`${cron}\` (${timezone}) is not a cron expression with a time zone: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Five fields: minute, hour, day of month, month, day of week; for example `0 5 * * *` with `Europe/Berlin`.',
      cause,
    })
  }
}

/** The next instants after `from`. */
export function nextTicks(cron: string, timezone: string, from: Date, count: number): Date[] {
  return pattern(cron, timezone).nextRuns(count, from)
}

/** The instants in (after, until], oldest first, at most `limit` of the newest. */
export function ticksBetween(cron: string, timezone: string, after: Date, until: Date, limit = 100): Date[] {
  const job = pattern(cron, timezone)
  const ticks: Date[] = []
  for (let at = job.nextRun(after); at && at <= until; at = job.nextRun(at)) {
    ticks.push(at)
    if (ticks.length > limit) ticks.shift()
  }
  return ticks
}
