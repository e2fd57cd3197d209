import { runtimeError, typeError, typeName, Undefined } from '../../../jinja/index.js'
import { type PyDateTime, timeOf, utc } from '../../../python/index.js'

const msPerDay = 86_400_000

const invalid = (text: string, why: string) => runtimeError(`ValueError: '${text}' is no ISO 8601 time: ${why}`)

/** What Python's `int` takes for a number within such a text. */
function digits(text: string, whole: string): number {
  if (!/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text)) throw invalid(whole, `\`${text}\` is no number`)
  return Number(text.replaceAll('_', ''))
}

/**
 * A time as the `isoparse` of dateutil reads it, which knows more forms than others (`2024`, `2024-W05`, `20240131T12`), and takes any
 * sign between date and time. Naive where no zone is written.
 * @throws JINJA_TYPE for what is no text, JINJA_RUNTIME for a text in no such form
 */
export function isoParse(value: unknown): PyDateTime {
  if (value instanceof Undefined) value.fail()
  if (typeof value !== 'string') throw typeError(`object of type '${typeName(value)}' is no text of a time`)
  const [date, length] = datePart(value)
  const rest = value.slice(length)
  const { parts, offset } = rest === '' ? { parts: [0, 0, 0, 0], offset: null } : timePart(rest.slice(1), value)
  const [hour = 0, ...others] = parts
  if (hour !== 24) return timeOf([...date, hour, ...others], offset)
  if (others.some((part) => part !== 0)) throw invalid(value, 'the hour 24 is midnight only')
  const time = timeOf([...date, 0, ...others], offset)
  return time.with({ wallMs: time.wallMs + msPerDay })
}

/** Year, month and day, and how many characters they take. */
function datePart(text: string): readonly [readonly number[], number] {
  const common = /^(\d{4})(?:$|-(\d{2})(?:$|-(\d{2}))|(\d{2})(\d{2}))/.exec(text)
  if (common) {
    const [whole, year, month, day, plainMonth, plainDay] = common
    return [[Number(year), Number(month ?? plainMonth ?? 1), Number(day ?? plainDay ?? 1)], whole.length]
  }
  const week = /^(\d{4})(-?)W(\d{2})(?:$|(\2)(\d))/.exec(text)
  if (week) {
    const [whole, year, , number, , day = '1'] = week
    return [weekDate(Number(year), Number(number), Number(day), text), whole.length]
  }
  const ordinal = /^(\d{4})-?(\d{3})/.exec(text)
  if (!ordinal) throw invalid(text, 'it has no date')
  const [whole, year, day] = ordinal
  const date = new Date(Date.UTC(Number(year), 0, Number(day)))
  if (Number(day) < 1 || date.getUTCFullYear() !== Number(year)) throw invalid(text, `the year has no day ${day}`)
  return [calendar(date), whole.length]
}

const calendar = (date: Date) => [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]

/** The first week holds the fourth of January. */
function weekDate(year: number, week: number, day: number, text: string): readonly number[] {
  if (week < 1 || week > 53 || day < 1 || day > 7) throw invalid(text, 'there is no such week or day')
  const fourth = new Date(Date.UTC(year, 0, 4))
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * msPerDay
  return calendar(new Date(monday + ((week - 1) * 7 + day - 1) * msPerDay))
}

function timePart(text: string, whole: string): { readonly parts: readonly number[]; readonly offset: number | null } {
  if (text.length < 2) throw invalid(whole, 'the time is too short')
  const parts = [0, 0, 0, 0]
  let at = 0
  let hasColons = false
  for (let part = 0; at < text.length && part < 5; part++) {
    if (/[-+Zz]/.test(text[at] as string)) return { parts, offset: zoneOffset(text.slice(at), whole) }
    if (part === 1 && text[at] === ':') {
      hasColons = true
      at++
    } else if (part === 2 && hasColons) {
      if (text[at] !== ':') throw invalid(whole, 'a colon is missing')
      at++
    }
    if (part < 3) {
      parts[part] = digits(text.slice(at, at + 2), whole)
      at += 2
    } else if (part === 3) {
      const [fraction, all = ''] = /^[.,](\d+)/.exec(text.slice(at)) ?? []
      if (fraction === undefined) continue
      parts[3] = Number(all.slice(0, 6).padEnd(6, '0'))
      at += fraction.length
    }
  }
  if (at < text.length) throw invalid(whole, `nothing is known of \`${text.slice(at)}\``)
  return { parts, offset: null }
}

function zoneOffset(text: string, whole: string): number {
  if (text === 'Z' || text === 'z') return 0
  if (![3, 5, 6].includes(text.length) || !/^[+-]/.test(text)) throw invalid(whole, `\`${text}\` is no offset`)
  const hours = digits(text.slice(1, 3), whole)
  const minutes = text.length === 3 ? 0 : digits(text.slice(text[3] === ':' ? 4 : 3), whole)
  if (hours > 23 || minutes > 59) throw invalid(whole, `\`${text}\` is no offset`)
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** The CDK's `str_to_datetime`: the same in UTC, which is also the zone of what names none. */
export function utcFromIso(value: unknown): PyDateTime {
  const time = isoParse(value)
  return (time.offset === null ? time.with({ offset: 0, zone: utc }) : time).inZone(utc)
}
