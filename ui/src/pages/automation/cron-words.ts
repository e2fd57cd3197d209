const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/** A cron expression as a sentence; undefined where it says more than a short sentence can. */
export function cronWords(cron: string): string | undefined {
  const fields = (macros[cron.trim()] ?? cron).trim().split(/\s+/)
  const [minute, hour, day, month, weekday] = fields
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) return undefined
  const time = timeWords(minute, hour)
  const date = dateWords(day, month, weekday)
  if (time === undefined || date === undefined) return undefined
  const isOften = time.startsWith('every ')
  if (date === '') return isOften ? time : `every day ${time}`
  return isOften ? `${time}, ${date}` : `${date} ${time}`
}

/** The same of several, of which any is enough. */
export function cronsWords(crons: readonly string[]): string | undefined {
  const words = crons.map(cronWords)
  return words.every((one) => one !== undefined) ? words.join(', and ') : undefined
}

const isNumber = (text: string) => /^\d+$/.test(text)
const pad = (number: string) => number.padStart(2, '0')
const everyNth = (field: string) => /^\*\/(\d+)$/.exec(field)?.[1]
const list = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

function timeWords(minute: string, hour: string): string | undefined {
  const [minutes, hours] = [everyNth(minute), everyNth(hour)]
  if (hour === '*') {
    if (minute === '*') return 'every minute'
    if (minutes) return minutes === '1' ? 'every minute' : `every ${minutes} minutes`
    return isNumber(minute) ? (minute === '0' ? 'every hour' : `every hour at :${pad(minute)}`) : undefined
  }
  if (!isNumber(minute)) return undefined
  if (hours) return `every ${hours} hours${minute === '0' ? '' : ` at :${pad(minute)}`}`
  const range = /^(\d+)-(\d+)$/.exec(hour)
  if (range) return `every hour from ${pad(range[1] ?? '')}:${pad(minute)} to ${pad(range[2] ?? '')}:${pad(minute)}`
  const times = hour.split(',')
  return times.every(isNumber) ? `at ${list(times.map((one) => `${pad(one)}:${pad(minute)}`))}` : undefined
}

/** '' for any day. */
function dateWords(day: string, month: string, weekday: string): string | undefined {
  // Cron takes either of day and weekday when both are given: rarely meant, better shown as it stands.
  if (day !== '*' && weekday !== '*') return undefined
  const inMonth = month === '*' ? '' : monthWords(month)
  if (inMonth === undefined) return undefined
  if (weekday !== '*') {
    const on = weekdayWords(weekday)
    return on === undefined ? undefined : [on, inMonth].filter(Boolean).join(' ')
  }
  if (day === '*') return inMonth === '' ? '' : `every day ${inMonth}`
  if (day === 'L') return `on the last day ${inMonth || 'of the month'}`
  const numbers = day.split(',')
  if (!numbers.every(isNumber)) return undefined
  return `on day ${list(numbers)} ${inMonth || 'of the month'}`
}

const dayNames: Readonly<Record<string, string>> = Object.fromEntries(
  days.flatMap((name, number) => [
    [String(number), name],
    [name.slice(0, 3).toUpperCase(), name],
  ]),
)

function weekdayWords(field: string): string | undefined {
  const range = /^(\w+)-(\w+)$/.exec(field)
  if (range) {
    const [from, to] = [dayNames[range[1]?.toUpperCase() ?? ''], dayNames[range[2]?.toUpperCase() ?? '']]
    return from && to ? `${from} to ${to}` : undefined
  }
  const names = field.split(',').map((one) => dayNames[one.toUpperCase()])
  return names.every((name) => name !== undefined) ? `every ${list(names)}` : undefined
}

function monthWords(field: string): string | undefined {
  const nth = everyNth(field)
  if (nth) return `of every ${nth} months`
  const names = field.split(',').map((one) => months[Number(one) - 1])
  return names.every((name) => name !== undefined) ? `of ${list(names)}` : undefined
}
