import { offsetText, type TimeZone, zoneAbbreviation } from './time-zones.js'

const msPerDay = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')

export interface FormattedTime {
  /** The wall clock as if it were UTC. */
  readonly wallMs: number
  readonly instantMs: number
  readonly microsecond: number
  /** Minutes ahead of UTC; null for naive values. */
  readonly offset: number | null
  readonly zone: TimeZone | undefined
}

/** Year and week of ISO 8601: weeks begin on Monday, and the first one holds the year's first Thursday. */
export function isoWeek(wallMs: number): readonly [year: number, week: number] {
  const day = Math.floor(wallMs / msPerDay)
  const weekday = new Date(wallMs).getUTCDay() || 7
  const thursday = new Date((day - weekday + 4) * msPerDay)
  const year = thursday.getUTCFullYear()
  return [year, Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / msPerDay / 7) + 1]
}

/** Python's `strftime`, with the C library's names in English. */
export function formatTime(format: string, time: FormattedTime): string {
  const date = new Date(time.wallMs)
  const hours = date.getUTCHours()
  const dayOfYear = Math.floor((time.wallMs - Date.UTC(date.getUTCFullYear(), 0, 1)) / msPerDay)
  const name = (options: Intl.DateTimeFormatOptions) => date.toLocaleString('en-US', { timeZone: 'UTC', ...options })
  const values: Readonly<Record<string, () => string>> = {
    Y: () => String(date.getUTCFullYear()).padStart(4, '0'),
    C: () => two(Math.floor(date.getUTCFullYear() / 100)),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => two(hours),
    I: () => two(hours % 12 || 12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => String(time.microsecond).padStart(6, '0'),
    p: () => (hours < 12 ? 'AM' : 'PM'),
    j: () => String(dayOfYear + 1).padStart(3, '0'),
    U: () => two(Math.floor((dayOfYear + 7 - date.getUTCDay()) / 7)),
    W: () => two(Math.floor((dayOfYear + 7 - ((date.getUTCDay() + 6) % 7)) / 7)),
    G: () => String(isoWeek(time.wallMs)[0]),
    V: () => two(isoWeek(time.wallMs)[1]),
    a: () => name({ weekday: 'short' }),
    A: () => name({ weekday: 'long' }),
    b: () => name({ month: 'short' }),
    h: () => name({ month: 'short' }),
    B: () => name({ month: 'long' }),
    w: () => String(date.getUTCDay()),
    u: () => String(date.getUTCDay() || 7),
    z: () => (time.offset === null ? '' : offsetText(time.offset).replace(':', '')),
    Z: () => (time.zone === undefined ? '' : zoneAbbreviation(time.zone, time.instantMs)),
    F: () => date.toISOString().slice(0, 10),
    T: () => date.toISOString().slice(11, 19),
    X: () => date.toISOString().slice(11, 19),
    R: () => date.toISOString().slice(11, 16),
    D: () => formatTime('%m/%d/%y', time),
    x: () => formatTime('%m/%d/%y', time),
    c: () => formatTime('%a %b %e %H:%M:%S %Y', time),
    s: () => String(Math.floor(time.instantMs / 1000)),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  }
  return format.replace(/%-?(.)/g, (whole, code: string) => {
    const text = values[code]?.() ?? whole
    return whole.startsWith('%-') ? text.replace(/^[0 ]+(?=\d)/, '') : text
  })
}
