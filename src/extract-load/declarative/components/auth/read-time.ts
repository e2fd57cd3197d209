/** A moment, with how Python would write it. */
export interface ReadTime {
  readonly ms: number
  readonly text: string
}

const iso =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?\s*(Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?)?$/i
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/

/** Seconds since 1970, or a time as APIs write it; one without a zone is in UTC. @returns undefined where it is none */
export function readTime(value: unknown): ReadTime | undefined {
  const text = String(value).trim()
  if (/^\d{1,10}$/.test(text)) return timeAt(Number(text) * 1000, 0, '')
  const found = iso.exec(text)
  if (found) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found
    const offset = offsetMinutes(zone)
    const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
    const isDate = Number(month) >= 1 && Number(month) <= 12 && new Date(wallMs).getUTCDate() === Number(day)
    return isDate ? timeAt(wallMs - offset * 60_000, offset, fraction) : undefined
  }
  const slashed = american.exec(text)
  if (!slashed) return undefined
  const [, month, day, year, hour = '0', minute = '0', second = '0'] = slashed
  return timeAt(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
    0,
    '',
  )
}

/** The moment of a clock. */
export const timeOfClock = (date: Date): ReadTime =>
  timeAt(Math.floor(date.getTime() / 1000) * 1000, 0, String(date.getTime() % 1000).padStart(3, '0'))

/** @param ms whole seconds @param fraction of a second, in decimal digits */
function timeAt(ms: number, offset: number, fraction: string): ReadTime {
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const wall = new Date(ms + offset * 60_000).toISOString().slice(0, 19)
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((one) =>
    String(one).padStart(2, '0'),
  )
  return {
    ms: ms + Math.floor(Number(micros) / 1000),
    text: `${wall}${Number(micros) > 0 ? `.${micros}` : ''}${offset < 0 ? '-' : '+'}${hours}:${minutes}`,
  }
}

function offsetMinutes(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d{2}):?(\d{2})?$/.exec(zone) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes || 0))
}
