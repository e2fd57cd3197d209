import {
  type Arithmetic,
  type BinaryOperator as BinaryOperatorName,
  Kwargs,
  PyTuple,
  repr,
  runtimeError,
  str,
} from '../../jinja/index.js'

const msPerDay = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')

/** `timedelta`, to the microsecond. */
export class PyTimeDelta implements Arithmetic {
  readonly pythonType = 'datetime.timedelta'
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  get hashKey(): string {
    return `td${this.ms}`
  }
  jinjaAttribute(name: string): unknown {
    const days = Math.floor(this.ms / msPerDay)
    if (name === 'days') return days
    if (name === 'seconds') return Math.floor((this.ms - days * msPerDay) / 1000)
    if (name === 'microseconds') return Math.round((((this.ms % 1000) + 1000) % 1000) * 1000)
    if (name === 'total_seconds') return () => this.ms / 1000
    return undefined
  }
  pythonBinary(operator: BinaryOperatorName, other: unknown): unknown {
    if (other instanceof PyTimeDelta && operator === '+') return new PyTimeDelta(this.ms + other.ms)
    if (other instanceof PyTimeDelta && operator === '-') return new PyTimeDelta(this.ms - other.ms)
    if (typeof other === 'number' && operator === '*') return new PyTimeDelta(this.ms * other)
    return undefined
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof PyTimeDelta ? this.ms - other.ms : undefined
  }
  pythonStr(): string {
    const days = Math.floor(this.ms / msPerDay)
    const seconds = Math.floor((this.ms - days * msPerDay) / 1000)
    const time = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
    return days === 0 ? time : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${time}`
  }
}

/** `datetime` and `date`. The wall clock is kept as if it were UTC; the offset (minutes) is null for naive values. */
export class PyDateTime implements Arithmetic {
  readonly wallMs: number
  readonly offsetMinutes: number | null
  readonly isDate: boolean
  constructor(wallMs: number, offsetMinutes: number | null, isDate = false) {
    this.wallMs = wallMs
    this.offsetMinutes = offsetMinutes
    this.isDate = isDate
  }
  get pythonType(): string {
    return this.isDate ? 'datetime.date' : 'datetime.datetime'
  }
  get hashKey(): string {
    return `dt${this.wallMs}${this.isDate}`
  }
  get #date(): Date {
    return new Date(this.wallMs)
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
      case 'hour':
        return date.getUTCHours()
      case 'minute':
        return date.getUTCMinutes()
      case 'second':
        return date.getUTCSeconds()
      case 'microsecond':
        return date.getUTCMilliseconds() * 1000
      case 'tzinfo':
        return this.offsetMinutes === null ? null : 'UTC'
      case 'strftime':
        return (format: unknown) => this.format(str(format))
      case 'isoformat':
        return (separator: unknown = 'T') => this.iso(str(separator))
      case 'date':
        return () => new PyDateTime(Math.floor(this.wallMs / msPerDay) * msPerDay, null, true)
      case 'weekday':
        return () => (date.getUTCDay() + 6) % 7
      case 'isoweekday':
        return () => date.getUTCDay() || 7
      case 'timestamp':
        return () => (this.wallMs - (this.offsetMinutes ?? 0) * 60_000) / 1000
      case 'astimezone':
        return () => this
      case 'replace':
        return (...args: unknown[]) => this.#replace(args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined)
    }
    return undefined
  }
  #replace(kwargs: Kwargs | undefined): PyDateTime {
    const date = this.#date
    const of = (key: string, fallback: number) => Number(kwargs?.entries.get(key) ?? fallback)
    const ms = Date.UTC(
      of('year', date.getUTCFullYear()),
      of('month', date.getUTCMonth() + 1) - 1,
      of('day', date.getUTCDate()),
      of('hour', date.getUTCHours()),
      of('minute', date.getUTCMinutes()),
      of('second', date.getUTCSeconds()),
      Math.floor(of('microsecond', date.getUTCMilliseconds() * 1000) / 1000),
    )
    return new PyDateTime(
      ms,
      kwargs?.entries.has('tzinfo') ? (kwargs.entries.get('tzinfo') === null ? null : 0) : this.offsetMinutes,
      this.isDate,
    )
  }
  pythonBinary(operator: BinaryOperatorName, other: unknown, isReflected: boolean): unknown {
    if (other instanceof PyTimeDelta && (operator === '+' || (operator === '-' && !isReflected)))
      return new PyDateTime(this.wallMs + (operator === '+' ? other.ms : -other.ms), this.offsetMinutes, this.isDate)
    if (other instanceof PyDateTime && operator === '-' && !isReflected)
      return new PyTimeDelta(this.wallMs - other.wallMs)
    return undefined
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof PyDateTime ? this.wallMs - other.wallMs : undefined
  }
  iso(separator: string): string {
    const [date = '', time = ''] = this.#date.toISOString().split('T')
    if (this.isDate) return date
    const fraction = time.slice(9, 12)
    return `${date}${separator}${time.slice(0, 8)}${fraction === '000' ? '' : `.${fraction}000`}${this.offsetMinutes === null ? '' : '+00:00'}`
  }
  pythonStr(): string {
    return this.iso(' ')
  }
  pythonRepr(): string {
    const date = this.#date
    const parts = [
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      ...(this.isDate ? [] : [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]),
    ]
    return `${this.pythonType}(${parts.join(', ')})`
  }
  format(format: string): string {
    const date = this.#date
    const hours = date.getUTCHours()
    const startOfYear = Date.UTC(date.getUTCFullYear(), 0, 1)
    const name = (options: Intl.DateTimeFormatOptions) => date.toLocaleString('en-US', { timeZone: 'UTC', ...options })
    const values: Readonly<Record<string, () => string>> = {
      Y: () => String(date.getUTCFullYear()).padStart(4, '0'),
      y: () => two(date.getUTCFullYear() % 100),
      m: () => two(date.getUTCMonth() + 1),
      d: () => two(date.getUTCDate()),
      H: () => two(hours),
      I: () => two(hours % 12 || 12),
      M: () => two(date.getUTCMinutes()),
      S: () => two(date.getUTCSeconds()),
      f: () => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000`,
      p: () => (hours < 12 ? 'AM' : 'PM'),
      j: () => String(Math.floor((this.wallMs - startOfYear) / msPerDay) + 1).padStart(3, '0'),
      a: () => name({ weekday: 'short' }),
      A: () => name({ weekday: 'long' }),
      b: () => name({ month: 'short' }),
      B: () => name({ month: 'long' }),
      w: () => String(date.getUTCDay()),
      u: () => String(date.getUTCDay() || 7),
      z: () => (this.offsetMinutes === null ? '' : '+0000'),
      Z: () => (this.offsetMinutes === null ? '' : 'UTC'),
      F: () => date.toISOString().slice(0, 10),
      T: () => date.toISOString().slice(11, 19),
      s: () => String(Math.floor(this.wallMs / 1000)),
      '%': () => '%',
    }
    return format.replace(/%-?(.)/g, (whole, code: string) => {
      const text = values[code]?.() ?? whole
      return whole.startsWith('%-') ? text.replace(/^0+(?=\d)/, '') : text
    })
  }
}

