/** From the first index to the one before `to`. */
export type Range = readonly [from: number, to: number]

/**
 * Some partitions of a space, as ranges of their indexes: a hundred thousand that belong together are one range.
 * Never changes; ranges are in order, and neither touch nor overlap.
 */
export class PartitionSet {
  static readonly none = new PartitionSet([])
  readonly ranges: readonly Range[]

  private constructor(ranges: readonly Range[]) {
    this.ranges = ranges
  }

  /** Ranges in any order. */
  static of(ranges: Iterable<Range>): PartitionSet {
    const sorted = [...ranges].filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0])
    const merged: [number, number][] = []
    for (const [from, to] of sorted) {
      const last = merged.at(-1)
      if (last && from <= last[1]) last[1] = Math.max(last[1], to)
      else merged.push([from, to])
    }
    return new PartitionSet(merged)
  }

  static ofIndexes(indexes: Iterable<number>): PartitionSet {
    const ranges: [number, number][] = []
    for (const index of indexes) {
      const last = ranges.at(-1)
      if (last && index === last[1]) last[1]++
      else ranges.push([index, index + 1])
    }
    return PartitionSet.of(ranges)
  }

  static first(size: number): PartitionSet {
    return PartitionSet.of([[0, size]])
  }

  get size(): number {
    return this.ranges.reduce((sum, [from, to]) => sum + to - from, 0)
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0
  }

  has(index: number): boolean {
    let [low, high] = [0, this.ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.ranges[middle] as Range)[1] <= index) low = middle + 1
      else high = middle
    }
    const found = this.ranges[low]
    return found !== undefined && found[0] <= index
  }

  *indexes(): Generator<number> {
    for (const [from, to] of this.ranges) for (let index = from; index < to; index++) yield index
  }

  union(other: PartitionSet): PartitionSet {
    return PartitionSet.of([...this.ranges, ...other.ranges])
  }

  intersection(other: PartitionSet): PartitionSet {
    const common: Range[] = []
    for (let a = 0, b = 0; a < this.ranges.length && b < other.ranges.length; ) {
      const [left, right] = [this.ranges[a] as Range, other.ranges[b] as Range]
      const from = Math.max(left[0], right[0])
      const to = Math.min(left[1], right[1])
      if (from < to) common.push([from, to])
      if (left[1] < right[1]) a++
      else b++
    }
    return new PartitionSet(common)
  }

  /** What is in this one and not in the other. */
  without(other: PartitionSet): PartitionSet {
    const left: Range[] = []
    let b = 0
    for (const [from, to] of this.ranges) {
      let at = from
      while (b < other.ranges.length && (other.ranges[b] as Range)[1] <= at) b++
      for (let i = b; i < other.ranges.length && (other.ranges[i] as Range)[0] < to; i++) {
        const [gone, until] = other.ranges[i] as Range
        if (at < gone) left.push([at, gone])
        at = Math.max(at, until)
      }
      if (at < to) left.push([at, to])
    }
    return new PartitionSet(left)
  }

  equals(other: PartitionSet): boolean {
    return (
      this.ranges.length === other.ranges.length &&
      this.ranges.every(([from, to], i) => from === other.ranges[i]?.[0] && to === other.ranges[i]?.[1])
    )
  }

  /** Of its partitions in their order, those from one place to the one before another. */
  slice(from: number, to: number): PartitionSet {
    const found: Range[] = []
    let place = 0
    for (const [first, end] of this.ranges) {
      const range: Range = [first + Math.max(0, from - place), Math.min(end, first + to - place)]
      if (range[0] < range[1]) found.push(range)
      place += end - first
      if (place >= to) break
    }
    return new PartitionSet(found)
  }

  /** The places, in the order of this set, of what is also in another. */
  placesOf(other: PartitionSet): PartitionSet {
    const found: Range[] = []
    let place = 0
    const common = this.intersection(other).ranges
    let at = 0
    for (const [first, end] of this.ranges) {
      for (let range = common[at]; range && range[0] < end; range = common[++at])
        found.push([place + range[0] - first, place + range[1] - first])
      place += end - first
    }
    return PartitionSet.of(found)
  }
}
