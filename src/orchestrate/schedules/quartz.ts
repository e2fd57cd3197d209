import type { CronTimes } from '../contract/index.js'

const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/** Days of the week count from 1 in Quartz, from 0 in cron: names mean the same in both. What follows a slash is no day. */
const named = (field: string) =>
  field.replace(/(^|[,-])(\d)/g, (_, before: string, day: string) => before + days[Number(day)])

/** A cron expression of five fields as Quartz writes it, with the zone, as Airbyte does: `0 30 4 * * ? UTC`. */
export function quartzOf(cron: CronTimes, timezone: string): string {
  const one = (text: string) => {
    const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = text.trim().split(/\s+/)
    if (dayOfWeek === undefined || more.length > 0) return text
    if (dayOfWeek === '*') return `0 ${minute} ${hour} ${dayOfMonth} ${month} ?`
    return `0 ${minute} ${hour} ${dayOfMonth === '*' ? '?' : dayOfMonth} ${month} ${named(dayOfWeek)}`
  }
  // Airbyte has one expression: several stand side by side for who reads them.
  return `${[cron].flat().map(one).join(' | ')} ${timezone}`
}
