import { offsetText, type TimeZone, zoneAbbreviation } from './time-zones.js'

const msPerDay = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')
const spaced = (value: number) => String(value).padStart(2)

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
  return [year, Math.floor((thursday.getTime() - startOfYear(year)) / msPerDay / 7) + 1]
}

/** `Date.UTC` takes the years up to 99 for those of the twentieth century. */
const startOfYear = (year: number) => new Date(0).setUTCFullYear(year, 0, 1)
const dayOfYear = (date: Date) => Math.floor((date.getTime() - startOfYear(date.getUTCFullYear())) / msPerDay)
const name = (date: Date, options: Intl.DateTimeFormatOptions) =>
  date.toLocaleString('en-US', { timeZone: 'UTC', ...options })

type Directive = (date: Date, time: FormattedTime) => string

const directives: Readonly<Record<string, Directive>> = {
  // Without zeros before a short one, as the C library has it.
  Y: (date) => String(date.getUTCFullYear()),
  C: (date) => two(Math.floor(date.getUTCFullYear() / 100)),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  e: (date) => spaced(date.getUTCDate()),
  H: (date) => two(date.getUTCHours()),
  k: (date) => spaced(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  l: (date) => spaced(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  f: (_, time) => String(time.microsecond).padStart(6, '0'),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  j: (date) => String(dayOfYear(date) + 1).padStart(3, '0'),
  U: (date) => two(Math.floor((dayOfYear(date) + 7 - date.getUTCDay()) / 7)),
  W: (date) => two(Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() + 6) % 7)) / 7)),
  G: (date) => String(isoWeek(date.getTime())[0]),
  g: (date) => two(isoWeek(date.getTime())[0] % 100),
  V: (date) => two(isoWeek(date.getTime())[1]),
  a: (date) => name(date, { weekday: 'short' }),
  A: (date) => name(date, { weekday: 'long' }),
  b: (date) => name(date, { month: 'short' }),
  h: (date) => name(date, { month: 'short' }),
  B: (date) => name(date, { month: 'long' }),
  w: (date) => String(date.getUTCDay()),
  u: (date) => String(date.getUTCDay() || 7),
  z: (_, { offset }) => (offset === null ? '' : offsetText(offset).replace(':', '')),
  Z: (_, { zone, instantMs }) => (zone === undefined ? '' : zoneAbbreviation(zone, instantMs)),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  X: (date) => date.toISOString().slice(11, 19),
  R: (date) => date.toISOString().slice(11, 16),
  r: (_, time) => formatTime('%I:%M:%S %p', time),
  D: (_, time) => formatTime('%m/%d/%y', time),
  x: (_, time) => formatTime('%m/%d/%y', time),
  c: (_, time) => formatTime('%a %b %e %H:%M:%S %Y', time),
  // The C library is not told of the zone, and takes the wall clock for its own.
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

/** What the C library does with a flag between the sign and the letter. */
const flags: Readonly<Record<string, (text: string) => string>> = {
  '-': (text) => text.replace(/^[0 ]+(?=\d)/, ''),
  _: (text) => text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length)),
  '0': (text) => text.replace(/^ +(?=\d)/, (spaces) => '0'.repeat(spaces.length)),
  '^': (text) => text.toUpperCase(),
}

function compile(format: string): readonly (string | Directive)[] {
  const parts: (string | Directive)[] = []
  let at = 0
  for (const match of format.matchAll(/%([-_0^]?)(.)/gs)) {
    const [whole, flag = '', code = ''] = match
    const directive = Object.hasOwn(directives, code) ? directives[code] : undefined
    if (!directive) continue
    if (match.index > at) parts.push(format.slice(at, match.index))
    const shape = flag === '' ? undefined : flags[flag]
    parts.push(shape ? (date, time) => shape(directive(date, time)) : directive)
    at = match.index + whole.length
  }
  if (at < format.length) parts.push(format.slice(at))
  return parts
}

const compiled = new Map<string, readonly (string | Directive)[]>()
const mostCompiled = 500

/** Python's `strftime`, with the C library's names in English. */
export function formatTime(format: string, time: FormattedTime): string {
  let parts = compiled.get(format)
  if (!parts) {
    parts = compile(format)
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(format, parts)
  }
  const date = new Date(time.wallMs)
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : part(date, time)
  return text
}
