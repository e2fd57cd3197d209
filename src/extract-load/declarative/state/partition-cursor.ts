import { type Clock, isMapping } from '../../../base/index.js'
import type {
  FieldUse,
  Mapping,
  PartitionRouter,
  RecordData,
  RequestOptions,
  RequestPlace,
  StreamCursor,
  StreamSlice,
} from '../component-contract.js'
import { IntervalCursor, type IntervalCursorRules } from './interval-cursor.js'
import { readKeptValue } from './kept-intervals.js'
import { ParentProgress } from './parent-progress.js'
import { partitionKey, partitionOf } from './partition-key.js'
import { withLast } from './with-last.js'

export interface PartitionCursorRules<V> {
  readonly router: PartitionRouter
  /** Of the cursor of one partition. */
  rules(): IntervalCursorRules<V>
  shiftBack(value: V, seconds: number): V
  readonly state: Mapping
  readonly isGlobal: boolean
  readonly clock: Clock
}

/** Beyond it one state is kept for all partitions, as the CDK has it. */
const mostPartitionStates = 10_000
const mostCursors = 25_000
/** Between two states of a stream with partitions: they are large. */
const stateIntervalMs = 600_000

/** A cursor for each partition; what they have in common is where partitions that are not known yet begin (the CDK's ConcurrentPerPartitionCursor). */
export class PartitionCursor<V> implements StreamCursor {
  readonly cursorField: string
  readonly uses: FieldUse
  readonly takesOtherField: boolean
  readonly #given: PartitionCursorRules<V>
  /** As all partitions have them; for options and formats. */
  readonly #common: IntervalCursorRules<V>
  readonly #cursors = new Map<string, IntervalCursor<V>>()
  readonly #open = new Map<string, { slices: number; isComplete: boolean }>()
  readonly #parents = new ParentProgress()
  readonly #keys = new WeakMap<StreamSlice, string>()
  #isGlobal: boolean
  #known = 0
  /** Where partitions begin that have no state; what was read in this sync counts for the next one. */
  #global: unknown
  #nextGlobal: unknown
  #lookbackSeconds = 0
  #parentState: Mapping | undefined
  #startedAtMs: number | undefined
  #emittedAtMs = Number.NEGATIVE_INFINITY
  #hasSynced = false
  #hasWarned = false
  #newcomer: IntervalCursor<V> | undefined

  constructor(given: PartitionCursorRules<V>) {
    this.#given = given
    this.#common = given.rules()
    this.cursorField = this.#common.field
    this.uses = { reads: [[this.cursorField]] }
    this.takesOtherField = this.#common.takesOtherField
    this.#isGlobal = given.isGlobal
    this.#continue(given.state)
  }

