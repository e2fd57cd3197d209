import { type CursorValues, later } from './cursor-values.js'

/** A stretch of cursor values that was read. */
export interface Interval<V> {
  readonly start: V
  readonly end: V
  /** Of its records; undefined where it had none. */
  readonly mostRecent: V | undefined
}

/** In their order, with those that touch each other made into one. */
export function mergedIntervals<V>(values: CursorValues<V>, intervals: readonly Interval<V>[]): Interval<V>[] {
  const merged: Interval<V>[] = []
  for (const interval of intervals.toSorted(
    (a, b) => values.compare(a.start, b.start) || values.compare(a.end, b.end),
  )) {
    const last = merged.at(-1)
    if (last && values.compare(values.next(last.end), interval.start) >= 0)
      merged[merged.length - 1] = {
        start: last.start,
        end: later(values, last.end, interval.end),
        mostRecent: latest(values, interval.mostRecent, last.mostRecent),
      }
    else merged.push(interval)
  }
  return merged
}

function latest<V>(values: CursorValues<V>, a: V | undefined, b: V | undefined): V | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return later(values, a, b)
}
