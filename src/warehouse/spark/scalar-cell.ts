import type { Cell, ColumnKind } from '../contract.js'

/** A value that is no list or struct, from the text that Spark prints. */
export function scalarCell(text: string, kind: ColumnKind, zone: string): Cell {
  switch (kind) {
    case 'boolean':
      return text === 'true'
    case 'integer': {
      const number = Number(text)
      return Number.isSafeInteger(number) ? number : BigInt(text)
    }
    case 'float':
      return Number(text)
    case 'timestamp':
      return text.replace(' ', 'T')
    case 'timestamptz':
      return inUtc(text, zone)
    default:
      return text
  }
}

const isUtc = (zone: string) => /^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu|Universal|Z)$/i.test(zone)

/** Spark prints an instant as clocks of the session's zone show it, without the zone. The hour that a clock shows twice is taken as the first. */
function inUtc(text: string, zone: string): string {
  if (isUtc(zone)) return `${text.replace(' ', 'T')}Z`
  const [, year = '', rest = '', fraction = ''] = /^([+-]?\d{4,6})(-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?$/.exec(text) ?? []
  const wallMs = Date.parse(`${year}${rest.replace(' ', 'T')}Z`)
  if (year === '' || Number.isNaN(wallMs)) return text.replace(' ', 'T')
  // The offset at the instant itself; near a change of clocks the first guess may be off by it.
  let instantMs = wallMs
  for (let i = 0; i < 3; i++) {
    const next = wallMs - offsetMs(instantMs, zone)
    if (next === instantMs) break
    instantMs = next
  }
  return new Date(instantMs).toISOString().replace(/\.000Z$/, `${fraction}Z`)
}

const formats = new Map<string, Intl.DateTimeFormat | number>()

/** How far clocks of a zone are before UTC. */
function offsetMs(instantMs: number, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = fixedOffsetMs(zone) ?? zoneFormat(zone)
    formats.set(zone, format)
  }
  if (typeof format === 'number') return format
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const wallMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wallMs - Math.floor(instantMs / 1000) * 1000
}

const zoneFormat = (zone: string): Intl.DateTimeFormat | number => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    return 0
  }
}

/** `+02:00`, `GMT-3` */
function fixedOffsetMs(zone: string): number | undefined {
  const [, sign, hours, minutes = '0'] = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::(\d\d))?$/.exec(zone) ?? []
  if (hours === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
