import { nextTicks } from './cron.js'
import { cronOfQuartz } from './quartz.js'

/** When a connection of Airbyte's syncs, as its API says it. */
export interface AirbyteSchedule {
  /** `manual`, `basic`, `cron`; a server may learn others. */
  readonly scheduleType: string
  /** Quartz, seconds first, with the time zone behind it: `0 0 6 * * ? UTC`. */
  readonly cronExpression?: string | undefined
  /** `Every 24 HOURS` */
  readonly basicTiming?: string | undefined
}

/** When a server syncs a connection by itself. */
export interface ReadSchedule {
  /** For people: `every 24 hours`, `0 0 6 * * ? UTC`. */
  readonly text: string
  /** The same in cron's five fields, each of which has a next time; undefined where cron cannot say it. */
  readonly cron?: readonly string[] | undefined
  readonly timezone: string
}

/** @param lastAt when it last synced: where the server counts hours from there, cron goes on with it. Undefined: midnight, UTC @returns undefined where it only syncs by hand */
export function readSchedule(schedule: AirbyteSchedule, lastAt?: Date): ReadSchedule | undefined {
  const { scheduleType, cronExpression, basicTiming } = schedule
  if (scheduleType === 'cron' && cronExpression) {
    const { expressions, timezone } = partsOf(cronExpression)
    const cron = expressions.flatMap((one) => cronOfQuartz(one) ?? [])
    const isSaid = cron.length === expressions.length && isUnderstood(cron, timezone)
    return { text: cronExpression, timezone, cron: isSaid ? cron : undefined }
  }
  if (scheduleType !== 'basic' || !basicTiming) return undefined
  const cron = basicCron(basicTiming, lastAt)
  return { text: basicTiming.toLowerCase(), timezone: 'UTC', cron: cron === undefined ? undefined : [cron] }
}

/** Quartz says more than cron, and a server may take what neither knows: nobody here wrote it, so it is no error of theirs. */
function isUnderstood(cron: readonly string[], timezone: string): boolean {
  try {
    return cron.every((one) => nextTicks(one, timezone, new Date(), 1).length > 0)
  } catch {
    return false
  }
}

/** `0 30 4 * * ? UTC`; of a server of ours there may be several, between bars. */
function partsOf(text: string): { readonly expressions: readonly string[]; readonly timezone: string } {
  const words = text.trim().split(/\s+/)
  const last = words.at(-1) ?? ''
  const hasZone = /^[A-Za-z]/.test(last) && words.length > 6
  const expressions = (hasZone ? words.slice(0, -1) : words).join(' ').split(' | ')
  return { expressions, timezone: hasZone ? last : 'UTC' }
}

const perDay = 24

/** `Every 6 HOURS`: counted from the last sync, as the server does; cron begins anew every day, so what does not divide one is not said by it. */
function basicCron(timing: string, lastAt: Date = new Date(0)): string | undefined {
  const [, digits, unit] = /^every\s+(\d+)\s+(minute|hour|day|week|month)s?$/i.exec(timing.trim()) ?? []
  const units = Number(digits)
  const [minute, hour] = [lastAt.getUTCMinutes(), lastAt.getUTCHours()]
  switch (unit?.toLowerCase()) {
    case 'minute':
      return 60 % units === 0 ? (units === 60 ? `${minute} * * * *` : `*/${units} * * * *`) : undefined
    case 'hour':
      if (perDay % units !== 0) return undefined
      return `${minute} ${units === 1 ? '*' : hoursFrom(hour % units, units)} * * *`
    case 'day':
      return units === 1 ? `${minute} ${hour} * * *` : undefined
    case 'week':
      return units === 1 ? `${minute} ${hour} * * ${lastAt.getUTCDay()}` : undefined
    case 'month':
      return units === 1 ? `${minute} ${hour} 1 * *` : undefined
    default:
      return undefined
  }
}

const hoursFrom = (first: number, step: number) =>
  Array.from({ length: perDay / step }, (_, i) => first + i * step).join(',')
