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

interface Field {
  readonly from: number
  readonly to: number
  readonly names?: readonly string[]
}

const months = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** Those that Quartz and cron have in common, as cron counts them. */
const fields: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: months },
  { from: 0, to: 6, names: days.slice(0, 7) },
]

/** One expression, without a zone, in cron's five fields. Seconds and years are nothing for cron. @returns undefined where cron cannot say it */
export function cronOfQuartz(quartz: string): string | undefined {
  const [second = '', ...rest] = quartz.split(' ')
  const [shared, [year = '*', ...more]] = [rest.slice(0, fields.length), rest.slice(fields.length)]
  // Every so many seconds is more than cron knows.
  if (!/^\d+$/.test(second) || shared.length < fields.length || year !== '*' || more.length > 0) return undefined
  const said = shared.map((text, i) => {
    const parts = text.split(',').map((part) => partOf(i === 4 ? fromZero(part) : part, fields[i] as Field))
    return parts.every((part) => part !== undefined) ? parts.join(',') : undefined
  })
  return said.every((text) => text !== undefined) ? said.join(' ') : undefined
}

/** Quartz counts days of the week from 1. What follows a slash or `#` is no day. */
const fromZero = (part: string) =>
  part.replace(/(^|-)(\d+)/g, (_, before: string, day: string) => before + String(Number(day) - 1))

const element = /^(?<first>[*?]|\d+|[A-Z]{3})?(?:-(?<last>\d+|[A-Z]{3}))?(?<nth>#\d)?(?:\/(?<step>\d+))?$/i

/** `*`, `?`, `5`, `MON`, `6#3`, `1-5`, and steps from a value on or through a range. Others (`L`, `W`) say what cron cannot. */
function partOf(text: string, { from, to, names = [] }: Field): string | undefined {
  const found = element.exec(text)?.groups
  if (text === '' || !found) return undefined
  const { first = '*', last, nth, step } = found
  const steps = step === undefined ? '' : `/${step}`
  if (first === '*' || first === '?') return (last ?? nth) === undefined ? `*${steps}` : undefined
  if (nth !== undefined) return `${first}${nth}`
  const numberOf = (word: string) => (/^\d+$/.test(word) ? Number(word) : names.indexOf(word.toUpperCase()))
  if (last === undefined && step === undefined) return first
  if (last === undefined) return `${numberOf(first) === from ? '*' : `${first}-${to}`}${steps}`
  if (numberOf(first) <= numberOf(last)) return `${first}-${last}${steps}`
  // It goes on at the other end.
  return step === undefined ? `${first}-${to},${from}-${last}` : undefined
}
