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

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the clock of `timezone` is ahead of UTC. */
function offsetMinutes(at: Date, timezone: string): number {
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    formats.set(timezone, format)
  }
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /([+-])(\d+):(\d+)/.exec(name) ?? []
  if (hours === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
