import { type Arithmetic, type BinaryOperator, float, Kwargs, PyFloat } from '../jinja/index.js'

const msPerDay = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')
const toMicros = (ms: number) => Math.round(ms * 1000) / 1000

/** `timedelta`, to the microsecond. */
export class PyTimeDelta implements Arithmetic {
  readonly pythonType = 'datetime.timedelta'
  readonly ms: number
  constructor(ms: number) {
    this.ms = toMicros(ms)
  }
  get hashKey(): string {
    return `td${this.ms}`
  }
  /** Days may be negative, the others never are. */
  get #parts(): { days: number; seconds: number; microseconds: number } {
    const days = Math.floor(this.ms / msPerDay)
    const rest = this.ms - days * msPerDay
    const seconds = Math.floor(rest / 1000)
    return { days, seconds, microseconds: Math.round((rest - seconds * 1000) * 1000) }
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'days' || name === 'seconds' || name === 'microseconds') return this.#parts[name]
    if (name === 'total_seconds') return () => float(this.ms / 1000)
    return undefined
  }
  get isTruthy(): boolean {
    return this.ms !== 0
  }
  pythonBinary(operator: BinaryOperator, other: unknown, isReflected = false): unknown {
    if (other instanceof PyTimeDelta && operator === '+') return new PyTimeDelta(this.ms + other.ms)
    if (other instanceof PyTimeDelta && operator === '-') return new PyTimeDelta(this.ms - other.ms)
    if (typeof other === 'number' || other instanceof PyFloat) {
      if (operator === '*') return new PyTimeDelta(this.ms * Number(other))
      if (isReflected || Number(other) === 0) return undefined
      if (operator === '/') return new PyTimeDelta(this.ms / Number(other))
      if (operator === '//') return new PyTimeDelta(Math.floor((this.ms * 1000) / Number(other)) / 1000)
    }
    if (other instanceof PyTimeDelta && other.ms !== 0 && !isReflected) {
      if (operator === '/') return float(this.ms / other.ms)
      if (operator === '//') return Math.floor(this.ms / other.ms)
      if (operator === '%') return new PyTimeDelta(((this.ms % other.ms) + other.ms) % other.ms)
    }
    return undefined
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof PyTimeDelta ? this.ms - other.ms : undefined
  }
  pythonRepr(): string {
    const parts = Object.entries(this.#parts).filter(([, value]) => value !== 0)
    return `datetime.timedelta(${parts.length === 0 ? '0' : parts.map(([name, value]) => `${name}=${value}`).join(', ')})`
  }
  pythonStr(): string {
    const { days, seconds, microseconds } = this.#parts
    const fraction = microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`
    const time = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
    return days === 0 ? time : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${time}`
  }
}

const units: Readonly<Record<string, number>> = {
  days: msPerDay,
  seconds: 1000,
  microseconds: 0.001,
  milliseconds: 1,
  minutes: 60_000,
  hours: 3_600_000,
  weeks: 7 * msPerDay,
}

/** `timedelta(days, seconds, …)`, as Python orders the arguments. */
export function timeDelta(...args: unknown[]): PyTimeDelta {
  const names = Object.keys(units)
  const given = args.flatMap((arg, i): (readonly [string, unknown])[] =>
    arg instanceof Kwargs ? [...arg.entries] : [[names[i] ?? '', arg]],
  )
  return new PyTimeDelta(given.reduce((sum, [unit, value]) => sum + Number(value) * (units[unit] ?? 0), 0))
}
