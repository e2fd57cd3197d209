import { Text } from '@mantine/core'
import { useSyncExternalStore } from 'react'

/** Each with its length in seconds, and with how many of it the next one begins. */
const units: readonly [Intl.RelativeTimeFormatUnit, number, number][] = [
  ['second', 1, 60],
  ['minute', 60, 60],
  ['hour', 3_600, 24],
  ['day', 86_400, Number.POSITIVE_INFINITY],
]
const clockEverySeconds = 5
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const short = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })

/** One clock for all relative times of a page, so that they move together and cost one timer. */
const listeners = new Set<() => void>()
let tick = 0
let timer: number | undefined
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  timer ??= window.setInterval(() => {
    tick++
    for (const each of listeners) each()
  }, clockEverySeconds * 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      window.clearInterval(timer)
      timer = undefined
    }
  }
}
/** Renders the caller again every few seconds. */
export const useClock = () => useSyncExternalStore(subscribe, () => tick)

/** In whole units, and seconds in the steps of the clock: nobody reads "59 seconds", "60 seconds", "1 minute". */
export function relativeTime(at: string, isShort = false): string {
  const seconds = (Date.parse(at) - Date.now()) / 1000
  const away = Math.round(Math.abs(seconds) / clockEverySeconds) * clockEverySeconds
  const format = isShort ? short : relative
  for (const [unit, size, most] of units) {
    const number = Math.round(away / size)
    if (number < most) return format.format(Math.sign(seconds) * number || 0, unit)
  }
  return ''
}

/** The reader's own zone at that instant: "UTC", "GMT+2". */
export const zoneName = (at: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
    .formatToParts(new Date(at))
    .find((part) => part.type === 'timeZoneName')?.value ?? ''

/** The instant in full, with its zone: in another one when asked, as cron knows it. */
export const exactTime = (at: string, timeZone?: string) =>
  new Date(at).toLocaleString('en-GB', {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
    ...(timeZone ? { timeZone } : {}),
  })

/** "Tue 05:00", or with the date when it is further away than a week. */
export function clockTime(at: string, timeZone?: string): string {
  const isNear = Math.abs(Date.parse(at) - Date.now()) < 6 * 86_400_000
  return new Date(at).toLocaleString('en-GB', {
    ...(isNear ? { weekday: 'short' } : { day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone ? { timeZone } : {}),
  })
}

/** The day of an instant that is further away than anybody counts in days. */
export function farDay(at: string, days: number): string | undefined {
  if (Math.abs(Date.parse(at) - Date.now()) < days * 86_400_000) return undefined
  return new Date(at).toLocaleDateString('en-GB', { year: 'numeric', month: 'short', day: 'numeric' })
}

/** "5 minutes ago", with the exact instant and zone on hover. */
export function Ago({
  at,
  isShort = false,
  daysUpTo = Number.POSITIVE_INFINITY,
  never = 'never',
}: {
  at: string | undefined
  isShort?: boolean
  /** What is longer ago is shown as a date. */
  daysUpTo?: number
  never?: string
}) {
  useClock()
  if (!at)
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    )
  return (
    <time dateTime={at} title={exactTime(at)} style={{ whiteSpace: 'nowrap' }}>
      {farDay(at, daysUpTo) ?? relativeTime(at, isShort)}
    </time>
  )
}

export function duration(from: string | undefined, to: string | undefined): string {
  // What failed before it began took no time that says anything.
  if (!from || from === to) return ''
  return lasted((to ? Date.parse(to) : Date.now()) - Date.parse(from))
}

/** Milliseconds as a person says them. */
export function lasted(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`
}

export const count = (value: number | undefined) => (value === undefined ? '' : value.toLocaleString('en-US'))
/** 3.01 M: for places where the exact number stands elsewhere or does not matter. */
export const brief = (value: number) =>
  value.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
/** "1 asset", "2 assets". */
export const plural = (number: number, one: string, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} kB`
  return value < 1024 ** 3 ? `${(value / 1024 ** 2).toFixed(1)} MB` : `${(value / 1024 ** 3).toFixed(1)} GB`
}
