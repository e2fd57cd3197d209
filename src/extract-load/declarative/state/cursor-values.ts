/** What the values of a cursor field are: how they are read and written, and which comes first. */
export interface CursorValues<V> {
  /** @returns undefined for what is no such value */
  parse(value: unknown): V | undefined
  format(value: V): unknown
  /** Below zero where `a` comes first. */
  compare(a: V, b: V): number
  /** An interval that begins no later than this one after the end of another belongs to it. */
  next(value: V): V
  /** Why a value that is there is none, behind `which`. */
  misfit?(value: unknown): string
  /** Before all others. */
  readonly zero: V
}

/** As Python's max: the first of two that are equal (they may have different offsets). */
export const later = <V>(values: CursorValues<V>, a: V, b: V): V => (values.compare(a, b) >= 0 ? a : b)

export const earlier = <V>(values: CursorValues<V>, a: V, b: V): V => (values.compare(a, b) <= 0 ? a : b)
