import { isDeepStrictEqual } from 'node:util'
import type { PartitionsSpec, TimePartitions } from '../contract/index.js'
import { localTime } from './time-format.js'

/** Whether a key means the same partition of both: windows may begin or end with others, and there may be more of them. */
export function isAlike(a: PartitionsSpec | undefined, b: PartitionsSpec | undefined): boolean {
  if (a?.type !== 'time' || b?.type !== 'time') return isDeepStrictEqual(a, b)
  return a.cron === b.cron && a.timezone === b.timezone && a.format === b.format
}

/** The same of all that are cut alike. */
export const alikeName = (spec: PartitionsSpec): string =>
  JSON.stringify(spec.type === 'time' ? [spec.cron, spec.timezone, spec.format] : spec)

/** The partitions that assets which are cut alike have in common. */
export function commonPartitions(specs: readonly PartitionsSpec[]): PartitionsSpec | undefined {
  const [first, ...others] = specs
  return first && others.reduce(common, first)
}

function common(a: PartitionsSpec, b: PartitionsSpec): PartitionsSpec {
  if (a.type !== 'time' || b.type !== 'time' || isDeepStrictEqual(a, b)) return a
  const start = at(a.start) >= at(b.start) ? a.start : b.start
  const ends = [a.end, b.end].filter((end) => end !== undefined).sort((x, y) => at(x) - at(y))
  const { end: _, ...rest } = a
  const endOffset = Math.min(a.endOffset, b.endOffset)
  return { ...rest, start, ...(ends[0] === undefined ? {} : { end: ends[0] }), endOffset } satisfies TimePartitions
}

const at = (time: string) => localTime(time, 'The time')
