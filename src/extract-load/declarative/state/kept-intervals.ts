import { isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import { failure } from '../failure.js'
import type { CursorValues } from './cursor-values.js'
import { type Interval, mergedIntervals } from './intervals.js'

/** A kept state as a cursor works with it. */
export interface KeptIntervals<V> {
  /** From where records are new. */
  readonly start: V
  readonly intervals: readonly Interval<V>[]
  /** What else the state says; it is kept. */
  readonly rest: Mapping
}

/**
 * Reads both shapes that the CDK knows: `{<cursor field>: <value>}`, and `{state_type, slices: [{start, end}]}`.
 * @param start of the stream's definition; undefined where it has none
 */
export function keptIntervals<V>(
  values: CursorValues<V>,
  field: string,
  state: Mapping,
  start: V | undefined,
): KeptIntervals<V> {
  if (isConcurrent(state)) return fromSlices(values, state, start)
  const from = start ?? values.zero
  const kept = field in state ? readKeptValue(values, state[field], field) : undefined
  const reached = kept !== undefined && values.compare(kept, from) >= 0 ? kept : from
  return { start: reached, intervals: [{ start: from, end: reached, mostRecent: reached }], rest: state }
}

function fromSlices<V>(values: CursorValues<V>, state: Mapping, start: V | undefined): KeptIntervals<V> {
  const slices = (Array.isArray(state.slices) ? state.slices : []).filter(isMapping)
  const intervals = slices.map((slice) => ({
    start: readKeptValue(values, slice.start, 'start'),
    end: readKeptValue(values, slice.end, 'end'),
    mostRecent: hasRecent(slice)
      ? readKeptValue(values, slice.most_recent_cursor_value, 'most_recent_cursor_value')
      : undefined,
  }))
  const [first] = intervals
  return {
    start: first?.mostRecent ?? first?.end ?? start ?? values.zero,
    intervals,
    rest: isMapping(state.legacy) ? state.legacy : {},
  }
}

/** The shape in which it is kept: the latest value before which nothing is missing. */
export function stateOf<V>(
  values: CursorValues<V>,
  field: string,
  { intervals, rest }: Pick<KeptIntervals<V>, 'intervals' | 'rest'>,
): Mapping {
  const [first] = mergedIntervals(values, intervals)
  if (!first) throw noIntervals()
  return { ...rest, [field]: values.format(first.mostRecent ?? first.start) }
}

/** How far a kept state goes; undefined where it does not say. */
export function reachedValue<V>(values: CursorValues<V>, field: string, state: Mapping): V | undefined {
  if (!isConcurrent(state)) return state[field] ? values.parse(state[field]) : undefined
  const [first] = Array.isArray(state.slices) ? state.slices : []
  const value = isMapping(first) ? first.most_recent_cursor_value || first.end : undefined
  return value ? values.parse(value) : undefined
}

export const noIntervals = (): Error =>
  failure('MANIFEST_CONFIG_INVALID', {
    message: 'The kept state of the stream has no interval (`slices` is empty).',
    hint: 'Reset the stream, so that it is read from its start.',
    failureType: 'system_error',
  })

const isConcurrent = (state: Mapping): boolean => state.state_type === 'date-range' || state.state_type === 'integer'

const hasRecent = (slice: Mapping): boolean => slice.most_recent_cursor_value !== undefined

export function readKeptValue<V>(values: CursorValues<V>, value: unknown, name: string): V {
  const found = values.parse(value)
  if (found !== undefined) return found
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `The kept state has ${JSON.stringify(value)} for \`${name}\`, which ${values.misfit?.(value) ?? 'is in none of the formats of the cursor'}.`,
    hint: 'Add its format to `cursor_datetime_formats` of the manifest, or reset the stream.',
    failureType: 'system_error',
  })
}
