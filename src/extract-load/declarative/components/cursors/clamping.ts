import { z } from 'zod'
import { type PyDateTime, PyTimeDelta } from '../../../../python/index.js'
import { addDuration, type Duration, PyDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'

/** To which edges windows are moved. */
export const clampingSchema = z.looseObject({
  target: z.string(),
  target_details: z.record(z.string(), z.unknown()).optional(),
})

export interface Clamping {
  up(value: PyDateTime): PyDateTime
  down(value: PyDateTime): PyDateTime
  /** What lies between the last instant of a window and the edge after it, where the cursor has no granularity. */
  readonly unit: Duration
}

const dayMs = 86_400_000
const second = new PyTimeDelta(1000)
const day = new PyTimeDelta(dayMs)
const month = new PyDuration(0, 1, new PyTimeDelta(0))
const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

/** @param target after its template was evaluated */
export function clampingTo(target: string, details: Readonly<Record<string, unknown>> | undefined): Clamping {
  if (target === 'DAY') return days
  if (target === 'MONTH') return months
  if (target === 'WEEK') return weeks(weekdayOf(details?.weekday))
  throw refused(`\`target\` of \`clamping\` is ${JSON.stringify(target)}.`, 'It is one of DAY, WEEK and MONTH.')
}

const days: Clamping = {
  up: (value) => (isMidnight(value) ? value : addDuration(midnight(value), day)),
  down: midnight,
  unit: second,
}

/** The first of a month stays in its month whatever its time of day is, as the CDK has it. */
const months: Clamping = {
  up: (value) => (dayOfMonth(value) === 1 ? midnight(value) : addDuration(firstOfMonth(value), month)),
  down: firstOfMonth,
  unit: day,
}

/** The weekday itself stays in its week whatever its time of day is. */
function weeks(weekday: number): Clamping {
  return {
    up: (value) => plusDays(midnight(value), daysUntil(value, weekday)),
    down: (value) => {
      const ahead = daysUntil(value, weekday)
      return plusDays(midnight(value), ahead === 0 ? 0 : ahead - 7)
    },
    unit: day,
  }
}

/** @param weekday 0 is Monday */
const daysUntil = (value: PyDateTime, weekday: number): number =>
  (weekday - ((new Date(value.wallMs).getUTCDay() + 6) % 7) + 7) % 7

const plusDays = (value: PyDateTime, count: number): PyDateTime => addDuration(value, new PyTimeDelta(count * dayMs))

const isMidnight = (value: PyDateTime): boolean => value.wallMs % dayMs === 0 && value.micros === 0

function midnight(value: PyDateTime): PyDateTime {
  return value.with({ wallMs: Math.floor(value.wallMs / dayMs) * dayMs, micros: 0 })
}

const dayOfMonth = (value: PyDateTime): number => new Date(value.wallMs).getUTCDate()

function firstOfMonth(value: PyDateTime): PyDateTime {
  return plusDays(midnight(value), 1 - dayOfMonth(value))
}

function weekdayOf(name: unknown): number {
  const found = weekdays.indexOf(String(name))
  if (found >= 0) return found
  throw refused(
    `\`target_details.weekday\` of \`clamping\` is ${JSON.stringify(name)}.`,
    `Weeks need one of ${weekdays.join(', ')}.`,
  )
}

const refused = (message: string, hint: string): Error =>
  failure('MANIFEST_INVALID', { message, hint, failureType: 'system_error' })
