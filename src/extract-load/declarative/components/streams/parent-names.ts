import type { SharedParts } from '../../component.js'

const key = Symbol('parent names')

/** Which streams others are read from; before any stream is built. */
export const shareParentNames = (shared: SharedParts, names: ReadonlySet<string>): void =>
  void shared.once(key, () => names)

export const isParentName = (shared: SharedParts, name: string): boolean =>
  shared.once<ReadonlySet<string>>(key, () => new Set()).has(name)
