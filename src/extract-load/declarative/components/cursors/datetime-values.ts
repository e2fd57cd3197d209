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
  return {
    parse: (value) => {
      for (const format of formats) {
        const found = tryParseDatetime(value, format)
        if (found) return found
      }
      return undefined
    },
    format: (value) => formatDatetime(value, given.format),
    compare: compareInstants,
    next: (value) => addDuration(value, gap),
    zero: timeOf([1], 0),
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
