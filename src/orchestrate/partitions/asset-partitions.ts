import type { AssetSpec, OrchestrateStore } from '../contract/index.js'
import { PartitionSet } from './partition-set.js'
import { type PartitionSpace, partitionSpace, setOfKeys } from './partition-space.js'
import { parsePartitions, partitionsText } from './selection.js'

export type PartitionStatus = 'made' | 'failed' | 'running' | 'missing'

/** What is known of an asset's partitions, in their order. */
export interface AssetPartitions {
  readonly size: number
  readonly dimensions: readonly { readonly name: string; readonly size: number }[]
  readonly counts: Readonly<Record<PartitionStatus, number>>
  /** Stretches of one status each, with the keys of the first and the last; the latest ones where there are too many to look at. */
  readonly stretches: readonly {
    readonly status: PartitionStatus
    readonly from: number
    readonly count: number
    readonly first: string
    readonly last: string
  }[]
  /** All that is missing or failed, as a choice of partitions. */
  readonly unmade: string
}

/** More are not shown one by one: a page has not so many pixels. */
const mostStretches = 2_000

type Store = Pick<OrchestrateStore, 'dynamicPartitions' | 'partitionStates' | 'listRuns'>

/** The partitions that an asset has at the moment; undefined where it is not cut into any. */
export async function spaceOfAsset(
  store: Pick<Store, 'dynamicPartitions'>,
  { partitions }: Pick<AssetSpec, 'partitions'>,
): Promise<PartitionSpace | undefined> {
  if (!partitions) return undefined
  return partitionSpace(partitions, { now: new Date(), dynamicKeys: await store.dynamicPartitions() })
}

/** The partitions of an asset by what is known of them: each is in one of the sets. Undefined where it has none. */
export async function partitionsByStatus(
  store: Store,
  asset: AssetSpec,
): Promise<
  { readonly space: PartitionSpace; readonly sets: Readonly<Record<PartitionStatus, PartitionSet>> } | undefined
> {
  const [space, states, running] = await Promise.all([
    spaceOfAsset(store, asset),
    store.partitionStates(asset.key),
    store.listRuns({ asset: asset.key, statuses: ['running', 'cancelling'], limit: 100 }),
  ])
  if (!space) return undefined
  const made = setOfKeys(space, states.made)
  const failed = setOfKeys(space, states.failed)
  const inWork = PartitionSet.of(
    running.flatMap(({ partitions }) => (partitions === undefined ? [] : chosenOf(space, partitions).ranges)),
  ).without(made)
  const missing = PartitionSet.first(space.size).without(made).without(failed).without(inWork)
  return { space, sets: { made, failed: failed.without(inWork), running: inWork, missing } }
}

export async function assetPartitions(store: Store, asset: AssetSpec): Promise<AssetPartitions> {
  const known = await partitionsByStatus(store, asset)
  if (!known)
    return {
      size: 0,
      dimensions: [],
      counts: { made: 0, failed: 0, running: 0, missing: 0 },
      stretches: [],
      unmade: '',
    }
  const { space, sets } = known
  const { made, failed, running, missing } = sets
  const stretches = Object.entries(sets)
    .flatMap(([status, set]) => set.ranges.map(([from, to]) => ({ status: status as keyof typeof sets, from, to })))
    .sort((a, b) => a.from - b.from)
  return {
    size: space.size,
    dimensions: space.dimensions.map(({ name, space: { size } }) => ({ name, size })),
    counts: { made: made.size, failed: failed.size, running: running.size, missing: missing.size },
    stretches: stretches.slice(-mostStretches).map(({ status, from, to }) => ({
      status,
      from,
      count: to - from,
      first: space.keyAt(from),
      last: space.keyAt(to - 1),
    })),
    unmade: partitionsText(space, missing.union(failed)),
  }
}

/** What was chosen of partitions of which some are gone since. */
export function chosenOf(space: PartitionSpace, text: string): PartitionSet {
  try {
    return parsePartitions(space, text)
  } catch {
    return PartitionSet.none
  }
}
