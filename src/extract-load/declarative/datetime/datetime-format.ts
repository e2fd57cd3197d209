import { isInt, pythonFloat, runtimeError, str, toNumber } from '../../../jinja/index.js'
import { findTime, PyDateTime, parseTime, utc, utcTime } from '../../../python/index.js'

/**
 * The CDK's DatetimeParser: Python's `strptime` and `strftime`, and formats of its own for moments as numbers: `%s`, `%s_as_float`,
 * `%ms`, `%epoch_microseconds`; `%_ms` within a format is a fraction of a second, written with three digits.
 */

const seconds = (micros: number | bigint): PyDateTime => {
  const exact = BigInt(micros)
  const wallMs = Number(exact / 1000n)
  const rest = Number(exact % 1000n)
  const time = new PyDateTime({
    wallMs: rest < 0 ? wallMs - 1 : wallMs,
    micros: rest < 0 ? rest + 1000 : rest,
    offset: 0,
    zone: utc,
  })
  const year = new Date(time.wallMs).getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) throw runtimeError(`OverflowError: year ${year} is out of range`)
  return time
}

/** Python's `int(text)`. */
function whole(value: unknown): bigint {
  if (isInt(value)) return BigInt(value)
  if (typeof value === 'string' && /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value))
    return BigInt(value.replaceAll('_', '').trim().replace(/^\+/, ''))
  if (typeof value === 'string') throw runtimeError(`ValueError: invalid literal for int() with base 10: '${value}'`)
  if (value === null || typeof value === 'object') return BigInt(Math.trunc(finite(toNumber(value))))
  return BigInt(Math.trunc(finite(Number(value))))
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw runtimeError('ValueError: cannot convert float to integer')
  return value
}

function fraction(value: unknown): number {
  if (typeof value !== 'string') return toNumber(value)
  const number = pythonFloat(value)
  if (number === undefined) throw runtimeError(`ValueError: could not convert string to float: '${value}'`)
  return number
}

/** Half a microsecond goes to the even one, as `fromtimestamp` has it. */
function roundedMicros(value: number): bigint {
  const base = Math.floor(value)
  const scaled = (value - base) * 1e6
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  const micros = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
  return BigInt(base) * 1_000_000n + BigInt(micros)
}

type Parse = (value: unknown) => PyDateTime
type Print = (time: PyDateTime) => string

/** `dt.timestamp()`: a double, which is what the CDK's arithmetic goes through. */
const timestamp = (time: PyDateTime) => (time.instantMs * 1000 + time.micros) / 1e6

const numbered: Readonly<Record<string, { readonly parse: Parse; readonly print: Print }>> = {
  '%s': {
    parse: (value) => seconds(whole(value) * 1_000_000n),
    print: (time) => str(Math.trunc(timestamp(time))),
  },
  '%s_as_float': {
    parse: (value) => seconds(roundedMicros(finite(fraction(value)))),
    print: (time) => {
      const value = timestamp(time)
      return Number.isInteger(value) ? `${value}.0` : str(value)
    },
  },
  '%epoch_microseconds': {
    parse: (value) => seconds(whole(value)),
    print: (time) => str(Math.trunc(timestamp(time) * 1_000_000)),
  },
  '%ms': {
    parse: (value) => seconds(whole(value) * 1000n),
    print: (time) => str(Math.trunc(timestamp(time) * 1000)),
  },
}

/**
 * A moment as a format writes it, in the zone that is written with it, in UTC where none is.
 * @throws JINJA_RUNTIME where it is not so written
 */
export function parseDatetime(value: unknown, format: string): PyDateTime {
  if (Object.hasOwn(numbered, format)) return (numbered[format] as { parse: Parse }).parse(value)
  if (format === common && typeof value === 'string') {
    const quick = quickly(value)
    if (quick) return quick
  }
  const time = parseTime(str(value), format.includes('%_ms') ? format.replaceAll('%_ms', '%f') : format)
  return time.offset === null ? time.with({ offset: 0, zone: utc }) : time
}

/** The same without an error: undefined where it is not so written. For who tries one format after the other. */
export function tryParseDatetime(value: unknown, format: string): PyDateTime | undefined {
  try {
    if (typeof value !== 'string' || Object.hasOwn(numbered, format) || format.includes('%_ms'))
      return parseDatetime(value, format)
    const quick = format === common ? quickly(value) : undefined
    if (quick) return quick
    const time = findTime(value, format)
    return time?.offset === null ? time.with({ offset: 0, zone: utc }) : time
  } catch {
    return undefined
  }
}

/** The most common of all formats, at a tenth of the price. */
const common = '%Y-%m-%dT%H:%M:%SZ'

function quickly(text: string): PyDateTime | undefined {
  if (text.length !== 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return undefined
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== 'Z') return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  // Below the year 100 a Date means another century.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59))
    return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // A day that every month has need not be looked up.
  return day <= 28 || new Date(ms).getUTCDate() === day ? utcTime(ms) : undefined
}

/** NaN where there are others. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

export function formatDatetime(time: PyDateTime, format: string): string {
  if (Object.hasOwn(numbered, format)) return (numbered[format] as { print: Print }).print(time)
  if (!format.includes('%_ms')) return time.format(format)
  // The CDK looks for the six digits in what it has printed, wherever they stand.
  const micros = time.format('%f')
  const millis = String(Math.trunc(time.microsecond / 1000)).padStart(3, '0')
  return time.format(format.replaceAll('%_ms', '%f')).replaceAll(micros, millis)
}
