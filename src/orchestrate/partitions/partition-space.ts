import type { MultiPartitions, PartitionsSpec, SimplePartitions, TimePartitions } from '../contract/index.js'
import { PartitionSet, type Range } from './partition-set.js'
import { type TimeWindow, TimeWindows } from './time-windows.js'

/** What the partitions of a definition depend on besides it. */
export interface PartitionMoment {
  readonly now: Date
  /** By the name of dynamic partitions. */
  readonly dynamicKeys: DynamicKeys
}

export type DynamicKeys = ReadonlyMap<string, readonly string[]>

/** The partitions that there are at one moment, by their place in the order of their keys. */
export interface PartitionSpace {
  readonly spec: PartitionsSpec
  readonly size: number
  /** What it is made of, the slowest to change first; an asset without dimensions is one of itself, without a name. */
  readonly dimensions: readonly PartitionDimension[]
  keyAt(index: number): string
  indexOf(key: string): number | undefined
  /** Of the time that a partition stands for; undefined where no dimension, or more than one, is of time. */
  windowAt(index: number): TimeWindow | undefined
}

export interface PartitionDimension {
  readonly name: string
  readonly space: SimpleSpace
}

export interface SimpleSpace extends PartitionSpace {
  readonly spec: SimplePartitions
  readonly windows: TimeWindows | undefined
}

export const keySeparator = '|'

export function partitionSpace(spec: PartitionsSpec, moment: PartitionMoment): PartitionSpace {
  return spec.type === 'multi' ? new MultiSpace(spec, moment) : simpleSpace(spec, moment)
}

function simpleSpace(spec: SimplePartitions, { now, dynamicKeys }: PartitionMoment): SimpleSpace {
  if (spec.type === 'time') return new TimeSpace(spec, now)
  return new KeySpace(spec, spec.type === 'static' ? spec.keys : (dynamicKeys.get(spec.name) ?? []))
}

const knownWindows = new Map<string, TimeWindows>()
const mostKnown = 500

/** The windows of a definition are worked out once, however many assets share it. */
export function timeWindows(spec: TimePartitions): TimeWindows {
  const text = JSON.stringify(spec)
  let windows = knownWindows.get(text)
  if (!windows) {
    windows = new TimeWindows(spec)
    const [oldest] = knownWindows.keys()
    if (knownWindows.size >= mostKnown && oldest !== undefined) knownWindows.delete(oldest)
    knownWindows.set(text, windows)
  }
  return windows
}

class TimeSpace implements SimpleSpace {
  readonly spec: TimePartitions
  readonly windows: TimeWindows
  readonly size: number
  readonly dimensions = [{ name: '', space: this }]

  constructor(spec: TimePartitions, now: Date) {
    this.spec = spec
    this.windows = timeWindows(spec)
    this.size = this.windows.countAt(now.getTime())
  }
  keyAt(index: number): string {
    return this.windows.keyAt(index)
  }
  indexOf(key: string): number | undefined {
    return this.windows.indexOf(key, this.size)
  }
  windowAt(index: number): TimeWindow {
    return this.windows.windowAt(index)
  }
}

class KeySpace implements SimpleSpace {
  readonly spec: SimplePartitions
  readonly windows = undefined
  readonly dimensions = [{ name: '', space: this }]
  readonly #keys: readonly string[]
  #indexes: ReadonlyMap<string, number> | undefined

  constructor(spec: SimplePartitions, keys: readonly string[]) {
    this.spec = spec
    this.#keys = keys
  }
  get size(): number {
    return this.#keys.length
  }
  keyAt(index: number): string {
    return this.#keys[index] as string
  }
  indexOf(key: string): number | undefined {
    this.#indexes ??= new Map(this.#keys.map((one, i) => [one, i]))
    return this.#indexes.get(key)
  }
  windowAt(): undefined {
    return undefined
  }
}

class MultiSpace implements PartitionSpace {
  readonly spec: MultiPartitions
  readonly dimensions: readonly PartitionDimension[]
  readonly size: number