  requestOptions(place: RequestPlace): RequestOptions {
    const { slice } = place
    const router = this.#given.router.requestOptions({
      ...place,
      slice: slice && { ...slice, cursorSlice: {}, extraFields: {} },
    })
    const cursor = this.#common.requestOptions({
      ...place,
      slice: slice && { ...slice, partition: {}, extraFields: {} },
    })
    return {
      params: { ...router.params, ...cursor.params },
      headers: { ...router.headers, ...cursor.headers },
      bodyData: { ...mapped(router.bodyData), ...mapped(cursor.bodyData) },
      bodyJson: { ...router.bodyJson, ...cursor.bodyJson },
    }
  }

  async *slices(): AsyncIterable<StreamSlice> {
    this.#startedAtMs = this.#given.clock.monotonicMs()
    const { router } = this.#given
    for await (const { item, note } of withLast(router.slices(), () => router.parentState()))
      yield* this.#slicesOf(item, note)
  }

  shouldBeSynced(record: RecordData, slice: StreamSlice): boolean {
    const own = this.#isGlobal ? undefined : this.#cursors.get(this.#keyOf(slice))
    if (own) return own.shouldBeSynced(record)
    this.#newcomer ??= this.#newCursor()
    return this.#newcomer.shouldBeSynced(record)
  }

  observe(record: RecordData, slice: StreamSlice): void {
    const value = record[this.cursorField]
    if (value === undefined || value === null) return
    const { values } = this.#common.windows
    const parsed = values.parse(value)
    if (parsed === undefined) {
      this.#warnOnce(
        `The cursor field \`${this.cursorField}\` has values in none of its formats; they are left out of the state.`,
      )
      return
    }
    this.#hasSynced = true
    this.#raiseGlobal(values.format(parsed))
    if (!this.#isGlobal) this.#cursors.get(this.#keyOf(slice))?.observe(record, slice)
  }

  closeSlice(slice: StreamSlice): boolean {
    const key = this.#keyOf(slice)
    const open = this.#open.get(key)
    if (open) open.slices--
    const isDone = open?.isComplete && open.slices === 0
    const cursor = this.#cursors.get(key)
    if (!this.#isGlobal && cursor) {
      cursor.closeSlice(slice)
      if (isDone) this.#raiseGlobal(cursor.state()[this.cursorField])
    }
    if (isDone) {
      this.#open.delete(key)
      this.#parents.closed(key)
    }
    this.#parentState = this.#parents.reached() ?? this.#parentState
    return this.#isTimeForState()
  }

  finish(): void {
    if ([...this.#open.values()].some((open) => open.slices > 0)) return
    if (this.#hasSynced) {
      this.#global = this.#nextGlobal
      const seconds = (this.#given.clock.monotonicMs() - (this.#startedAtMs ?? this.#given.clock.monotonicMs())) / 1000
      this.#lookbackSeconds = Math.ceil(seconds)
    }
    this.#parentState = this.#given.router.parentState()
  }

  state(): Mapping {
    return {
      use_global_cursor: this.#isGlobal,
      ...(this.#isGlobal
        ? {}
        : {
            states: [...this.#cursors].map(([key, cursor]) => ({
              partition: partitionOf(key),
              cursor: cursor.state(),
            })),
          }),
      ...(this.#global === undefined ? {} : { state: { [this.cursorField]: this.#global } }),
      lookback_window: this.#lookbackSeconds,
      ...(this.#parentState === undefined ? {} : { parent_state: this.#parentState }),
    }
  }

  instantOf(state: Mapping): Date | undefined {
    return isMapping(state.state) ? new IntervalCursor(this.#common, {}).instantOf(state.state) : undefined
  }

  tracker(): ReturnType<IntervalCursor<V>['tracker']> {
    return new IntervalCursor(this.#common, {}).tracker()
  }

  split(slice: StreamSlice, minSplitSeconds: number | undefined): readonly StreamSlice[] | undefined {
    return new IntervalCursor(this.#common, {}).split(slice, minSplitSeconds)
  }

  *#slicesOf(partition: StreamSlice, parentState: Mapping | undefined): Generator<StreamSlice> {
    this.#keepLimits()
    const key = partitionKey(partition.partition)
    let cursor = this.#cursors.get(key)
    if (!cursor) {
      cursor = this.#newCursor()
      this.#known++
      this.#cursors.set(key, cursor)
    }
    if (this.#open.has(key)) {
      this.#warnOnce('A partition comes more than once; it is read once.')
      return
    }
    const open = { slices: 0, isComplete: false }
    this.#open.set(key, open)
    this.#parents.opened(key, parentState)
    const windows = [...cursor.windows()]
    for (const [at, window] of windows.entries()) {
      open.slices++
      open.isComplete = at === windows.length - 1
      const slice = { ...window, partition: partition.partition, extraFields: partition.extraFields }
      this.#keys.set(slice, key)
      yield slice
    }
  }

  /** The oldest cursors go first, of those that are read at the moment last. */
  #keepLimits(): void {
    if (!this.#isGlobal && this.#known > mostPartitionStates) {
      this.#isGlobal = true
      this.#common.warn(`There are more than ${mostPartitionStates} partitions: one state is kept for all of them.`)
    }
    while (this.#cursors.size >= mostCursors) {
      const oldest =
        [...this.#cursors.keys()].find((key) => !this.#parents.isOpen(key)) ?? this.#cursors.keys().next().value
      if (oldest !== undefined) this.#cursors.delete(oldest)
    }
  }

  #continue(state: Mapping): void {
    if (Object.keys(state).length === 0) return
    if ('states' in state || 'state' in state) {
      this.#isGlobal = state.use_global_cursor === true
      this.#lookbackSeconds = Math.trunc(Number(state.lookback_window ?? 0))
      for (const each of Array.isArray(state.states) ? state.states : []) {
        this.#known++
        this.#cursors.set(partitionKey(each.partition), new IntervalCursor(this.#given.rules(), each.cursor))
      }
      if (isMapping(state.state)) this.#setGlobal(state.state)
    } else this.#setGlobal(state)
    if (isMapping(state.parent_state) && Object.keys(state.parent_state).length > 0)
      this.#parentState = state.parent_state
  }

  #setGlobal(state: Mapping): void {
    if (!(this.cursorField in state)) return
    const { values } = this.#common.windows
    this.#global = this.#nextGlobal = values.format(readKeptValue(values, state[this.cursorField], this.cursorField))
  }

  /** As they are written, they are compared: the CDK does so, whatever the format is. */
  #raiseGlobal(value: unknown): void {
    if (this.#nextGlobal === undefined || (this.#nextGlobal as string) < (value as string)) this.#nextGlobal = value
  }

  /** For a partition without a state. */
  #newCursor(): IntervalCursor<V> {
    const rules = this.#given.rules()
    if (this.#global === undefined) return new IntervalCursor(rules, {})
    const { values } = rules.windows
    const parsed = this.#lookbackSeconds ? values.parse(this.#global) : undefined
    const from =
      parsed === undefined ? this.#global : values.format(this.#given.shiftBack(parsed, this.#lookbackSeconds))
    return new IntervalCursor(rules, { [this.cursorField]: from })
  }

  #isTimeForState(): boolean {
    const now = this.#given.clock.now().getTime()
    if (now - this.#emittedAtMs <= stateIntervalMs) return false
    this.#emittedAtMs = now
    return !this.#isGlobal || (this.#parentState !== undefined && Object.keys(this.#parentState).length > 0)
  }

  #keyOf(slice: StreamSlice): string {
    let key = this.#keys.get(slice)
    if (key === undefined) {
      key = partitionKey(slice.partition)
      this.#keys.set(slice, key)
    }
    return key
  }

  #warnOnce(message: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#common.warn(message)
  }
}

const mapped = (body: Mapping | string | undefined): Mapping => (isMapping(body) ? body : {})
