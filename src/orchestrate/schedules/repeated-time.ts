import { offsetMinutes } from './zone-offset.js'

const minuteMs = 60_000
/** Clocks are set back by an hour at most places, by half an hour on Lord Howe Island, never by more than this. */
const lookAheadMs = 3 * 60 * minuteMs

/** When the clock of `timezone` shows the time of `at` once more, because it is set back in between. */
export function secondOccurrence(at: Date, timezone: string): Date | undefined {
  const offset = offsetMinutes(at, timezone)
  const later = offsetMinutes(new Date(at.getTime() + lookAheadMs), timezone)
  if (later >= offset) return undefined
  const again = new Date(at.getTime() + (offset - later) * minuteMs)
  return offsetMinutes(again, timezone) === later ? again : undefined
}
