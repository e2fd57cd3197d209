import { repr, runtimeError } from '../jinja/index.js'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const longMonths = 'january|february|march|april|may|june|july|august|september|october|november|december'
const longDays = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'

/** One group each: which of them a text fills is told by their order. */
const fieldPatterns: Readonly<Record<string, string>> = {
  Y: '(\\d{4})',
  y: '(\\d{2})',
  m: '(1[0-2]|0?[1-9])',
  d: '(3[01]|[12]\\d|0?[1-9]| [1-9])',
  H: '(2[0-3]|[01]\\d|\\d)',
  I: '(1[0-2]|0?[1-9])',
  M: '([0-5]\\d|\\d)',
  S: '(6[01]|[0-5]\\d|\\d)',
  f: '(\\d{1,6})',
  j: '(36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  z: '([+-]\\d{2}:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z)',
  p: '(AM|PM)',
  b: `(${months.join('|')})`,
  B: `(${longMonths})`,
  a: '(mon|tue|wed|thu|fri|sat|sun)',
  A: `(${longDays})`,
  Z: '(utc|gmt)',
  w: '([0-6])',
  u: '([1-7])',
}

/** Written as several others. */
const composed: Readonly<Record<string, string>> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

interface Pattern {
  readonly regex: RegExp
  readonly codes: readonly string[]
}

function compile(format: string): Pattern {
  const codes: string[] = []
  const source = format
    .replace(/%([cxX])/g, (_, code: string) => composed[code] as string)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+')
    .replace(/%(\\?.)/gs, (_, code: string) => {
      if (code === '%') return '%'
      const pattern = fieldPatterns[code]
      if (pattern === undefined)
        throw runtimeError(`ValueError: ${repr(code.replace('\\', ''))} is a bad directive in format ${repr(format)}`)
      if (codes.includes(code))
        throw runtimeError(`re.error: redefinition of group name ${repr(code)} as group ${codes.length + 1}`)
      codes.push(code)
      return pattern
    })
  if (/(?<!%)(?:%%)*%$/.test(format)) throw runtimeError(`ValueError: stray % in format ${repr(format)}`)
  return { regex: new RegExp(`^${source}`, 'i'), codes }
}

const compiled = new Map<string, Pattern>()
const mostCompiled = 500

function patternOf(format: string): Pattern {
  let pattern = compiled.get(format)
  if (!pattern) {
    pattern = compile(format)
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(format, pattern)
  }
  return pattern
}

export interface TimeFields {
  /** Year to microsecond. */
  readonly values: readonly number[]
  /** The offset as it is written in the text. */
  readonly zone: string | undefined
}

/** What `strptime` finds in a text. @throws JINJA_RUNTIME where it is not so written */
export function parseFields(text: string, format: string): TimeFields {
  const { regex } = patternOf(format)
  const match = regex.exec(text)
  if (!match) throw runtimeError(`ValueError: time data ${repr(text)} does not match format ${repr(format)}`)
  if (match[0].length < text.length)
    throw runtimeError(`ValueError: unconverted data remains: ${text.slice(match[0].length)}`)
  return fieldsOf(match, format)
}

/** The same without an error: undefined where it is not so written. */
export function findFields(text: string, format: string): TimeFields | undefined {
  const match = patternOf(format).regex.exec(text)
  return match && match[0].length === text.length ? fieldsOf(match, format) : undefined
}

function fieldsOf(match: RegExpExecArray, format: string): TimeFields {
  const { codes } = patternOf(format)
  const field = (code: string): string | undefined => {
    const at = codes.indexOf(code)
    return at < 0 ? undefined : match[at + 1]
  }
  const value = (code: string, fallback: number) => {
    const found = field(code)
    return found === undefined ? fallback : Number(found)
  }
  const hour = field('I') === undefined ? value('H', 0) : (value('I', 0) % 12) + (/pm/i.test(field('p') ?? '') ? 12 : 0)
  const short = value('y', -1)
  const year = short >= 0 ? short + (short < 69 ? 2000 : 1900) : value('Y', 1900)
  const monthName = (field('b') ?? field('B'))?.slice(0, 3).toLowerCase()
  const month = monthName === undefined ? value('m', 1) : months.indexOf(monthName) + 1
  const microsecond = Number((field('f') ?? '').padEnd(6, '0'))
  const ordinal = field('j')
  const [m, d] = ordinal === undefined ? [month, value('d', 1)] : monthAndDay(year, Number(ordinal))
  return { values: [year, m, d, hour, value('M', 0), value('S', 0), microsecond], zone: field('z') }
}

function monthAndDay(year: number, dayOfYear: number): readonly [number, number] {
  const date = new Date(Date.UTC(year, 0, dayOfYear))
  return [date.getUTCMonth() + 1, date.getUTCDate()]
}
