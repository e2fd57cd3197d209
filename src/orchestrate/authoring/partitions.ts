import type {
  DynamicPartitions,
  MultiPartitions,
  PartitionMapping,
  PartitionsSpec,
  SimpleMapping,
  SimplePartitions,
  StaticPartitions,
  TimePartitions,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { timeWindows } from '../partitions/partition-space.js'

export interface TimePartitionOptions {
  /** Local time of the zone, `2024-01-01` or `2024-01-01T05:00`: no window begins before. */
  readonly start: string
  /** No window ends after. */
  readonly end?: string
  /** UTC when left out. */
  readonly timezone?: string
  /** Of keys, in the letters of strftime: `%Y-%m-%d`. */
  readonly format?: string
  /** So many windows more than have ended; negative: fewer. */
  readonly endOffset?: number
}

/** When in its hour, day, week or month a window begins. */
export interface WindowOffsets {
  readonly minute?: number
  readonly hour?: number
  /** From 0, a Sunday. */
  readonly weekday?: number
  /** Of the month, from 1. */
  readonly day?: number
}

const dayFormat = '%Y-%m-%d'
const timeFormat = '%Y-%m-%d-%H:%M'

type MappingOf<T extends PartitionMapping['type']> = Extract<PartitionMapping, { readonly type: T }>

type Offsets<K extends keyof WindowOffsets> = Pick<WindowOffsets, K>

/** How an asset is cut into parts that are made, and known, on their own. */
export const partitions = {
  hourly: (options: TimePartitionOptions & Offsets<'minute'>): TimePartitions =>
    time(`${options.minute ?? 0} * * * *`, options, timeFormat),
  daily: (options: TimePartitionOptions & Offsets<'minute' | 'hour'>): TimePartitions =>
    time(`${options.minute ?? 0} ${options.hour ?? 0} * * *`, options, dayFormat),
  weekly: (options: TimePartitionOptions & Offsets<'minute' | 'hour' | 'weekday'>): TimePartitions =>
    time(`${options.minute ?? 0} ${options.hour ?? 0} * * ${options.weekday ?? 0}`, options, dayFormat),
  monthly: (options: TimePartitionOptions & Offsets<'minute' | 'hour' | 'day'>): TimePartitions =>
    time(`${options.minute ?? 0} ${options.hour ?? 0} ${options.day ?? 1} * *`, options, dayFormat),
  /** A window from each instant of a cron expression to the next. */
  cron: (cron: string, options: TimePartitionOptions): TimePartitions => time(cron, options, timeFormat),
  static: (keys: readonly string[]): StaticPartitions => {
    for (const [i, key] of keys.entries()) {
      requireKey(key)
      if (keys.indexOf(key) !== i) throw invalid(`The partition \`${key}\` stands there twice.`, 'Keep one of them.')
    }
    return { type: 'static', keys: [...keys] }
  },
  /** Keys that come and go while the project runs: by `millrace partitions add`, or the API. */
  dynamic: (name: string): DynamicPartitions => ({ type: 'dynamic', name }),
  /** One partition for each combination of the keys of several dimensions. */
  multi: (dimensions: Readonly<Record<string, SimplePartitions>>): MultiPartitions => {
    if (Object.keys(dimensions).length < 2)
      throw invalid(
        'Partitions of several dimensions need two at least.',
        'Use the partitions of the one by themselves.',
      )
    return { type: 'multi', dimensions }
  },
} as const

/** Which partitions of what an asset reads each of its own reads; without one, those of the same key or time. */
export const mapping = {
  identity: () => ({ type: 'identity' }) as const,
  all: () => ({ type: 'all' }) as const,
  last: () => ({ type: 'last' }) as const,
  specific: (keys: readonly string[]): MappingOf<'specific'> => ({ type: 'specific', keys: [...keys] }),
  /** By the key that is read: the keys that read it. */
  static: (downstreamByUpstream: Readonly<Record<string, readonly string[]>>): MappingOf<'static'> => ({
    type: 'static',
    downstreamByUpstream,
  }),
  /** Windows of time from one offset to the other, counted in windows of the asset that reads: `{ startOffset: -1 }` is the one before, too. */
  timeWindow: ({
    startOffset = 0,
    endOffset = 0,
  }: {
    startOffset?: number
    endOffset?: number
  } = {}): MappingOf<'timeWindow'> => {
    if (startOffset > endOffset)
      throw invalid(`The windows from ${startOffset} to ${endOffset} are none.`, 'startOffset comes before endOffset.')
    return { type: 'timeWindow', startOffset, endOffset }
  },
  /** By the dimension that is read: the dimension that reads it, and how. */
  multi: (
    dimensions: Readonly<Record<string, { readonly dimension: string; readonly mapping?: SimpleMapping }>>,
  ): MappingOf<'multi'> => ({ type: 'multi', dimensions }),
} as const

function time(cron: string, options: TimePartitionOptions, usualFormat: string): TimePartitions {
  const { start, end, timezone = 'UTC', format = usualFormat, endOffset = 0 } = options
  const spec: TimePartitions = {
    type: 'time',
    cron,
    timezone,
    start,
    ...(end === undefined ? {} : { end }),
    format,
    endOffset,
  }
  // What is wrong with it is told where it is written.
  timeWindows(spec).countAt(0)
  return spec
}

/** @throws PARTITIONS_INVALID for what a choice of partitions could not name */
export function requireKey(key: unknown): void {
  if (typeof key === 'string' && key !== '' && !/["|\n]|\.\.\./.test(key)) return
  throw invalid(
    `${JSON.stringify(key) ?? 'undefined'} cannot be the key of a partition.`,
    'A key is a text on one line that is not empty, without double quotes, | and three dots.',
  )
}

/**
 * For keys that people and programs add: what could be taken for something else in a choice of partitions is no key.
 * @throws PARTITIONS_INVALID
 */
export function requireNewKey(key: unknown): void {
  requireKey(key)
  const text = key as string
  if (text === text.trim() && text !== '*' && !/[\r\u2028\u2029]/.test(text)) return
  throw invalid(
    `${JSON.stringify(text)} cannot be the key of a partition: ${text === '*' ? 'it stands for all of them' : 'it begins or ends with a blank, or is of several lines'}.`,
    'Leave the blanks around it out; a key is a text on one line, and not `*`.',
  )
}

/** @throws PARTITIONS_INVALID */
export function requirePartitions(asset: string, spec: PartitionsSpec | undefined): void {
  if (spec === undefined || ['time', 'static', 'dynamic', 'multi'].includes(spec?.type)) return
  throw invalid(`The partitions of ${asset} are none.`, 'Give it what partitions.daily(…) and its like answer.')
}

const invalid = (message: string, hint: string) => orchestrateErrors.create('PARTITIONS_INVALID', { message, hint })