  constructor(spec: MultiPartitions, moment: PartitionMoment) {
    this.spec = spec
    this.dimensions = Object.keys(spec.dimensions)
      .sort()
      .map((name) => ({ name, space: simpleSpace(spec.dimensions[name] as SimplePartitions, moment) }))
    this.size = this.dimensions.reduce((size, { space }) => size * space.size, 1)
  }

  keyAt(index: number): string {
    return this.#indexesAt(index)
      .map((at, i) => this.dimensions[i]?.space.keyAt(at))
      .join(keySeparator)
  }

  indexOf(key: string): number | undefined {
    const parts = key.split(keySeparator)
    if (parts.length !== this.dimensions.length) return undefined
    let index = 0
    for (const [i, { space }] of this.dimensions.entries()) {
      const at = space.indexOf(parts[i] as string)
      if (at === undefined) return undefined
      index = index * space.size + at
    }
    return index
  }

  windowAt(index: number): TimeWindow | undefined {
    const indexes = this.#indexesAt(index)
    const windows = this.dimensions.flatMap(({ space }, i) => space.windowAt(indexes[i] as number) ?? [])
    return windows.length === 1 ? windows[0] : undefined
  }

  #indexesAt(index: number): number[] {
    const indexes: number[] = []
    let rest = index
    for (const { space } of [...this.dimensions].reverse()) {
      indexes.unshift(rest % space.size)
      rest = Math.floor(rest / space.size)
    }
    return indexes
  }
}

/** The partitions of these keys; keys that there are not are left out. */
export const setOfKeys = (space: PartitionSpace, keys: readonly string[]): PartitionSet =>
  PartitionSet.ofIndexes(keys.flatMap((key) => space.indexOf(key) ?? []).sort((a, b) => a - b))

/** One set for each dimension: all combinations of them. */
export type Box = readonly PartitionSet[]

/** The partitions of a space that are in a box. */
export function boxed(space: PartitionSpace, box: Box): PartitionSet {
  let found: readonly Range[] = [[0, 1]]
  for (const [i, { space: dimension }] of space.dimensions.entries()) {
    const { size } = dimension
    const inside = box[i] as PartitionSet
    const isWhole = inside.ranges.length === 1 && inside.size === size
    found = isWhole
      ? found.map(([from, to]) => [from * size, to * size])
      : [...PartitionSet.of(found).indexes()].flatMap((index) =>
          inside.ranges.map(([from, to]) => [index * size + from, index * size + to] as const),
        )
  }
  return PartitionSet.of(found)
}

/** The same set as boxes; of an asset without dimensions it is one. */
export function* boxes(space: PartitionSpace, set: PartitionSet): Generator<Box> {
  const sizes = space.dimensions.map((dimension) => dimension.space.size)
  if (sizes.length === 1) {
    if (!set.isEmpty) yield [set]
    return
  }
  for (const range of set.ranges) yield* boxesOfRange(range, sizes)
}

function* boxesOfRange([from, to]: Range, sizes: readonly number[]): Generator<Box> {
  const [, ...inner] = sizes
  const rowSize = inner.reduce((product, size) => product * size, 1)
  if (inner.length === 0) {
    yield [PartitionSet.of([[from, to]])]
    return
  }
  const firstWhole = Math.ceil(from / rowSize)
  const lastWhole = Math.floor(to / rowSize)
  const within = function* (row: number, start: number, end: number): Generator<Box> {
    for (const box of boxesOfRange([start - row * rowSize, end - row * rowSize], inner))
      yield [PartitionSet.of([[row, row + 1]]), ...box]
  }
  if (firstWhole > lastWhole) {
    yield* within(lastWhole, from, to)
    return
  }
  if (from < firstWhole * rowSize) yield* within(firstWhole - 1, from, firstWhole * rowSize)
  if (firstWhole < lastWhole)
    yield [PartitionSet.of([[firstWhole, lastWhole]]), ...inner.map((size) => PartitionSet.first(size))]
  if (to > lastWhole * rowSize) yield* within(lastWhole, lastWhole * rowSize, to)
}
