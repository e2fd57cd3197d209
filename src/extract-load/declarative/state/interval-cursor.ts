import type {
  FieldUse,
  Mapping,
  RecordData,
  RequestOptions,
  RequestPlace,
  StreamCursor,
  StreamSlice,
} from '../component-contract.js'
import { failure } from '../failure.js'
import { later } from './cursor-values.js'
import { type Interval, mergedIntervals } from './intervals.js'
import { keptIntervals, reachedValue, stateOf } from './kept-intervals.js'
import { type WindowRules, windowsAround } from './windows.js'

export interface IntervalCursorRules<V> {
  readonly field: string
  readonly takesOtherField: boolean
  readonly windows: WindowRules<V>
  /** Of the slices, by the names that templates see. */
  readonly boundaries: readonly [start: string, end: string]
  /** A slice covers all values between its boundaries; otherwise what its records say counts. */
  readonly isBounded: boolean
  requestOptions(place: RequestPlace): RequestOptions
  /** Cuts a window in two, none of them empty; undefined where it cannot be cut. */
  halves?(start: V, end: V, minSeconds: number | undefined): readonly [firstEnd: V, secondStart: V] | undefined
  instant?(value: V): Date
  warn(message: string): void
}

/** A cursor whose state is the intervals that were read (the CDK's ConcurrentCursor). */
export class IntervalCursor<V> implements StreamCursor {
  readonly cursorField: string
  readonly uses: FieldUse
  readonly takesOtherField: boolean
  readonly #rules: IntervalCursorRules<V>
  readonly #start: V
  readonly #rest: Mapping
  readonly #mostRecent = new Map<StreamSlice, V>()
  readonly #lowest: V
  #intervals: readonly Interval<V>[]
  #hasWarned = false
  #hasClosedSlice = false

  constructor(rules: IntervalCursorRules<V>, state: Mapping) {
    this.#rules = rules
    this.cursorField = rules.field
    this.uses = { reads: [[rules.field]] }
    this.takesOtherField = rules.takesOtherField
    const kept = keptIntervals(rules.windows.values, rules.field, state, rules.windows.start)
    this.#start = kept.start
    this.#intervals = kept.intervals
    this.#rest = kept.rest
    this.#lowest = this.#lowestToSync()
  }

  requestOptions(place: RequestPlace): RequestOptions {
    return this.#rules.requestOptions(place)
  }

  async *slices(): AsyncIterable<StreamSlice> {
    yield* this.windows()
  }

