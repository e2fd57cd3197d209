import { type Arithmetic, type BinaryOperator, runtimeError, typeError, typeName } from '../../../jinja/index.js'
import { PyDateTime, PyTimeDelta, timeOf } from '../../../python/index.js'

/** `isodate.Duration`: months and years are of different lengths, so that they are added to a date and to nothing else. */
export class PyDuration implements Arithmetic {
  readonly pythonType = 'isodate.duration.Duration'
  readonly years: number
  readonly months: number
  readonly delta: PyTimeDelta
  constructor(years: number, months: number, delta: PyTimeDelta) {
    this.years = years
    this.months = months
    this.delta = delta
  }

  jinjaAttribute(name: string): unknown {
    if (name === 'years' || name === 'months') return this[name]
    return name === 'tdelta' ? this.delta : this.delta.jinjaAttribute(name)
  }

  pythonBinary(operator: BinaryOperator, other: unknown, isReflected: boolean): unknown {
    if (operator === '*' && Number.isInteger(other)) return this.#times(other as number)
    if (operator !== '+' && operator !== '-') return undefined
    const sign = operator === '+' ? 1 : -1
    if (other instanceof PyDateTime) return isReflected || sign === 1 ? addDuration(other, this, sign) : undefined
    const right = other instanceof PyTimeDelta ? new PyDuration(0, 0, other) : other
    if (!(right instanceof PyDuration)) return undefined
    return isReflected ? right.#plus(this, sign) : this.#plus(right, sign)
  }
  #times(factor: number): PyDuration {
    return new PyDuration(this.years * factor, this.months * factor, new PyTimeDelta(this.delta.ms * factor))
  }
  #plus(other: PyDuration, sign: 1 | -1): PyDuration {
    const delta = new PyTimeDelta(this.delta.ms + sign * other.delta.ms)
    return new PyDuration(this.years + sign * other.years, this.months + sign * other.months, delta)
  }
  pythonCompare(other: unknown): number | undefined {
    const right = other instanceof PyTimeDelta ? new PyDuration(0, 0, other) : other
    if (!(right instanceof PyDuration)) return undefined
    const months = this.years * 12 + this.months - (right.years * 12 + right.months)
    return months === 0 && this.delta.ms === right.delta.ms ? 0 : Number.NaN
  }
  pythonStr(): string {
    const parts: string[] = []
    if (this.years !== 0) parts.push(`${Math.trunc(this.years)} years`)
    if (this.months !== 0) parts.push(`${Math.trunc(this.months)} month${this.months <= 1 ? '' : 's'}`)
    return [...parts, this.delta.pythonStr()].join(', ')
  }
  pythonRepr(): string {
    const [days, seconds, micros] = ['days', 'seconds', 'microseconds'].map((name) => this.delta.jinjaAttribute(name))
    return `${this.pythonType}(${days}, ${seconds}, ${micros}, years=${Math.trunc(this.years)}, months=${Math.trunc(this.months)})`
  }
}

export type Duration = PyTimeDelta | PyDuration

/** A date so much later or earlier. Where the month has no such day, it is the month's last one. */
export function addDuration(time: PyDateTime, duration: Duration, sign: 1 | -1 = 1): PyDateTime {
  if (duration instanceof PyTimeDelta) return moved(time, duration, sign)
  const { years, months, delta } = duration
  if (!Number.isInteger(years) || !Number.isInteger(months))
    throw runtimeError('ValueError: fractional years or months not supported for date calculations')
  const date = new Date(time.wallMs)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + sign * (years * 12 + months)
  const [year, ofYear] = [Math.floor(month / 12), ((month % 12) + 12) % 12]
  const lastDay = new Date(Date.UTC(year, ofYear + 1, 0)).getUTCDate()
  const day = timeOf([year, ofYear + 1, Math.min(date.getUTCDate(), lastDay)], null)
  const ofDay = ((time.wallMs % 86_400_000) + 86_400_000) % 86_400_000
  return moved(time.with({ wallMs: day.wallMs + ofDay }), delta, sign)
}

const firstMs = timeOf([1], null).wallMs
const endMs = timeOf([9999, 12, 31], null).wallMs + 86_400_000

function moved(time: PyDateTime, delta: PyTimeDelta, sign: 1 | -1): PyDateTime {
  const result = time.pythonBinary(sign === 1 ? '+' : '-', delta, false) as PyDateTime
  if (result.wallMs < firstMs || result.wallMs >= endMs) throw runtimeError('OverflowError: date value out of range')
  return result
}

const part = '(\\d+(?:[,.]\\d+)?)'
const pattern = new RegExp(
  `^([+-])?P(?=\\w)(?:${part}Y)?(?:${part}M)?(?:${part}W)?(?:${part}D)?(?:T(?:${part}H)?(?:${part}M)?(?:${part}S)?)?$`,
)
const unitsMs = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000]

/**
 * An ISO 8601 duration as isodate reads it: `P1D`, `PT0.5S`, `-P2W`, `P1Y2M`.
 * @throws JINJA_TYPE for what is no text, JINJA_RUNTIME for a text that is none
 */
export function parseIsoDuration(value: unknown): Duration {
  if (typeof value !== 'string') throw typeError(`Expecting a string, not ${typeName(value)}`)
  const match = pattern.exec(value)
  if (!match) return dated(value)
  const [years = 0, months = 0, ...others] = match.slice(2).map((text) => Number((text ?? '0').replace(',', '.')))
  const sign = match[1] === '-' ? -1 : 1
  const delta = new PyTimeDelta(sign * others.reduce((sum, count, i) => sum + count * (unitsMs[i] as number), 0))
  return years === 0 && months === 0 ? delta : new PyDuration(sign * years, sign * months, delta)
}

/** The alternative form, `P0001-02-03T04:05:06`. */
function dated(text: string): Duration {
  const [, ...found] = /^P(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})$/.exec(text) ?? []
  if (found.length === 0) throw runtimeError(`ISO8601Error: Unable to parse duration string '${text}'`)
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found.map(Number)
  return new PyDuration(years, months, new PyTimeDelta((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000))
}
