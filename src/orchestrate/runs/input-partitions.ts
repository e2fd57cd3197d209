import type { AssetKey, Definitions } from '../contract/index.js'
import { upstreamPartitions, wholeMapping } from '../partitions/mappings.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type PartitionMoment, partitionSpace, setOfKeys } from '../partitions/partition-space.js'

/** By the names of an asset's inputs: which partitions of what is read, for one of its own or for itself as a whole. */
export function inputPartitions(
  { assets }: Pick<Definitions, 'assets'>,
  key: AssetKey,
  partition: string | undefined,
  moment: PartitionMoment,
): Record<string, readonly string[]> {
  const reader = assets.find((asset) => asset.key === key)
  const own = reader?.partitions && partitionSpace(reader.partitions, moment)
  const found: Record<string, readonly string[]> = {}
  for (const [name, { asset: read, mapping }] of Object.entries(reader?.inputs ?? {})) {
    const spec = assets.find((asset) => asset.key === read)?.partitions
    if (!spec) continue
    const space = partitionSpace(spec, moment)
    const set =
      own && partition !== undefined
        ? upstreamPartitions(setOfKeys(own, [partition]), own, space, mapping)
        : (wholeMapping(space, mapping) ?? PartitionSet.first(space.size))
    found[name] = [...set.indexes()].map((index) => space.keyAt(index))
  }
  return found
}
