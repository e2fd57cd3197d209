import { repr, runtimeError } from '../jinja/index.js'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const longMonths = 'january|february|march|april|may|june|july|august|september|october|november|december'
const longDays = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'

const fieldPatterns: Readonly<Record<string, string>> = {
  Y: '(\\d{4})',
  y: '(\\d{2})',
  m: '(1[0-2]|0?[1-9])',
  d: '(3[01]|[12]\\d|0?[1-9]| [1-9])',
  H: '(2[0-3]|[01]?\\d)',
  I: '(1[0-2]|0?[1-9])',
  M: '([0-5]?\\d)',
  S: '(6[01]|[0-5]?\\d)',
  f: '(\\d{1,6})',
  j: '(\\d{1,3})',
  z: '(Z|[+-]\\d{2}:?\\d{2})',
  p: '(AM|PM)',
  b: `(${months.join('|')})`,
  B: `(${longMonths})`,
  a: '(mon|tue|wed|thu|fri|sat|sun)',
  A: `(${longDays})`,
  Z: '(utc|gmt)',
}

/** What `strptime` finds in a text: year to microsecond, and the offset as it is written there. */
export function parseFields(
  text: string,
  format: string,
): { readonly values: readonly number[]; readonly zone: string | undefined } {
  const codes: string[] = []
  const source = format
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+')
    .replace(/%(.)/g, (_, code: string) => {
      if (fieldPatterns[code] !== undefined) codes.push(code)
      return fieldPatterns[code] ?? code
    })
  const match = new RegExp(`^${source}`, 'i').exec(text)
  if (!match) throw runtimeError(`ValueError: time data ${repr(text)} does not match format ${repr(format)}`)
  if (match[0].length < text.length)
    throw runtimeError(`ValueError: unconverted data remains: ${text.slice(match[0].length)}`)
  const fields = new Map(codes.map((code, i) => [code, match[i + 1] as string]))
  const value = (code: string, fallback: number) => Number(fields.get(code) ?? fallback)
  const isAfternoon = /pm/i.test(fields.get('p') ?? '')
  const hour = fields.has('I') ? (value('I', 0) % 12) + (isAfternoon ? 12 : 0) : value('H', 0)
  const short = value('y', 0)
  const year = fields.has('y') ? short + (short < 69 ? 2000 : 1900) : value('Y', 1900)
  const monthName = (fields.get('b') ?? fields.get('B'))?.slice(0, 3).toLowerCase()
  const month = monthName === undefined ? value('m', 1) : months.indexOf(monthName) + 1
  const microsecond = Number((fields.get('f') ?? '').padEnd(6, '0'))
  const dayOfYear = fields.get('j')
  const [m, d] = dayOfYear === undefined ? [month, value('d', 1)] : monthAndDay(year, Number(dayOfYear))
  return { values: [year, m, d, hour, value('M', 0), value('S', 0), microsecond], zone: fields.get('z') }
}

function monthAndDay(year: number, dayOfYear: number): readonly [number, number] {
  const date = new Date(Date.UTC(year, 0, dayOfYear))
  return [date.getUTCMonth() + 1, date.getUTCDate()]
}
