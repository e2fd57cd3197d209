import type { StreamSlice } from './component-contract.js'

export interface SliceValues {
  readonly stream_slice: unknown
  readonly stream_partition: unknown
  readonly stream_interval: unknown
}

const seen = new WeakMap<StreamSlice, SliceValues>()
/** Without a slice the names are known all the same. */
const none: SliceValues = { stream_slice: null, stream_partition: null, stream_interval: null }

/** A slice by the names that templates have for it: one mapping of partition and cursor, with its parts as attributes that are not printed. */
export function templateSlice(slice: StreamSlice | undefined): SliceValues {
  if (!slice) return none
  const known = seen.get(slice)
  if (known) return known
  const mapping = { ...slice.partition, ...slice.cursorSlice }
  hide(mapping, 'partition', slice.partition)
  hide(mapping, '_partition', slice.partition)
  hide(mapping, 'cursor_slice', slice.cursorSlice)
  hide(mapping, 'extra_fields', slice.extraFields)
  const values = { stream_slice: mapping, stream_partition: mapping, stream_interval: mapping }
  seen.set(slice, values)
  return values
}

function hide(mapping: object, name: string, value: unknown): void {
  if (!Object.hasOwn(mapping, name)) Object.defineProperty(mapping, name, { value })
}
