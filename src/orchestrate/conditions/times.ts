import { PartitionSet } from '../partitions/partition-set.js'

/** When what holds came to hold, for those parts of a condition that know. */
export type Times = readonly { readonly atMs: number; readonly set: PartitionSet }[]

export function mapTimes(times: Times | undefined, map: (set: PartitionSet) => PartitionSet): Times | undefined {
  return times?.map(({ atMs, set }) => ({ atMs, set: map(set) }))
}

/** The partitions that have a time which is later than all that others know of them. */
export function laterThan(times: Times, others: Times): PartitionSet {
  let later = PartitionSet.none
  for (const { atMs, set } of times) {
    let left = set
    for (const other of others) if (other.atMs >= atMs) left = left.without(other.set)
    later = later.union(left)
  }
  return later
}