const numbers = (args: readonly unknown[]) => args.filter((arg) => !(arg instanceof Kwargs)).map(Number)
const kwargsOf = (args: readonly unknown[]) =>
  (args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined)?.entries

function makeDateTime(args: readonly unknown[], isDate: boolean): PyDateTime {
  const named = kwargsOf(args)
  const names = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond']
  const values = numbers(args)
  const at = (i: number, fallback: number) => values[i] ?? Number(named?.get(names[i] as string) ?? fallback)
  return new PyDateTime(
    Date.UTC(at(0, 1970), at(1, 1) - 1, at(2, 1), at(3, 0), at(4, 0), at(5, 0), Math.floor(at(6, 0) / 1000)),
    null,
    isDate,
  )
}

function parseTime(text: string, format: string): PyDateTime {
  const fields: string[] = []
  const patterns: Readonly<Record<string, string>> = {
    Y: '(\\d{4})',
    y: '(\\d{2})',
    m: '(\\d{1,2})',
    d: '(\\d{1,2})',
    H: '(\\d{1,2})',
    I: '(\\d{1,2})',
    M: '(\\d{1,2})',
    S: '(\\d{1,2})',
    f: '(\\d{1,6})',
    j: '(\\d{1,3})',
    z: '(Z|[+-]\\d{2}:?\\d{2})',
    p: '(AM|PM|am|pm)',
  }
  const source = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%(.)/g, (_, code: string) => {
    fields.push(code)
    return patterns[code] ?? code
  })
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) throw runtimeError(`ValueError: time data ${repr(text)} does not match format ${repr(format)}`)
  const value = (code: string, fallback: number) =>
    fields.includes(code) ? Number(match[fields.indexOf(code) + 1]) : fallback
  const isAfternoon = /pm/i.test(match[fields.indexOf('p') + 1] ?? '') && fields.includes('p')
  const hour = fields.includes('I') ? (value('I', 0) % 12) + (isAfternoon ? 12 : 0) : value('H', 0)
  const fraction = fields.includes('f') ? Number((match[fields.indexOf('f') + 1] as string).padEnd(6, '0')) / 1000 : 0
  return new PyDateTime(
    Date.UTC(
      value('Y', 2000 + value('y', -100)),
      value('m', 1) - 1,
      value('d', 1),
      hour,
      value('M', 0),
      value('S', 0),
      fraction,
    ),
    fields.includes('z') ? 0 : null,
  )
}

