import { selectForRun } from '../assets/select-for-run.js'
import type { AssetSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { commonPartitions } from '../partitions/alike.js'
import { type PartitionMoment, type PartitionSpace, partitionSpace } from '../partitions/partition-space.js'

/**
 * The assets of a selection that have partitions, and the partitions that they have in common at a moment.
 * @throws SELECTION_INVALID, PROJECT_BROKEN, PARTITIONS_INVALID where none has any
 */
export function backfillSpace(
  definitions: Definitions,
  selection: string,
  moment: PartitionMoment,
): { readonly assets: readonly AssetSpec[]; readonly space: PartitionSpace } {
  const selected = selectForRun(definitions, selection)
  const assets = definitions.assets.filter(
    ({ key, isExecutable, partitions }) => selected.has(key) && isExecutable && partitions,
  )
  const spec = commonPartitions(assets.flatMap(({ partitions }) => partitions ?? []))
  if (!spec)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: 'None of the selected assets has partitions.',
      hint: 'Bring it up to date as a whole: millrace materialize.',
    })
  return { assets, space: partitionSpace(spec, moment) }
}
