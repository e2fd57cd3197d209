import type { Clock } from '../../../base/index.js'
import {
  defineFunction,
  isFloat,
  isInt,
  iterate,
  order,
  runtimeError,
  str,
  toNumber,
  typeError,
  typeName,
  Undefined,
} from '../../../jinja/index.js'
import { namedZone, PyDateTime, PyTimeDelta, parseTime, utc, utcTime } from '../../../python/index.js'
import { formatDatetime, parseDatetime, parseIsoDuration, utcFromIso } from '../datetime/index.js'
import { quotePlus } from './quote-plus.js'

const msPerDay = 86_400_000
const isoFormat = '%Y-%m-%dT%H:%M:%S.%f%z'

const dateOf = (time: PyDateTime) =>
  new PyDateTime({ wallMs: Math.floor(time.wallMs / msPerDay) * msPerDay, isDate: true })

function timestamp(value: unknown): unknown {
  if (isInt(value)) return typeof value === 'boolean' ? Number(value) : value
  if (isFloat(value)) {
    const number = toNumber(value)
    if (!Number.isFinite(number)) throw runtimeError('ValueError: cannot convert float to integer')
    return Math.trunc(number) + 0
  }
  const seconds = utcFromIso(value).jinjaAttribute('timestamp') as () => unknown
  return seconds()
}

function furthest(name: string, sign: 1 | -1) {
  return (values: readonly unknown[]): unknown => {
    if (values.length === 0) throw typeError(`${name} expected at least 1 argument, got 0`)
    const items = values.length === 1 ? iterate(values[0]) : values
    if (items.length === 0) throw runtimeError(`ValueError: ${name}() arg is an empty sequence`)
    return items.reduce((best, item) => (order(item, best, sign > 0 ? '>' : '<') * sign > 0 ? item : best))
  }
}

function formatted(value: unknown, format: unknown, inputFormat: unknown): string {
  if (typeof format !== 'string') throw typeError(`strftime() argument 1 must be str, not ${typeName(format)}`)
  if (value instanceof PyDateTime && !value.isDate) return value.format(format)
  return formatDatetime(inZone(readTime(value, inputFormat || undefined)), format)
}

function readTime(value: unknown, inputFormat: unknown): PyDateTime {
  if (isInt(value)) return parseDatetime(value, typeof inputFormat === 'string' ? inputFormat : '%s')
  if (inputFormat === undefined) return utcFromIso(value)
  if (typeof value !== 'string' || typeof inputFormat !== 'string')
    throw typeError(`strptime() argument 1 must be str, not ${typeName(value)}`)
  return parseTime(value, inputFormat)
}

const inZone = (time: PyDateTime) => (time.offset === null ? time.with({ offset: 0, zone: utc }) : time)

function text(value: unknown): string {
  if (value instanceof Undefined) throw typeError(`expected a text, not ${typeName(value)}`)
  if (typeof value !== 'string') throw typeError(`expected string or bytes-like object, got '${typeName(value)}'`)
  return value
}

function dayDelta(clock: Pick<Clock, 'now'>, days: unknown, format: unknown = isoFormat): string {
  if (!isInt(days) && !isFloat(days))
    throw typeError(`unsupported type for timedelta days component: ${typeName(days)}`)
  const moved = utcTime(clock.now().getTime()).pythonBinary('+', new PyTimeDelta(toNumber(days) * msPerDay), false)
  return (moved as PyDateTime).format(str(format))
}

/** Version 4, of the numbers that the source was given. */
function uuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (char) => {
    const digit = Math.floor(random() * 16)
    return (char === 'x' ? digit : 8 + (digit % 4)).toString(16)
  })
}

/** The functions that the CDK gives to templates. */
export function macros(clock: Pick<Clock, 'now'>, random: () => number): Readonly<Record<string, unknown>> {
  const now = () => utcTime(clock.now().getTime())
  return {
    now_utc: defineFunction('now_utc', [], now),
    today_utc: defineFunction('today_utc', [], () => dateOf(now())),
    today_with_timezone: defineFunction('today_with_timezone', ['timezone'], (zone: unknown) =>
      dateOf(now().inZone(namedZone(str(zone)))),
    ),
    timestamp: defineFunction('timestamp', ['dt'], timestamp),
    str_to_datetime: defineFunction('str_to_datetime', ['s'], utcFromIso),
    max: defineFunction('max', ['*args'], furthest('max', 1)),
    min: defineFunction('min', ['*args'], furthest('min', -1)),
    day_delta: defineFunction('day_delta', ['num_days', 'format?'], (days: unknown, format: unknown) =>
      dayDelta(clock, days, format),
    ),
    duration: defineFunction('duration', ['datestring'], parseIsoDuration),
    format_datetime: defineFunction('format_datetime', ['dt', 'format', 'input_format?'], formatted),
    sanitize_url: defineFunction('sanitize_url', ['value'], (value: unknown) => quotePlus(text(value))),
    camel_case_to_snake_case: defineFunction('camel_case_to_snake_case', ['value'], (value: unknown) =>
      text(value)
        .replace(/(?<!^)(?=[A-Z])/g, '_')
        .toLowerCase(),
    ),
    generate_uuid: defineFunction('generate_uuid', [], () => uuid(random)),
  }
}
