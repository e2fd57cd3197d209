import { localTime } from '../../../base/index.js'
import {
  type PartitionsSpec,
  partitionSpace,
  type SimplePartitions,
  type TimePartitions,
} from '../../../orchestrate/index.js'
import type { PartitionDefinition } from './answers.js'
import type { SeenPartitions } from './dagster-project.js'

/** What Dagster's partitions are here. */
export interface UnderstoodPartitions {
  /** Undefined where they have no equal. */
  readonly spec: PartitionsSpec | undefined
  /** What a person has to look at. */
  readonly notes: readonly string[]
}

interface Dimension {
  readonly type: string
  readonly description: string
  readonly name: string | null | undefined
  readonly format: string | null | undefined
  readonly keys: readonly string[]
  readonly begin: SeenPartitions['begin']
}

/**
 * Dagster tells its partitions in words (`Daily, starting 2024-01-01 UTC.`) and by their keys. What the words leave out (when a day
 * begins, when the last one ends) is read from the keys, and what was understood is held against them.
 */
export function understandPartitions(
  definition: PartitionDefinition,
  seen: SeenPartitions | undefined,
  now: Date,
): UnderstoodPartitions {
  const keysOf = (name: string) => seen?.keys.get(name) ?? []
  if (definition.type !== 'MULTIPARTITIONED') {
    const { type, description, name, fmt: format } = definition
    return simple({ type, description, name, format, keys: keysOf('default'), begin: seen?.begin }, now)
  }
  const notes: string[] = []
  const dimensions: Record<string, SimplePartitions> = {}
  for (const { name, type, description, dynamicPartitionsDefinitionName } of definition.dimensionTypes) {
    const one = simple(
      {
        type,
        description,
        name: dynamicPartitionsDefinitionName,
        format: undefined,
        keys: keysOf(name),
        begin: undefined,
      },
      now,
    )
    notes.push(...one.notes.map((note) => `${name}: ${note}`))
    if (!one.spec) return { spec: undefined, notes }
    dimensions[name] = one.spec
  }
  return { spec: { type: 'multi', dimensions }, notes }
}

type Understood = UnderstoodPartitions & { readonly spec: SimplePartitions | undefined }

