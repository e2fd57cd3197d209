import { globPattern, isGlob } from './glob.js'

/** A segment of a path as the manifest's templates left it. */
export type PathSegment = unknown

/** One segment, compiled: it picks children of a mapping by key and of a list by index. */
export interface Step {
  /** It names one key. */
  readonly key: string | undefined
  /** It names one place in a list, from the end where it is negative. */
  readonly index: number | undefined
  /** Several keys, or several places: `*`, `item_?`. */
  readonly pattern: RegExp | undefined
}

/** As dpath reads it: a number picks from lists only, since keys are compared as texts. */
export function compileStep(segment: PathSegment): Step {
  if (typeof segment !== 'string') {
    const index = typeof segment === 'number' && Number.isInteger(segment) ? segment : undefined
    return { key: undefined, index, pattern: undefined }
  }
  const index = /^\s*[+-]?\d+\s*$/.test(segment) ? Number(segment) : undefined
  return isGlob(segment)
    ? { key: undefined, index: undefined, pattern: globPattern(segment) }
    : { key: segment, index, pattern: undefined }
}

export const isList = (value: unknown): value is unknown[] => Array.isArray(value)

/** A mapping of data. Unlike to `isMapping`, which looks at YAML, numbers and times that are objects here (`PyFloat`) are none. */
export const isPlainMapping = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Where an index leads in a list; undefined outside of it. */
export function placeIn(list: readonly unknown[], index: number | undefined): number | undefined {
  if (index === undefined) return undefined
  const place = index < 0 ? list.length + index : index
  return place >= 0 && place < list.length ? place : undefined
}

/** Keys or places of a node that a step picks. */
export function picked(node: unknown, step: Step): readonly (string | number)[] {
  if (isList(node)) {
    const { pattern } = step
    if (pattern) return [...node.keys()].filter((place) => pattern.test(String(place)))
    const place = placeIn(node, step.index)
    return place === undefined ? [] : [place]
  }
  if (!isPlainMapping(node)) return []
  const { key, pattern } = step
  if (pattern) return Object.keys(node).filter((name) => pattern.test(name))
  return key !== undefined && Object.hasOwn(node, key) ? [key] : []
}

export const child = (node: unknown, key: string | number): unknown => (node as Record<string | number, unknown>)[key]
