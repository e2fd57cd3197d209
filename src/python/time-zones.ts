import { repr, runtimeError } from '../jinja/index.js'

/** A time zone: how far its clocks are ahead of UTC at a moment. */
export interface TimeZone {
  readonly name: string
  offsetMinutes(instantMs: number): number
}

export const utc: TimeZone = { name: 'UTC', offsetMinutes: () => 0 }

/** `+02:00` */
export function offsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const distance = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`
}

export const fixedZone = (minutes: number): TimeZone =>
  minutes === 0 ? utc : { name: `UTC${offsetText(minutes)}`, offsetMinutes: () => minutes }

/** `Z`, `+02`, `-0330`, `+05:45` → minutes. */
export function parseOffset(text: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** Where the short name of a zone is one of the country's: English alone knows few of them. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'ja-JP', 'ko-KR']

/** `CEST`, `EST`, `IST`; `+03` for zones whose clocks have no name. */
export function zoneAbbreviation(zone: TimeZone, instantMs: number): string {
  if (zone === utc || zone.name.startsWith('UTC')) return zone.name
  for (const locale of locales) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone.name, timeZoneName: 'short' }).formatToParts(
      instantMs,
    )
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
    if (/^[A-Z]{2,5}$/.test(name)) return name
  }
  return offsetText(zone.offsetMinutes(instantMs)).replace(/:00$/, '').replace(':', '')
}

const zones = new Map<string, TimeZone>([['UTC', utc]])

/** A zone by its name in the tz database, e.g. `Europe/Berlin`. */
export function namedZone(name: string): TimeZone {
  const known = zones.get(name)
  if (known) return known
  const zone = { name, offsetMinutes: offsetsOf(name) }
  zones.set(name, zone)
  return zone
}

function offsetsOf(name: string): TimeZone['offsetMinutes'] {
  const clock = clockOf(name)
  return (instantMs) => {
    const shown = Object.fromEntries(clock.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown
    const wallMs = Date.UTC(year, month - 1, day, hour, minute, second)
    return Math.round((wallMs - Math.floor(instantMs / 1000) * 1000) / 60_000)
  }
}

function clockOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw runtimeError(`UnknownTimeZoneError: ${repr(name)}`)
  }
}

/** The offset of a wall clock in a zone: where clocks were turned back, the later of the two moments. */
export function offsetOfWall(zone: TimeZone, wallMs: number): number {
  const first = zone.offsetMinutes(wallMs - zone.offsetMinutes(wallMs) * 60_000)
  return zone.offsetMinutes(wallMs - first * 60_000)
}
