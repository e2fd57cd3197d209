import { Text } from '@mantine/core'

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const short = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })

/** "5 minutes ago", with the exact instant and zone on hover. */
export function Ago({ at, isShort = false }: { at: string | undefined; isShort?: boolean }) {
  if (!at)
    return (
      <Text span c="dimmed">
        never
      </Text>
    )
  const seconds = (Date.parse(at) - Date.now()) / 1000
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return (
    <time dateTime={at} title={new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })}>
      {(isShort ? short : relative).format(Math.round(seconds / size), unit)}
    </time>
  )
}

export function duration(from: string | undefined, to: string | undefined): string {
  if (!from) return ''
  const ms = (to ? Date.parse(to) : Date.now()) - Date.parse(from)
  if (ms < 1000) return `${Math.max(0, ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

export const count = (value: number | undefined) => (value === undefined ? '' : value.toLocaleString('en-US'))
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} kB`
  return value < 1024 ** 3 ? `${(value / 1024 ** 2).toFixed(1)} MB` : `${(value / 1024 ** 3).toFixed(1)} GB`
}