function simple(dimension: Dimension, now: Date): Understood {
  const { type, name, keys, description } = dimension
  if (type === 'DYNAMIC' && name) {
    const added = keys.length === 0 ? '' : `: millrace partitions add ${name} ${keys.map(shellWord).join(' ')}`
    const note = `its ${keys.length} keys of today are to be added${added}`
    return { spec: { type: 'dynamic', name }, notes: keys.length === 0 ? [] : [note] }
  }
  if (type === 'STATIC') {
    const wrong = keys.find((key) => key === '' || /["|\n]|\.\.\./.test(key))
    if (keys.length > 0 && wrong === undefined) return { spec: { type: 'static', keys }, notes: [] }
    const why = wrong === undefined ? 'Dagster told no keys' : `\`${wrong}\` cannot be a key here`
    return { spec: undefined, notes: [`its partitions (${description}) are left out: ${why}`] }
  }
  if (type === 'TIME_WINDOW') return time(dimension, now)
  return { spec: undefined, notes: [`its partitions (${type}: ${description}) have no equal here and are left out`] }
}

const shellWord = (text: string) => (/^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const dayFormat = '%Y-%m-%d'
const minuteFormat = '%Y-%m-%d-%H:%M'

function time(dimension: Dimension, now: Date): Understood {
  const { description, keys } = dimension
  const words = /^(.+), starting (.+?) (\S+?)\.(?: End offsetted by (-?\d+) partitions?\.)?$/s.exec(description.trim())
  const [, cadence = '', start = '', timezone = 'UTC', offset = '0'] = words ?? []
  const format = dimension.format ?? (/^\d{4}-\d\d-\d\d$/.test(start) ? dayFormat : minuteFormat)
  const startsAt = words && localOf(start, format)
  const left = (why: string): Understood => ({
    spec: undefined,
    notes: [`its partitions (${description}) are left out: ${why}`],
  })
  if (!startsAt) return left(`keys such as ${keys[0] ?? start} are written in a way that is not read here (${format})`)
  const begin = beginOfDay(dimension, timezone, format)
  const first = localOf(keys[0] ?? start, format) ?? startsAt
  const cron = cronOf(cadence, first, begin)
  const notes =
    begin || /%[HMI]/.test(format) || !['Daily', 'Weekly', 'Monthly'].includes(cadence)
      ? []
      : [
          `Dagster does not say at which time of the day its windows begin; 00:00 is assumed (\`hour\` and \`minute\` say otherwise)`,
        ]
  const spec: TimePartitions = { type: 'time', cron, timezone, start: startsAt, format, endOffset: Number(offset) }
  try {
    return held(spec, keys, begin, now, notes)
  } catch (thrown) {
    return left((thrown as Error).message)
  }
}

/** Held against the keys that Dagster has: an end is found so, and windows that it leaves out. */
function held(
  spec: TimePartitions,
  keys: readonly string[],
  begin: string | undefined,
  now: Date,
  notes: readonly string[],
): Understood {
  if (keys.length === 0) return { spec, notes }
  const space = partitionSpace(spec, { now, dynamicKeys: new Map() })
  const last = space.indexOf(keys.at(-1) as string)
  // The clocks of two machines may lie a window apart.
  const isOver = last !== undefined && last < space.size - 2
  const endKey = isOver ? space.keyAt(last + 1) : undefined
  const end = endKey === undefined ? undefined : localOf(endKey, spec.format)
  const whole: TimePartitions =
    end === undefined ? spec : { ...spec, end: begin ? `${end.slice(0, 10)}T${begin}` : end }
  const there = new Set(keys)
  const count = isOver ? (last ?? 0) + 1 : space.size
  const missing = Array.from({ length: count }, (_, i) => space.keyAt(i)).filter((key) => !there.has(key))
  const foreign = keys.filter((key) => space.indexOf(key) === undefined)
  // The latest one may have come, or may not have ended, on the other machine.
  const differ = [...(missing.length > 1 ? missing : []), ...(foreign.length > 1 ? foreign : [])]
  if (differ.length === 0) return { spec: whole, notes }
  return {
    spec: whole,
    notes: [
      ...notes,
      `its windows are not quite those of Dagster (${differ.slice(0, 3).join(', ')}${differ.length > 3 ? ', …' : ''}): exclusions have no equal here`,
    ],
  }
}

/** `20:30`, where something that was made shows it. */
function beginOfDay({ begin }: Dimension, timezone: string, format: string): string | undefined {
  if (!begin || /%[HMI]/.test(format)) return undefined
  return localTime(begin.at, timezone).slice(11, 16)
}

/** Dagster names what is regular, and writes the expression of everything else. */
function cronOf(cadence: string, first: string, begin: string | undefined): string {
  const [hour = 0, minute = 0] = (begin ?? first.slice(11, 16)).split(':').map(Number)
  const [year = 0, month = 1, day = 1] = first.slice(0, 10).split('-').map(Number)
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  switch (cadence) {
    case 'Hourly':
      return `${minute} * * * *`
    case 'Daily':
      return `${minute} ${hour} * * *`
    case 'Weekly':
      return `${minute} ${hour} * * ${weekday}`
    case 'Monthly':
      return `${minute} ${hour} ${day} * *`
    default:
      return cadence
  }
}

const digits: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  m: '\\d{2}',
  d: '\\d{2}',
  H: '\\d{2}',
  M: '\\d{2}',
  S: '\\d{2}',
}

/** `2024-01-01T05:00` of a key; undefined where its format is not made of plain numbers. */
function localOf(text: string, format: string): string | undefined {
  const letters: string[] = []
  const parts = format.split(/(%.)/).map((part) => {
    const [, letter] = /^%(.)$/.exec(part) ?? []
    if (letter === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    letters.push(letter)
    return `(${digits[letter] ?? '$^'})`
  })
  const found = new RegExp(`^${parts.join('')}`).exec(text)
  if (!found) return undefined
  const value = (letter: string, other: string) => found[letters.indexOf(letter) + 1] ?? other
  const at = (letter: string, other: string) => (letters.includes(letter) ? value(letter, other) : other)
  if (!letters.includes('Y')) return undefined
  return `${at('Y', '')}-${at('m', '01')}-${at('d', '01')}T${at('H', '00')}:${at('M', '00')}`
}
