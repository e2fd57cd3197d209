import { defineFunction, str } from '../../../jinja/index.js'
import type { Mapping, StreamSlice } from '../contract.js'

/**
 * A slice as templates see it: one mapping of its partition and of what its cursor says, with the parts under names of their own that
 * are no keys of it.
 */
class SliceView {
  readonly pythonType = 'StreamSlice'
  readonly #slice: StreamSlice
  readonly #values: Mapping
  constructor(slice: StreamSlice) {
    this.#slice = slice
    this.#values = { ...slice.partition, ...slice.cursorSlice }
  }
  get isTruthy(): boolean {
    return Object.keys(this.#values).length > 0 || Object.keys(this.#slice.extraFields).length > 0
  }
  jinjaKeys(): readonly string[] {
    return Object.keys(this.#values)
  }
  jinjaItem(key: unknown): unknown {
    return typeof key === 'string' && Object.hasOwn(this.#values, key) ? this.#values[key] : undefined
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'partition':
      case '_partition':
        return this.#slice.partition
      case 'cursor_slice':
        return this.#slice.cursorSlice
      case 'extra_fields':
        return this.#slice.extraFields
      case 'get':
        return defineFunction(
          'get',
          ['key', 'default?'],
          (key: unknown, fallback: unknown = null) => this.jinjaItem(key) ?? fallback,
        )
    }
    return this.jinjaItem(name)
  }
  pythonContains(key: unknown): boolean {
    return this.jinjaItem(key) !== undefined
  }
  pythonStr(): string {
    return str(this.#values)
  }
}

const views = new WeakMap<StreamSlice, SliceView>()

/** What is given to templates as `stream_slice`. */
export function sliceView(slice: StreamSlice): unknown {
  let view = views.get(slice)
  if (!view) {
    view = new SliceView(slice)
    views.set(slice, view)
  }
  return view
}
