import {
  type Arithmetic,
  type BinaryOperator as BinaryOperatorName,
  defineFunction,
  float,
  Kwargs,
  PyTuple,
  repr,
  runtimeError,
  str,
  typeError,
} from '../jinja/index.js'
import { formatTime, isoWeek } from './strftime.js'
import { findFields, parseFields, type TimeFields } from './strptime.js'
import { clockPart, isoTime, PyTime, timeClass } from './time.js'
import {
  fixedZone,
  namedZone,
  offsetOfWall,
  offsetText,
  parseOffset,
  type TimeZone,
  utc,
  zoneAbbreviation,
} from './time-zones.js'
import { PyTimeDelta, timeDelta } from './timedelta.js'

const msPerDay = 86_400_000
/** Days from the first day of year 1 to 1970. */
const ordinalOfEpoch = 719_163

/** `tzinfo` as templates see it: pytz's zones, and what `datetime.timezone` makes. */
export class PyZone {
  readonly pythonType = 'tzinfo'
  readonly zone: TimeZone
  constructor(zone: TimeZone) {
    this.zone = zone
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'zone') return this.zone.name
    if (name === 'localize')
      return (time: PyDateTime) => time.with({ zone: this.zone, offset: offsetOfWall(this.zone, time.wallMs) })
    if (name === 'normalize') return (time: PyDateTime) => time.inZone(this.zone)
    return undefined
  }
  pythonStr(): string {
    return this.zone.name
  }
}
const zoneOf = (value: unknown): TimeZone => (value instanceof PyZone ? value.zone : utc)

export interface TimeParts {
  /** The wall clock as if it were UTC, in whole milliseconds. */
  readonly wallMs: number
  /** Beyond the milliseconds, 0 to 999: what one number cannot hold for every year. */
  readonly micros?: number
  /** Minutes ahead of UTC; null for naive values. */
  readonly offset?: number | null
  readonly zone?: TimeZone | undefined
  readonly isDate?: boolean
}

