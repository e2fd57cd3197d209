import type { PackedPartitions, PartitionsSpec } from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type PartitionSpace, setOfKeys } from '../partitions/partition-space.js'

/** How partitions are cut, written out; what was remembered of others means nothing. */
export const partitionsId = (spec: PartitionsSpec | undefined): string => (spec ? JSON.stringify(spec) : '')

/** Keys that come and go change the places of others. */
function isDynamic(spec: PartitionsSpec): boolean {
  return spec.type === 'dynamic' || (spec.type === 'multi' && Object.values(spec.dimensions).some(isDynamic))
}

export function packed(set: PartitionSet, space: PartitionSpace | undefined): PackedPartitions {
  return space && isDynamic(space.spec) ? { keys: [...set.indexes()].map((index) => space.keyAt(index)) } : set.ranges
}

export function unpacked(kept: PackedPartitions | string | undefined, space: PartitionSpace | undefined): PartitionSet {
  if (kept === undefined || typeof kept === 'string') return PartitionSet.none
  if (isRanges(kept)) return PartitionSet.of(kept)
  return space ? setOfKeys(space, kept.keys) : PartitionSet.none
}

const isRanges = (kept: PackedPartitions): kept is Extract<PackedPartitions, readonly unknown[]> => Array.isArray(kept)
