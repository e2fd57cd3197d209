/** What a number stands for, as its format says. */
export type NumberKind = 'number' | 'date' | 'timestamp' | 'time'

/** Of the formats that every workbook has, those of days and times; the others are numbers. Formats of lengths of time (46) too. */
const builtIn: Readonly<Record<number, NumberKind>> = {
  ...Object.fromEntries(
    [14, 15, 16, 17, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'date']),
  ),
  ...Object.fromEntries([18, 19, 20, 21, 32, 33, 45, 47, 55, 56].map((id) => [id, 'time'])),
  22: 'timestamp',
}

/** @param code of a format that the workbook brings along */
export function numberKind(id: number, code: string | undefined): NumberKind {
  if (code === undefined) return builtIn[id] ?? 'number'
  const [positive = ''] = code.split(';')
  // Hours that go on beyond a day are a length of time.
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return 'number'
  const bare = positive
    .replace(/"[^"]*"|\\.|[_*]./g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/general|am\/pm|a\/p/gi, '')
  const hasDay = /[yd]/i.test(bare)
  const hasTime = /[hs]/i.test(bare)
  if (hasDay || (!hasTime && /m/i.test(bare))) return hasTime ? 'timestamp' : 'date'
  return hasTime ? 'time' : 'number'
}

const dayMs = 86_400_000
/** Day 0 of workbooks, and of those that were made on a Mac long ago. */
const epochs = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) } as const
export type Epoch = keyof typeof epochs

/** A number of days as ISO 8601 has it; undefined where it is no day that Excel knows. */
export function dayText(days: number, kind: Exclude<NumberKind, 'number'>, epoch: Epoch): string | undefined {
  // Excel counts a 29th of February 1900, which was none: the days before it are one off.
  const corrected = epoch === 1900 && days < 60 && days >= 1 ? days + 1 : days
  const ms = Math.round(corrected * dayMs)
  const date = new Date(epochs[epoch] + ms)
  if (days < 0 || Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return undefined
  const iso = date.toISOString().slice(0, -1)
  const time = iso.slice(11).replace(/\.000$/, '')
  if (kind === 'time' && days < 1) return time
  const hasTime = kind !== 'date' || ms % dayMs !== 0
  return hasTime ? `${iso.slice(0, 10)}T${time}` : iso.slice(0, 10)
}