/** `datetime` and `date`, exact to the microsecond. */
export class PyDateTime implements Arithmetic {
  readonly wallMs: number
  readonly micros: number
  readonly offset: number | null
  readonly isDate: boolean
  readonly #zone: TimeZone | undefined
  constructor({ wallMs, micros = 0, offset = null, zone, isDate = false }: TimeParts) {
    this.wallMs = wallMs
    this.micros = micros
    this.offset = offset
    this.isDate = isDate
    this.#zone = zone ?? (offset === null ? undefined : fixedZone(offset))
  }
  get pythonType(): string {
    return this.isDate ? 'datetime.date' : 'datetime.datetime'
  }
  toJSON(): string {
    return this.iso('T')
  }
  get hashKey(): string {
    return `dt${this.instantMs} ${this.micros} ${this.isDate} ${this.offset === null}`
  }
  /** Naive values count as UTC. */
  get instantMs(): number {
    return this.wallMs - (this.offset ?? 0) * 60_000
  }
  get microsecond(): number {
    return this.#date.getUTCMilliseconds() * 1000 + this.micros
  }
  get #date(): Date {
    return new Date(this.wallMs)
  }

  with(change: Partial<TimeParts>): PyDateTime {
    const { wallMs, micros, offset, isDate } = this
    return new PyDateTime({ wallMs, micros, offset, zone: this.#zone, isDate, ...change })
  }
  inZone(zone: TimeZone): PyDateTime {
    const offset = zone.offsetMinutes(this.instantMs)
    return this.with({ wallMs: this.instantMs + offset * 60_000, offset, zone })
  }

  jinjaAttribute(name: string): unknown {
    const date = this.#date
    switch (name) {
      case 'year':
        return date.getUTCFullYear()
      case 'month':
        return date.getUTCMonth() + 1
      case 'day':
        return date.getUTCDate()
      case 'tzinfo':
        return this.#zone === undefined ? null : new PyZone(this.#zone)
      case 'tzname':
        return () => (this.#zone === undefined ? null : zoneAbbreviation(this.#zone, this.instantMs))
      case 'utcoffset':
        return () => (this.offset === null ? null : new PyTimeDelta(this.offset * 60_000))
      case 'strftime':
        return (format: unknown) => this.format(str(format))
      case 'isoformat':
        return defineFunction(
          'isoformat',
          ['sep?', 'timespec?'],
          (separator: unknown = 'T', timespec: unknown = 'auto') => this.iso(str(separator), str(timespec)),
        )
      case 'date':
        return () => new PyDateTime({ wallMs: Math.floor(this.wallMs / msPerDay) * msPerDay, isDate: true })
      case 'time':
        return () => this.#time
      case 'toordinal':
        return () => Math.floor(this.wallMs / msPerDay) + ordinalOfEpoch
      case 'isocalendar':
        return () => PyTuple.fromArray([...isoWeek(this.wallMs), date.getUTCDay() || 7])
      case 'ctime':
        return () => {
          const [name = '', day = '', month = '', year = ''] = date.toUTCString().split(/,? /)
          return `${name} ${month} ${String(Number(day)).padStart(2)} ${date.toISOString().slice(11, 19)} ${year}`
        }
      case 'weekday':
        return () => (date.getUTCDay() + 6) % 7
      case 'isoweekday':
        return () => date.getUTCDay() || 7
      case 'timestamp':
        return () => float((this.instantMs * 1000 + this.micros) / 1e6)
      case 'astimezone':
        return (zone: unknown) => this.inZone(zoneOf(zone))
      case 'replace':
        return (...args: unknown[]) => this.#replace(args)
    }
    return clockPart(name, date, this.microsecond)
  }
  #replace(args: readonly unknown[]): PyDateTime {
    const date = this.#date
    const own = [
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      date.getUTCHours(),
      date.getUTCMinutes(),
      date.getUTCSeconds(),
      this.microsecond,
    ]
    const changed = this.with(partsOf(args, own))
    const named = kwargsOf(args)
    if (!named?.has('tzinfo')) return changed
    const zone = named.get('tzinfo')
    if (zone === null) return new PyDateTime({ wallMs: changed.wallMs, micros: changed.micros, isDate: this.isDate })
    return changed.with({ zone: zoneOf(zone), offset: offsetOfWall(zoneOf(zone), changed.wallMs) })
  }
  pythonBinary(operator: BinaryOperatorName, other: unknown, isReflected: boolean): unknown {
    if (other instanceof PyTimeDelta && (operator === '+' || (operator === '-' && !isReflected))) {
      const sign = operator === '+' ? 1 : -1
      // A date knows days only, and takes those that Python says a timedelta has.
      const ms = sign * (this.isDate ? Math.floor(other.ms / msPerDay) * msPerDay : other.ms)
      const whole = Math.floor(ms)
      const micros = this.micros + Math.round((ms - whole) * 1000)
      return this.with({ wallMs: this.wallMs + whole + Math.floor(micros / 1000), micros: micros % 1000 })
    }
    if (other instanceof PyDateTime && operator === '-' && !isReflected && this.#isLike(other))
      return new PyTimeDelta(this.instantMs - other.instantMs + (this.micros - other.micros) / 1000)
    return undefined
  }
  pythonCompare(other: unknown): number | undefined {
    if (!(other instanceof PyDateTime)) return undefined
    if (!this.#isLike(other)) return Number.NaN
    return this.instantMs - other.instantMs || this.micros - other.micros
  }
  /** A date is no datetime, and a time with a zone cannot be compared with one without. */
  #isLike(other: PyDateTime): boolean {
    return this.isDate === other.isDate && (this.offset === null) === (other.offset === null)
  }
  iso(separator: string, timespec = 'auto'): string {
    const [date = '', time = ''] = this.#date.toISOString().split('T')
    if (this.isDate) return date
    return `${date}${separator}${isoTime(time, this.microsecond, timespec)}${this.offset === null ? '' : offsetText(this.offset)}`
  }
  pythonStr(): string {
    return this.iso(' ')
  }
  pythonRepr(): string {
    const date = this.#date
    const parts = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    const seconds = date.getUTCSeconds()
    if (!this.isDate) parts.push(date.getUTCHours(), date.getUTCMinutes())
    if (seconds !== 0 || this.microsecond !== 0) parts.push(seconds)
    if (this.microsecond !== 0) parts.push(this.microsecond)
    const zone = this.#zone === undefined ? '' : `, tzinfo=${repr(new PyZone(this.#zone))}`
    return `${this.pythonType}(${parts.join(', ')}${zone})`
  }
  pythonFormat(spec: string): string {
    return this.format(spec)
  }
  format(format: string): string {
    const { wallMs, microsecond, offset } = this
    return formatTime(format, { wallMs, microsecond, offset, zone: this.#zone, instantMs: this.instantMs })
  }
  /** `time()` of a datetime. */
  get #time(): PyTime {
    return new PyTime(this.wallMs - Math.floor(this.wallMs / msPerDay) * msPerDay, this.micros)
  }
}

/** A moment as a datetime in UTC. */
export const utcTime = (ms: number) => new PyDateTime({ wallMs: ms, offset: 0 })

const kwargsOf = (args: readonly unknown[]) =>
  (args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined)?.entries

const partNames = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond']

/** The moment that positional and named arguments tell; what is not given is taken from `otherwise`. */
function partsOf(args: readonly unknown[], otherwise: readonly number[]): TimeParts {
  const positional = args.filter((arg) => !(arg instanceof Kwargs))
  const named = kwargsOf(args)
  const values = partNames.map((name, i) => Number(positional[i] ?? named?.get(name) ?? otherwise[i]))
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0] = values
  const time = new Date(0)
  time.setUTCFullYear(year, month - 1, day)
  if (year < 1 || year > 9999) throw runtimeError(`ValueError: year ${year} is out of range`)
  if (month < 1 || month > 12) throw runtimeError('ValueError: month must be in 1..12')
  if (time.getUTCDate() !== day) throw runtimeError('ValueError: day is out of range for month')
  for (const [name, value, max] of [
    ['hour', hour, 23],
    ['minute', minute, 59],
    ['second', second, 59],
  ] as const)
    if (value < 0 || value > max) throw runtimeError(`ValueError: ${name} must be in 0..${max}`)
  return {
    wallMs: time.setUTCHours(hour, minute, second, Math.floor(microsecond / 1000)),
    micros: microsecond % 1000,
  }
}

/** The time of year, month, day, hour, minute, second and microsecond. @throws JINJA_RUNTIME for one that no calendar has */
export const timeOf = (values: readonly number[], offset: number | null): PyDateTime =>
  new PyDateTime({ ...partsOf(values, [1970, 1, 1, 0, 0, 0, 0]), offset })

function makeDateTime(args: readonly unknown[], isDate: boolean): PyDateTime {
  const positional = args.filter((arg) => !(arg instanceof Kwargs))
  for (const [i, name] of ['year', 'month', 'day'].entries())
    if (positional[i] === undefined && !kwargsOf(args)?.has(name))
      throw typeError(`function missing required argument '${name}' (pos ${i + 1})`)
  const time = new PyDateTime({ ...partsOf(args, [1970, 1, 1, 0, 0, 0, 0]), isDate })
  const zone = args[7] ?? kwargsOf(args)?.get('tzinfo')
  return zone instanceof PyZone ? time.with({ zone: zone.zone, offset: offsetOfWall(zone.zone, time.wallMs) }) : time
}

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** A time as ISO 8601 and databases write it; undefined for what is none, `infinity` say. */
export function dateTimeOf(text: string, isDate = false): PyDateTime | undefined {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone] = isoPattern.exec(text) ?? []
  if (year === undefined) return undefined
  const microsecond = Number(fraction.slice(0, 6).padEnd(6, '0'))
  const parts = partsOf([year, month, day, hour, minute, second, microsecond], [])
  return new PyDateTime({ ...parts, offset: zone === undefined ? null : parseOffset(zone), isDate })
}

/** The value of what Python's YAML takes for a date or a time, in the form in which it is printed: without a time it is a date. */
export const writtenTime = (text: string): unknown => dateTimeOf(text, !text.includes(' ')) ?? text

function fromIso(text: string): PyDateTime {
  const found = dateTimeOf(withDashes(text))
  if (!found) throw runtimeError(`ValueError: Invalid isoformat string: ${repr(text)}`)
  return found
}

/** The other ways in which ISO 8601 writes a day, as the usual one: `20240131`, `2024-W05-3`, `2024W05`. */
function withDashes(text: string): string {
  const [basic, year, month, day, rest = ''] = /^(\d{4})(\d{2})(\d{2})($|\D.*)/.exec(text) ?? []
  if (basic !== undefined)
    return `${year}-${month}-${day}${rest.replace(/^(\D)(\d{2})(\d{2})(\d{2})?/, (_, mark, h, m, s) => `${mark}${h}:${m}${s === undefined ? '' : `:${s}`}`)}`
  const [weekly, weekYear, week, weekday = '1', time = ''] = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?($|\D.*)/.exec(text) ?? []
  if (weekly === undefined) return text
  // The fourth of January is always in the first week.
  const fourth = new Date(`${weekYear}-01-04T00:00:00Z`)
  const ms = fourth.getTime() + ((Number(week) - 1) * 7 + Number(weekday) - (fourth.getUTCDay() || 7)) * msPerDay
  return `${new Date(ms).toISOString().slice(0, 10)}${time}`
}

/** Python's `datetime.strptime`. @throws JINJA_RUNTIME for a text that is not so written */
export const parseTime = (text: string, format: string): PyDateTime => ofFields(parseFields(text, format))

/** The same without an error for a text that is not so written. @throws JINJA_RUNTIME for a day that no calendar has */
export function findTime(text: string, format: string): PyDateTime | undefined {
  const fields = findFields(text, format)
  return fields && ofFields(fields)
}

const ofFields = ({ values, zone }: TimeFields): PyDateTime =>
  new PyDateTime({ ...partsOf(values, []), offset: zone === undefined ? null : parseOffset(zone) })

/** A class of Python's that is called to make a value and has functions of its own. */
const classLike = (make: (...args: unknown[]) => unknown, members: Readonly<Record<string, unknown>>) =>
  Object.assign((...args: unknown[]) => make(...args), { jinjaAttribute: (name: string) => members[name] })

const now = (zone?: unknown) => {
  const time = new PyDateTime({ wallMs: Date.now() })
  return zone instanceof PyZone ? time.inZone(zone.zone) : time
}
const fromSeconds = (seconds: unknown, zone?: unknown) => {
  const micros = Math.round(Number(seconds) * 1e6)
  const time = new PyDateTime({ wallMs: Math.floor(micros / 1000), micros: ((micros % 1000) + 1000) % 1000 })
  return zone instanceof PyZone ? time.inZone(zone.zone) : time
}

const dateTimeClass = classLike((...args) => makeDateTime(args, false), {
  now: defineFunction('now', ['tz?'], now),
  utcnow: () => now(),
  today: () => now(),
  strptime: (text: unknown, format: unknown) => parseTime(str(text), str(format)),
  fromisoformat: (text: unknown) => fromIso(str(text)),
  fromtimestamp: defineFunction('fromtimestamp', ['timestamp', 'tz?'], fromSeconds),
  utcfromtimestamp: (seconds: unknown) => fromSeconds(seconds),
  combine: (date: unknown, time: unknown) => {
    const { ms, micros } = time instanceof PyTime ? time : new PyTime(0, 0)
    return new PyDateTime({ wallMs: (date as PyDateTime).wallMs + ms, micros })
  },
})
const dateClass = classLike((...args) => makeDateTime(args, true), {
  today: () => new PyDateTime({ wallMs: Math.floor(Date.now() / msPerDay) * msPerDay, isDate: true }),
  fromisoformat: (text: unknown) => fromIso(str(text)).with({ isDate: true }),
})
const timezoneClass = classLike((offset) => new PyZone(fixedZone((offset as PyTimeDelta).ms / 60_000)), {
  utc: new PyZone(utc),
})

/** `modules.datetime` */
export const dateTimeModule = {
  datetime: dateTimeClass,
  date: dateClass,
  time: timeClass,
  timedelta: timeDelta,
  timezone: timezoneClass,
}

/** `modules.pytz` */
export const zonesModule = {
  utc: new PyZone(utc),
  UTC: new PyZone(utc),
  timezone: (name: unknown) => new PyZone(namedZone(str(name))),
}
