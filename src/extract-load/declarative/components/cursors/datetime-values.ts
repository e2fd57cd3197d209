import { type PyDateTime, PyTimeDelta, timeOf } from '../../../../python/index.js'
import { addDuration, type Duration, formatDatetime, tryParseDatetime } from '../../datetime/index.js'
import type { CursorValues } from '../../state/cursor-values.js'

const oneMillisecond = new PyTimeDelta(1)

/** Values of a datetime cursor: they are read in any of its formats, and written in one. */
export function datetimeValues(given: {
  readonly format: string
  readonly inputFormats: readonly string[]
  readonly granularity: Duration | undefined
}): CursorValues<PyDateTime> {
  const formats = [...given.inputFormats, given.format]
  const gap = given.granularity ?? oneMillisecond
  const parse = (value: unknown): PyDateTime | undefined => {
    for (const format of formats) {
      const found = tryParseDatetime(value, format)
      if (found) return found
    }
    return undefined
  }
  return {
    parse: remembered(parse),
    format: (value) => formatDatetime(value, given.format),
    compare: compareInstants,
    next: (value) => addDuration(value, gap),
    misfit: (value) =>
      `is in none of the formats ${[...new Set(formats)].map((format) => `\`${format}\``).join(', ')} of the cursor${longFraction(value)}`,
    zero: timeOf([1], 0),
  }
}

/** Python's `%f` is microseconds. */
export const longFraction = (value: unknown): string =>
  typeof value === 'string' && /\.\d{7}/.test(value)
    ? ': `%f` reads six digits of a second at most; more have to stand in the format (`%f000`) or be cut off by a transformation'
    : ''

/** More than the records of a page: the cursor reads each of them more than once. */
const mostRemembered = 4096

/** Reading a time costs more than all else that a cursor does with a record. */
function remembered(parse: (value: unknown) => PyDateTime | undefined): (value: unknown) => PyDateTime | undefined {
  const known = new Map<string, PyDateTime | undefined>()
  return (value) => {
    if (typeof value !== 'string') return parse(value)
    const kept = known.get(value)
    if (kept !== undefined || known.has(value)) return kept
    const found = parse(value)
    if (known.size >= mostRemembered) known.clear()
    known.set(value, found)
    return found
  }
}

export const compareInstants = (a: PyDateTime, b: PyDateTime): number =>
  a.instantMs - b.instantMs || a.micros - b.micros

/** @returns undefined beyond the year 9999, where Python's datetime ends */
export function plusWithinYears(value: PyDateTime, duration: Duration): PyDateTime | undefined {
  try {
    return addDuration(value, duration)
  } catch {
    return undefined
  }
}

export const isEmptyDuration = (duration: Duration): boolean => duration instanceof PyTimeDelta && duration.ms === 0
