import { PartitionSet } from '../partitions/partition-set.js'

/** When what holds came to hold, for those parts of a condition that know. */
export type Times = readonly { readonly atMs: number; readonly set: PartitionSet }[]

export function mapTimes(times: Times | undefined, map: (set: PartitionSet) => PartitionSet): Times | undefined {
  return times?.map(({ atMs, set }) => ({ atMs, set: map(set) }))
}

interface Timed {
  readonly set: PartitionSet
  readonly times?: Times | undefined
}

/** The times of several that hold together: what is known of each of them. */
export const joinedTimes = (parts: readonly Timed[]): Times => parts.flatMap(({ times = [] }) => times)

/** The partitions of one that have a time, which is later than that of the other; of which the other knows none, it is not. */
export function laterThan({ times = [] }: Timed, other: Timed): PartitionSet {
  const known = other.times ?? []
  const timeless = known.reduce((left, { set }) => left.without(set), other.set)
  let later = PartitionSet.none
  for (const { atMs, set } of times) {
    let left = set.without(timeless)
    for (const one of known) if (one.atMs >= atMs) left = left.without(one.set)
    later = later.union(left)
  }
  return later
}
