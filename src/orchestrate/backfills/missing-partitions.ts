import type { AssetKey, Definitions, OrchestrateStore } from '../contract/index.js'
import type { PartitionSet } from '../partitions/partition-set.js'
import { setOfKeys } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { backfillSpace } from './backfill-space.js'
import { chosenFor, wantedPartitions } from './wanted-partitions.js'

/**
 * Of a choice of partitions, or of all, those that one of the selected assets has not made, or failed to, and those from which
 * such follow where others are cut differently. Undefined where there are none. @throws SELECTION_INVALID, PARTITIONS_INVALID
 */
export async function missingPartitions(
  store: Pick<OrchestrateStore, 'partitionStates' | 'dynamicPartitions'>,
  definitions: Definitions,
  selection: string,
  partitions = '*',
): Promise<string | undefined> {
  const moment = { now: new Date(), dynamicKeys: await store.dynamicPartitions() }
  const about = backfillSpace(definitions, selection, moment)
  const chosen = parsePartitions(about.space, partitions)
  const missing = new Map<AssetKey, PartitionSet>()
  for (const [key, { space, set }] of wantedPartitions(definitions, about, chosen, moment)) {
    const { made } = await store.partitionStates(key)
    missing.set(key, set.without(setOfKeys(space, made)))
  }
  const found = chosenFor(definitions, about, missing, moment).intersection(chosen)
  return found.isEmpty ? undefined : partitionsText(about.space, found)
}
