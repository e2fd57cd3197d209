import { didYouMean } from '../../base/index.js'
import type { AssetKey, Definitions, Metadata, OrchestrateStore } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { type PartitionMoment, partitionSpace } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'

/** What runs say of what they made. */
const reserved = ['cleared', 'unchanged', 'code_version', 'data_version', 'compiled_sql', 'columns', 'relation']

/** That somebody else made an asset. */
export interface AssetReport {
  readonly asset: AssetKey
  readonly metadata?: Metadata | undefined
  /** Where it is the one of before, nothing changed for what reads the asset. */
  readonly dataVersion?: string | undefined
  /** Which partitions, in the words of `parsePartitions`. */
  readonly partitions?: string | undefined
}

/**
 * Notes that an asset was made elsewhere: what reads it is stale, and conditions see it.
 * @throws SELECTION_INVALID for what is no asset, PARTITIONS_INVALID, METADATA_RESERVED
 */
export async function reportAsset(
  store: Pick<OrchestrateStore, 'noteMade' | 'dynamicPartitions'>,
  definitions: Pick<Definitions, 'assets'>,
  { asset, metadata, dataVersion, partitions }: AssetReport,
  now: Date,
): Promise<void> {
  const spec = definitions.assets.find(({ key }) => key === asset)
  if (!spec) {
    const keys = definitions.assets.map(({ key }) => key)
    throw orchestrateErrors.create('SELECTION_INVALID', {
      message: `There is no asset ${asset}.`,
      hint: didYouMean(asset, keys) ?? 'What others make is defined by externalAsset(key) in definitions.ts.',
    })
  }
  const taken = reserved.find((name) => metadata && name in metadata)
  if (taken !== undefined)
    throw orchestrateErrors.create('METADATA_RESERVED', {
      message: `The metadata \`${taken}\` of ${asset} says something to Millrace itself, and is not reported.`,
      hint: taken === 'data_version' ? 'Give the version as such.' : 'Call it something else.',
    })
  const cut = spec.partitions && partitionSpace(spec.partitions, await momentOf(store, now))
  if (!cut !== (partitions === undefined))
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: cut ? `Which partitions of ${asset} were made is not said.` : `${asset} has no partitions.`,
      hint: cut ? 'Name them: keys, or ranges of them.' : 'Leave the partitions out.',
    })
  const set = cut && parsePartitions(cut, partitions ?? '')
  await store.noteMade({
    asset,
    message: 'reported',
    metadata: { ...metadata, ...(dataVersion === undefined ? {} : { data_version: dataVersion }) },
    ...(cut && set
      ? { partitions: partitionsText(cut, set), partitionKeys: [...set.indexes()].map((index) => cut.keyAt(index)) }
      : {}),
  })
}

const momentOf = async (store: Pick<OrchestrateStore, 'dynamicPartitions'>, now: Date): Promise<PartitionMoment> => ({
  now,
  dynamicKeys: await store.dynamicPartitions(),
})
