const words = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)/i

/**
 * Whether a text may be a date, in one of the many ways that dbt understands: what has neither a digit nor the name of a month
 * or a day is none, and neither is a day that no calendar has.
 */
export function isDateText(text: string): boolean {
  const [, year, month, day] = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text) ?? []
  if (year === undefined) return /\d/.test(text) || words.test(text)
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** A date as the manifest shows it, `2030-01-31T00:00:00+00:00`; what is written in another way stays as it is. */
export function shownDate(text: string): string {
  const [, day, time = '00:00', seconds = ':00', zone = ''] =
    /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?\s*(Z|[-+]\d\d:\d\d)?)?\s*$/.exec(text) ?? []
  return day === undefined ? text : `${day}T${time}${seconds}${zone === '' || zone === 'Z' ? '+00:00' : zone}`
}