function fromIso(text: string): PyDateTime {
  const isDate = !/[T ]/.test(text)
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
  const ms = Date.parse(hasZone || isDate ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(ms)) throw runtimeError(`ValueError: Invalid isoformat string: ${repr(text)}`)
  return new PyDateTime(ms, hasZone ? 0 : null)
}

/** A class of Python's that is called to make a value and has functions of its own. */
const classLike = (make: (...args: unknown[]) => unknown, members: Readonly<Record<string, unknown>>) =>
  Object.assign((...args: unknown[]) => make(...args), { jinjaAttribute: (name: string) => members[name] })

const dateTimeClass = classLike((...args) => makeDateTime(args, false), {
  now: () => new PyDateTime(Date.now(), null),
  utcnow: () => new PyDateTime(Date.now(), null),
  today: () => new PyDateTime(Date.now(), null),
  strptime: (text: unknown, format: unknown) => parseTime(str(text), str(format)),
  fromisoformat: (text: unknown) => fromIso(str(text)),
  fromtimestamp: (seconds: unknown) => new PyDateTime(Number(seconds) * 1000, null),
  utcfromtimestamp: (seconds: unknown) => new PyDateTime(Number(seconds) * 1000, null),
  combine: (date: unknown) => new PyDateTime((date as PyDateTime).wallMs, null),
})
const dateClass = classLike((...args) => makeDateTime(args, true), {
  today: () => new PyDateTime(Math.floor(Date.now() / msPerDay) * msPerDay, null, true),
  fromisoformat: (text: unknown) => new PyDateTime(fromIso(str(text).slice(0, 10)).wallMs, null, true),
})
const timeDelta = (...args: unknown[]) => {
  const units: Readonly<Record<string, number>> = {
    days: msPerDay,
    seconds: 1000,
    microseconds: 0.001,
    milliseconds: 1,
    minutes: 60_000,
    hours: 3_600_000,
    weeks: 7 * msPerDay,
  }
  const names = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks']
  const positional = numbers(args).map((value, i) => value * (units[names[i] as string] as number))
  const named = [...(kwargsOf(args) ?? [])].map(([key, value]) => Number(value) * (units[key] ?? 0))
  return new PyTimeDelta([...positional, ...named].reduce((sum, ms) => sum + ms, 0))
}

