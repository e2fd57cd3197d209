import { selectForRun } from '../assets/select-for-run.js'
import type { Definitions, OrchestrateStore } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { partitionSpace } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'

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
  const selected = selectForRun(definitions, selection)
  const cut = definitions.assets.filter((asset) => selected.has(asset.key) && asset.isExecutable && asset.partitions)
  const spec = cut[0]?.partitions
  if (!spec)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: 'None of the selected assets has partitions.',
      hint: 'Bring it up to date as a whole: millrace materialize.',
    })
  const dynamic = await store.dynamicPartitions()
  const space = partitionSpace(spec, { now: new Date(), dynamicKeys: (name) => dynamic.get(name) ?? [] })
  const wanted = parsePartitions(space, partitions)
  let missing = PartitionSet.none
  for (const { key } of cut) {
    const { made } = await store.partitionStates(key)
    const indexes = made.flatMap((one) => space.indexOf(one) ?? []).sort((a, b) => a - b)
    missing = missing.union(wanted.without(PartitionSet.ofIndexes(indexes)))
  }
  return missing.isEmpty ? undefined : partitionsText(space, missing)
}
