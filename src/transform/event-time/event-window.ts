import { parsePythonYaml } from '../../base/index.js'
import { dateTimeOf, utcTime } from '../../python/index.js'
import { transformErrors } from '../errors.js'
import { isMapping } from '../project/yaml-file.js'

/** A stretch of event time in UTC: from `startMs` up to and without `endMs`. */
export interface EventWindow {
  readonly startMs: number
  readonly endMs: number
}

/** The condition that keeps a relation's rows of a window; times as Python prints them: `2024-09-17 16:06:00+00:00`. */
export const windowCondition = (field: string, { startMs, endMs }: EventWindow): string =>
  `${field} >= '${utcTime(startMs).pythonStr()}' and ${field} < '${utcTime(endMs).pythonStr()}'`

/** What both windows cover; it may be nothing. */
export const overlap = (a: EventWindow, b: EventWindow): EventWindow => ({
  startMs: Math.max(a.startMs, b.startMs),
  endMs: Math.min(a.endMs, b.endMs),
})

/** `--event-time-start` and `--event-time-end`, which come together. @throws TRANSFORM_USAGE */
export function eventWindow(start: string | undefined, end: string | undefined): EventWindow | undefined {
  if (start === undefined && end === undefined) return undefined
  if (start === undefined || end === undefined)
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `\`--event-time-${start === undefined ? 'end' : 'start'}\` was given without \`--event-time-${start === undefined ? 'start' : 'end'}\`.`,
      hint: 'Give both: the time that is the first, and the one that is the first too many.',
    })
  const window = { startMs: moment(start, '--event-time-start'), endMs: moment(end, '--event-time-end') }
  if (window.startMs < window.endMs) return window
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: 'Value for `--event-time-start` must be less than `--event-time-end`',
    hint: `They are ${start} and ${end}.`,
  })
}

/**
 * `--sample`: `3 days` up to now, or `{start: 2024-01-01, end: 2024-02-01}`.
 * @throws TRANSFORM_USAGE
 */
export function sampleWindow(text: string | undefined, nowMs: number): EventWindow | undefined {
  if (text === undefined) return undefined
  if (!text.trimStart().startsWith('{')) return relativeWindow(text, nowMs)
  const value: unknown = parsePythonYaml(text)
  if (!isMapping(value) || value.start === undefined || value.end === undefined) throw invalidSample(text)
  return { startMs: moment(value.start, '--sample'), endMs: moment(value.end, '--sample') }
}

function relativeWindow(text: string, nowMs: number): EventWindow {
  const [, count, unit = ''] = /^(-?\d+) (hour|day|month|year)s?$/i.exec(text.trim()) ?? []
  if (count === undefined) throw invalidSample(text)
  const startMs = earlier(nowMs, Number(count), unit.toLowerCase())
  // Python's calendar has the years from 1 to 9999.
  if (!(startMs >= firstMs && startMs <= lastMs)) throw invalidSample(text)
  return { startMs, endMs: nowMs }
}

const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')]

/** So many hours, days, months or years before; a day that the month does not have becomes its last one. */
function earlier(ms: number, count: number, unit: string): number {
  const date = new Date(ms)
  if (unit === 'hour') return ms - count * 3_600_000
  if (unit === 'day') return ms - count * 86_400_000
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - count * (unit === 'year' ? 12 : 1))
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return date.setUTCDate(Math.min(day, lastDay))
}

const invalidSample = (text: string) =>
  transformErrors.create('TRANSFORM_USAGE', {
    message: `--sample is not understood: '${text}'.`,
    hint: "Write a number and hours, days, months or years, as in --sample '3 days', or --sample '{start: 2024-01-01, end: 2024-02-01}'.",
  })

/** A date or a time without a zone, which is UTC. Undefined for what is none. */
export function momentOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime()
  try {
    return dateTimeOf(String(value).trim())?.instantMs
  } catch {
    // The 31st of April, the 75th minute.
    return undefined
  }
}

function moment(value: unknown, flag: string): number {
  const ms = momentOf(value)
  if (ms !== undefined) return ms
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `${flag} takes a date or a time in UTC; it is '${String(value)}'.`,
    hint: `For example ${flag} 2024-09-17, or "2024-09-17 16:00:00".`,
  })
}
