import { orchestrateErrors } from '../errors.js'

const two = (value: number) => String(value).padStart(2, '0')

/** The letters of strftime that have one meaning everywhere; each is given the local time as if it were UTC. */
const directives: Readonly<Record<string, (local: Date, offsetMs: number) => string>> = {
  Y: (at) => String(at.getUTCFullYear()).padStart(4, '0'),
  y: (at) => two(at.getUTCFullYear() % 100),
  m: (at) => two(at.getUTCMonth() + 1),
  d: (at) => two(at.getUTCDate()),
  H: (at) => two(at.getUTCHours()),
  M: (at) => two(at.getUTCMinutes()),
  S: (at) => two(at.getUTCSeconds()),
  j: (at) => String(dayOfYear(at)).padStart(3, '0'),
  G: (at) => String(thursdayOf(at).getUTCFullYear()),
  V: (at) => two(Math.ceil(dayOfYear(thursdayOf(at)) / 7)),
  u: (at) => String(at.getUTCDay() || 7),
  z: (_, offsetMs) => offsetText(offsetMs),
  '%': () => '%',
}

const dayMs = 86_400_000
const dayOfYear = (at: Date) => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / dayMs) + 1
/** The Thursday of its week decides which year and week of the year that is (ISO 8601). */
const thursdayOf = (at: Date) => new Date(at.getTime() + (4 - (at.getUTCDay() || 7)) * dayMs)

/** `-0500` */
export function offsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
}

/** Reads a format once; answers what writes a local time with it. @throws PARTITIONS_INVALID */
export function timeFormat(format: string): (localMs: number, offsetMs: number) => string {
  const parts = format.split(/(%.?)/s).map((part) => {
    if (!part.startsWith('%')) return () => part
    const directive = directives[part.slice(1)]
    if (directive) return directive
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: `\`${part}\` in the format \`${format}\` of partition keys is not known.`,
      hint: `Known are ${Object.keys(directives)
        .map((letter) => `%${letter}`)
        .join(' ')}; daily partitions are written %Y-%m-%d.`,
    })
  })
  return (localMs, offsetMs) => {
    const local = new Date(localMs)
    return parts.map((part) => part(local, offsetMs)).join('')
  }
}

/** `2024-01-31`, `2024-01-31T05:00`, also with a blank or `-` before the time: milliseconds of a clock that shows UTC. */
export function localTime(text: string, what: string): number {
  const [, date, time = '00:00', seconds = '00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T -](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/.exec(text) ?? []
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T${time}:${seconds}Z`)
  if (!Number.isNaN(ms)) return ms
  throw orchestrateErrors.create('PARTITIONS_INVALID', {
    message: `${what} ${JSON.stringify(text)} of partitions is not a local date or time.`,
    hint: 'Write it as 2024-01-31 or 2024-01-31T05:00; its time zone is that of `timezone`.',
  })
}
