import type { PartitionsSpec, SimplePartitions, TimePartitions } from '../../../orchestrate/index.js'
import { type Code, code, type SourceValue, sourceOf } from '../typescript/source-text.js'

/** What a constant for them is called, if nothing better is known. */
export function partitionsName(spec: PartitionsSpec): string {
  if (spec.type === 'time') return cadence(spec)?.name ?? 'windows'
  if (spec.type === 'dynamic') return `${spec.name} partitions`
  return spec.type === 'static' ? 'keys' : 'combinations'
}

/** As definitions.ts says it: `partitions.daily({ start: '2024-01-01' })`. @param nameOf the constant that holds a dimension already */
export function partitionsCode(spec: PartitionsSpec, nameOf: (one: SimplePartitions) => string | undefined): Code {
  if (spec.type !== 'multi') return simpleCode(spec)
  const part = (one: SimplePartitions) => {
    const name = nameOf(one)
    return name === undefined ? simpleCode(one) : code(name)
  }
  const dimensions = Object.fromEntries(Object.entries(spec.dimensions).map(([name, one]) => [name, part(one)]))
  return code(`partitions.multi(${sourceOf(dimensions, 30)})`)
}

function simpleCode(spec: SimplePartitions): Code {
  if (spec.type === 'static') return code(`partitions.static(${sourceOf([...spec.keys], 30)})`)
  if (spec.type === 'dynamic') return code(`partitions.dynamic(${sourceOf(spec.name)})`)
  const { name, offsets, format } = cadence(spec) ?? { name: 'cron', offsets: {}, format: '%Y-%m-%d-%H:%M' }
  const options: SourceValue = {
    start: spec.start.replace(/T00:00$/, ''),
    end: spec.end?.replace(/T00:00$/, ''),
    timezone: spec.timezone === 'UTC' ? undefined : spec.timezone,
    ...offsets,
    format: spec.format === format ? undefined : spec.format,
    endOffset: spec.endOffset === 0 ? undefined : spec.endOffset,
  }
  const cron = name === 'cron' ? `${sourceOf(spec.cron)}, ` : ''
  return code(`partitions.${name}(${cron}${sourceOf(options, 40)})`)
}

interface Cadence {
  readonly name: 'hourly' | 'daily' | 'weekly' | 'monthly'
  readonly offsets: Readonly<Record<string, number | undefined>>
  /** Of its keys where nothing is said. */
  readonly format: string
}

/** What has a name of its own. */
function cadence({ cron }: TimePartitions): Cadence | undefined {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = cron.split(' ')
  const isNumber = (text: string) => /^\d+$/.test(text)
  if (!isNumber(minute) || month !== '*' || more.length > 0) return undefined
  const unlessZero = (text: string) => (Number(text) === 0 ? undefined : Number(text))
  const offsets = { minute: unlessZero(minute) }
  if (hour === '*' && day === '*' && weekday === '*') return { name: 'hourly', offsets, format: '%Y-%m-%d-%H:%M' }
  if (!isNumber(hour)) return undefined
  const ofDay = { ...offsets, hour: unlessZero(hour) }
  const format = '%Y-%m-%d'
  if (day === '*' && weekday === '*') return { name: 'daily', offsets: ofDay, format }
  if (day === '*' && isNumber(weekday))
    return { name: 'weekly', offsets: { ...ofDay, weekday: unlessZero(weekday) }, format }
  if (isNumber(day) && weekday === '*')
    return { name: 'monthly', offsets: { ...ofDay, day: day === '1' ? undefined : Number(day) }, format }
  return undefined
}
