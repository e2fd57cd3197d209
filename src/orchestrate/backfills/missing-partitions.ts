import type { Definitions, OrchestrateStore } from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { setOfKeys } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { backfillSpace } from './backfill-space.js'

/**
 * Of a choice of partitions, or of all, those that one of the selected assets has not made, or failed to. Undefined where there
 * are none. @throws SELECTION_INVALID, PARTITIONS_INVALID
 */
export async function missingPartitions(
  store: Pick<OrchestrateStore, 'partitionStates' | 'dynamicPartitions'>,
  definitions: Definitions,
  selection: string,
  partitions = '*',
): Promise<string | undefined> {
  const moment = { now: new Date(), dynamicKeys: await store.dynamicPartitions() }
  const { assets, space } = backfillSpace(definitions, selection, moment)
  const wanted = parsePartitions(space, partitions)
  let missing = PartitionSet.none
  for (const { key } of assets) {
    const { made } = await store.partitionStates(key)
    missing = missing.union(wanted.without(setOfKeys(space, made)))
  }
  return missing.isEmpty ? undefined : partitionsText(space, missing)
}
