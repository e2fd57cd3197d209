const formats = new Map<string, Intl.DateTimeFormat>()

/** What clocks show: `2024-01-31 23:00:00.000`. */
export function localTime(at: Date, timezone: string): string {
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timezone, format)
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  const day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
  const milliseconds = String(at.getUTCMilliseconds()).padStart(3, '0')
  return `${day} ${part('hour')}:${part('minute')}:${part('second')}.${milliseconds}`
}