  /** The slices, which are known without waiting. */
  *windows(): Generator<StreamSlice> {
    const { windows } = this.#rules
    this.#intervals = mergedIntervals(windows.values, this.#intervals)
    for (const [start, end] of windowsAround(windows, this.#intervals)) yield this.#slice(start, end, emptySlice)
  }

  shouldBeSynced(record: RecordData): boolean {
    const { values, end } = this.#rules.windows
    const value = this.#valueOf(record)
    if (value === undefined) return true
    return values.compare(this.#lowest, value) <= 0 && values.compare(value, end()) <= 0
  }

  observe(record: RecordData, slice: StreamSlice): void {
    const value = this.#valueOf(record)
    if (value === undefined) return
    const known = this.#mostRecent.get(slice)
    if (known === undefined || this.#rules.windows.values.compare(known, value) < 0) this.#mostRecent.set(slice, value)
  }

  closeSlice(slice: StreamSlice): boolean {
    const mostRecent = this.#mostRecent.get(slice)
    this.#mostRecent.delete(slice)
    const read = this.#readInterval(slice, mostRecent)
    this.#hasClosedSlice = true
    if (!read) return false
    this.#intervals = mergedIntervals(this.#rules.windows.values, [...this.#intervals, read])
    return true
  }

  finish(): void {}

  state(): Mapping {
    return stateOf(this.#rules.windows.values, this.cursorField, { intervals: this.#intervals, rest: this.#rest })
  }

  instantOf(state: Mapping): Date | undefined {
    const value = reachedValue(this.#rules.windows.values, this.cursorField, state)
    return value === undefined ? undefined : this.#rules.instant?.(value)
  }

  split(slice: StreamSlice, minSplitSeconds: number | undefined): readonly StreamSlice[] | undefined {
    if (!this.#rules.halves) return undefined
    const [start, end] = this.#boundsOf(slice)
    const cut = this.#rules.halves(start, end, minSplitSeconds)
    return cut && [this.#slice(start, cut[0], slice), this.#slice(cut[1], end, slice)]
  }

  tracker(): { observe(record: RecordData, slice: StreamSlice): void; reduce(slice: StreamSlice): StreamSlice } {
    const { values } = this.#rules.windows
    let mostRecent: V | undefined
    return {
      observe: (record) => {
        const value = this.#valueOf(record)
        if (value !== undefined && (mostRecent === undefined || values.compare(mostRecent, value) < 0))
          mostRecent = value
      },
      reduce: (slice) => {
        if (mostRecent === undefined) return slice
        const [startName, endName] = this.#rules.boundaries
        return {
          ...slice,
          cursorSlice: { [startName]: values.format(mostRecent), [endName]: slice.cursorSlice[endName] },
        }
      },
    }
  }

  #slice(start: V, end: V, around: StreamSlice): StreamSlice {
    const { format } = this.#rules.windows.values
    const [startName, endName] = this.#rules.boundaries
    return { ...around, cursorSlice: { [startName]: format(start), [endName]: format(end) } }
  }

  #readInterval(slice: StreamSlice, mostRecent: V | undefined): Interval<V> | undefined {
    if (this.#rules.isBounded) {
      const [start, end] = this.#boundsOf(slice)
      return { start, end, mostRecent }
    }
    if (
      mostRecent === undefined ||
      this.#rules.windows.values.compare(mostRecent, this.#rules.windows.values.zero) === 0
    )
      return undefined
    if (this.#hasClosedSlice)
      throw failure('MANIFEST_INVALID', {
        message: 'The stream has several slices, and its cursor can keep the state of one only.',
        hint: 'Give the stream a cursor with boundaries, or no partitions.',
        failureType: 'system_error',
      })
    return { start: this.#start, end: mostRecent, mostRecent }
  }

  #boundsOf(slice: StreamSlice): readonly [V, V] {
    return [this.#bound(slice, 0), this.#bound(slice, 1)]
  }

  #bound(slice: StreamSlice, which: 0 | 1): V {
    const name = this.#rules.boundaries[which]
    const value = this.#rules.windows.values.parse(slice.cursorSlice[name] ?? slice.partition[name])
    if (value !== undefined) return value
    throw failure('MANIFEST_INVALID', {
      message: `A slice has ${JSON.stringify(slice.cursorSlice[name])} for \`${name}\`, which is no value of the cursor.`,
      hint: 'Let `datetime_format` write all that is needed to read a boundary again.',
      failureType: 'system_error',
    })
  }

  #valueOf(record: RecordData): V | undefined {
    const value = record[this.cursorField]
    const hasValue = value !== undefined && value !== null
    const parsed = !hasValue ? undefined : this.#rules.windows.values.parse(value)
    if (parsed === undefined && !this.#hasWarned) {
      this.#hasWarned = true
      const why = hasValue ? this.#rules.windows.values.misfit?.(value) : undefined
      this.#rules.warn(
        `A record has ${why === undefined ? 'no value' : JSON.stringify(value).slice(0, mostShown)} for the cursor field \`${this.cursorField}\`${why === undefined ? ' that can be read' : `, which ${why}`}. It is loaded, and left out of the state: its value does not move the cursor.`,
      )
    }
    return parsed
  }

  /** Records that the look-back reads again are kept, those before the configured start are not. */
  #lowestToSync(): V {
    const { lookback, start, values } = this.#rules.windows
    if (!lookback) return this.#start
    const lower = lookback(this.#start)
    if (start === undefined) return lower
    return later(values, lower, values.compare(this.#start, start) <= 0 ? this.#start : start)
  }
}

/** Letters of a value. */
const mostShown = 60

export const emptySlice: StreamSlice = { partition: {}, cursorSlice: {}, extraFields: {} }
