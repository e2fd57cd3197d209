import { type CursorValues, earlier, later } from './cursor-values.js'
import type { Interval } from './intervals.js'
import { noIntervals } from './kept-intervals.js'

export type Window<V> = readonly [start: V, end: V]

/** How the values that are to be read are cut into windows. */
export interface WindowRules<V> {
  readonly values: CursorValues<V>
  /** Undefined: from the first value there is. */
  readonly start: V | undefined
  /** Read anew each time: it may be the present. */
  end(): V
  /** The end of a window of full length; undefined where there is no later value. */
  step(start: V): V | undefined
  /** Back from where the last interval ended; undefined without a look-back. */
  readonly lookback: ((end: V) => V) | undefined
  /** The value before one, in the unit of the API; undefined where windows share their edges. */
  readonly previous: ((value: V) => V) | undefined
  readonly following: ((value: V) => V) | undefined
  /** To the edges of days, weeks or months. */
  clamp(value: V): V
  /** The API refuses windows whose start is their end. */
  readonly isCompareStrictly: boolean
}

/**
 * The windows that are not covered yet: before the first interval, in the gaps, and after the last one.
 * @param intervals merged
 */
export function* windowsAround<V>(rules: WindowRules<V>, intervals: readonly Interval<V>[]): Generator<Window<V>> {
  const [first] = intervals
  const last = intervals.at(-1)
  if (!first || !last) throw noIntervals()
  const { start, values } = rules
  if (start !== undefined && values.compare(start, first.start) < 0) yield* windows(rules, start, first.start, false)
  for (const [at, interval] of intervals.entries()) {
    const next = intervals[at + 1]
    if (next) yield* windows(rules, rules.following?.(interval.end) ?? interval.end, next.start, false)
  }
  yield* windows(rules, rules.lookback?.(last.end) ?? last.end, rules.end(), true)
}

/** @param isEnd `to` is the end of all, and belongs to the last window */
function* windows<V>(rules: WindowRules<V>, from: V, to: V, isEnd: boolean): Generator<Window<V>> {
  const { values, start } = rules
  const order = values.compare(from, to)
  if (order > 0 || (order === 0 && !rules.previous)) return
  if (start !== undefined && values.compare(to, start) < 0) return
  // Clamped first: a step that is shorter than what it is clamped to would leave nothing of the first window.
  const lower = rules.clamp(start === undefined ? from : later(values, from, start))
  const clampedOrder = values.compare(lower, to)
  // With a granularity the last window holds its end, so one of a single unit is to be read; in a gap the next interval has it.
  if (clampedOrder > 0 || (clampedOrder === 0 && (rules.isCompareStrictly || !isEnd))) return
  if (values.compare(rules.step(lower) ?? rules.end(), to) >= 0) {
    const upper = isEnd && rules.previous ? to : rules.clamp(to)
    yield [lower, isEnd ? upper : (rules.previous?.(upper) ?? upper)]
  } else yield* steps(rules, lower, to, isEnd)
}

function* steps<V>(rules: WindowRules<V>, from: V, to: V, isEnd: boolean): Generator<Window<V>> {
  const { values } = rules
  let lower = from
  for (let isLast = false; !isLast; ) {
    const full = earlier(values, rules.step(lower) ?? rules.end(), to)
    const upper = values.compare(full, to) === 0 ? full : rules.clamp(full)
    isLast = values.compare(full, to) >= 0 || values.compare(upper, to) === 0
    const begin = rules.clamp(lower)
    // Both edges were clamped to one: there is nothing left.
    if (values.compare(begin, upper) >= 0) return
    yield [begin, isEnd && isLast ? upper : (rules.previous?.(upper) ?? upper)]
    lower = upper
  }
}