/** A match as Python's `re` gives it. */
class PyMatch {
  readonly #match: RegExpExecArray
  constructor(match: RegExpExecArray) {
    this.#match = match
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'group')
      return (group: unknown = 0) =>
        (typeof group === 'string' ? this.#match.groups?.[group] : this.#match[Number(group)]) ?? null
    if (name === 'groups') return () => PyTuple.fromArray(this.#match.slice(1).map((one) => one ?? null))
    if (name === 'start') return () => this.#match.index
    if (name === 'end') return () => this.#match.index + this.#match[0].length
    return undefined
  }
}

const ignoreCase = 2
/** Python's pattern in JavaScript's syntax: named groups and inline flags differ. */
function expression(pattern: unknown, flags: unknown, extra = ''): RegExp {
  const inline = /^\(\?([aimsux]+)\)/.exec(str(pattern))
  const source = str(pattern)
    .slice(inline?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\Z', '$')
    .replaceAll('\\A', '^')
  const isInsensitive = ((Number(flags ?? 0) || 0) & ignoreCase) !== 0 || inline?.[1]?.includes('i')
  return new RegExp(
    source,
    `${extra}${isInsensitive ? 'i' : ''}${inline?.[1]?.includes('s') ? 's' : ''}${inline?.[1]?.includes('m') ? 'm' : ''}`,
  )
}
const found = (pattern: RegExp, text: unknown) => {
  const match = pattern.exec(str(text))
  return match ? new PyMatch(match) : null
}
const replacement = (text: unknown) =>
  str(text)
    .replaceAll('$', '$$$$')
    .replace(/\\g?<?(\d+)>?/g, '$$$1')

const regex = {
  IGNORECASE: ignoreCase,
  I: ignoreCase,
  match: (pattern: unknown, text: unknown, flags?: unknown) =>
    found(new RegExp(`^(?:${expression(pattern, flags).source})`, expression(pattern, flags).flags), text),
  fullmatch: (pattern: unknown, text: unknown, flags?: unknown) =>
    found(new RegExp(`^(?:${expression(pattern, flags).source})$`, expression(pattern, flags).flags), text),
  search: (pattern: unknown, text: unknown, flags?: unknown) => found(expression(pattern, flags), text),
  sub: (pattern: unknown, to: unknown, text: unknown) =>
    str(text).replace(expression(pattern, 0, 'g'), replacement(to)),
  split: (pattern: unknown, text: unknown) => str(text).split(expression(pattern, 0)),
  findall: (pattern: unknown, text: unknown, flags?: unknown) =>
    [...str(text).matchAll(expression(pattern, flags, 'g'))].map((match) =>
      match.length > 2 ? PyTuple.fromArray(match.slice(1)) : (match[1] ?? match[0]),
    ),
  escape: (text: unknown) => str(text).replace(/[.*+?^${}()|[\]\\-]/g, '\\$&'),
  compile: (pattern: unknown) => ({
    match: (text: unknown) => regex.match(pattern, text),
    search: (text: unknown) => regex.search(pattern, text),
    sub: (to: unknown, text: unknown) => regex.sub(pattern, to, text),
    findall: (text: unknown) => regex.findall(pattern, text),
  }),
}

const itertools = {
  chain: (...lists: unknown[][]) => lists.flat(),
  product: (...lists: unknown[][]) =>
    lists
      .reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
      .map((row) => PyTuple.fromArray(row)),
  combinations: (list: unknown[], size: number) => combinations(list, size).map((row) => PyTuple.fromArray(row)),
  islice: (list: unknown[], ...bounds: number[]) =>
    bounds.length === 1 ? list.slice(0, bounds[0]) : list.slice(bounds[0], bounds[1]),
}
function combinations(list: readonly unknown[], size: number): unknown[][] {
  if (size === 0) return [[]]
  return list.flatMap((item, i) => combinations(list.slice(i + 1), size - 1).map((rest) => [item, ...rest]))
}

/** `modules.datetime`, `modules.re`, `modules.pytz`, `modules.itertools`. Time zones other than UTC are not there. */
export const pythonModules: Readonly<Record<string, unknown>> = {
  datetime: { datetime: dateTimeClass, date: dateClass, timedelta: timeDelta, timezone: { utc: 'UTC' } },
  re: regex,
  pytz: { utc: 'UTC', UTC: 'UTC', timezone: (name: unknown) => name },
  itertools,
}
