import { type Arithmetic, defineFunction, runtimeError, str, toNumber } from '../jinja/index.js'
import { formatTime } from './strftime.js'

const bounds = [
  ['hour', 23],
  ['minute', 59],
  ['second', 59],
  ['microsecond', 999_999],
] as const

/** `03:04:05.678` of a day, as `isoformat` cuts it. */
export function isoTime(time: string, microsecond: number, timespec = 'auto'): string {
  const micros = String(microsecond).padStart(6, '0')
  switch (timespec) {
    case 'hours':
      return time.slice(0, 2)
    case 'minutes':
      return time.slice(0, 5)
    case 'seconds':
      return time.slice(0, 8)
    case 'milliseconds':
      return `${time.slice(0, 8)}.${micros.slice(0, 3)}`
    case 'microseconds':
      return `${time.slice(0, 8)}.${micros}`
  }
  return microsecond === 0 ? time.slice(0, 8) : `${time.slice(0, 8)}.${micros}`
}

/** What a clock shows under `hour`, `minute`, `second` and `microsecond`; undefined for other names. */
export function clockPart(name: string, date: Date, microsecond: number): number | undefined {
  switch (name) {
    case 'hour':
      return date.getUTCHours()
    case 'minute':
      return date.getUTCMinutes()
    case 'second':
      return date.getUTCSeconds()
    case 'microsecond':
      return microsecond
  }
  return undefined
}

/** `time`: a clock without a day. */
export class PyTime implements Arithmetic {
  readonly pythonType = 'datetime.time'
  /** Whole milliseconds since midnight. */
  readonly ms: number
  /** Beyond the milliseconds, 0 to 999. */
  readonly micros: number
  constructor(ms: number, micros: number) {
    this.ms = ms
    this.micros = micros
  }
  get hashKey(): string {
    return `time${this.ms} ${this.micros}`
  }
  get #microsecond(): number {
    return (this.ms % 1000) * 1000 + this.micros
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'tzinfo':
        return null
      case 'isoformat':
        return defineFunction('isoformat', ['timespec?'], (timespec: unknown = 'auto') => this.#iso(str(timespec)))
      case 'strftime':
        return (format: unknown) => this.pythonFormat(str(format))
    }
    return clockPart(name, new Date(this.ms), this.#microsecond)
  }
  #iso(timespec?: string): string {
    return isoTime(new Date(this.ms).toISOString().slice(11, 19), this.#microsecond, timespec)
  }
  pythonFormat(spec: string): string {
    // Python gives a time the first of January 1900 when it is asked for a day.
    const wallMs = Date.UTC(1900, 0, 1) + this.ms
    return formatTime(spec, {
      wallMs,
      instantMs: wallMs,
      microsecond: this.#microsecond,
      offset: null,
      zone: undefined,
    })
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof PyTime ? this.ms - other.ms || this.micros - other.micros : undefined
  }
  pythonStr(): string {
    return this.#iso()
  }
  pythonRepr(): string {
    const date = new Date(this.ms)
    const parts = [date.getUTCHours(), date.getUTCMinutes()]
    if (date.getUTCSeconds() !== 0 || this.#microsecond !== 0) parts.push(date.getUTCSeconds())
    if (this.#microsecond !== 0) parts.push(this.#microsecond)
    return `datetime.time(${parts.join(', ')})`
  }
}

/** `time(hour, minute, second, microsecond)` */
export const timeClass = defineFunction(
  'time',
  bounds.map(([name]) => `${name}?`),
  (...given: unknown[]) => {
    const values = bounds.map(([name, most], i) => {
      const value = given[i] === undefined ? 0 : toNumber(given[i])
      if (value < 0 || value > most) throw runtimeError(`ValueError: ${name} must be in 0..${most}`)
      return value
    })
    const [hour = 0, minute = 0, second = 0, microsecond = 0] = values
    const ms = ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(microsecond / 1000)
    return new PyTime(ms, microsecond % 1000)
  },
)
