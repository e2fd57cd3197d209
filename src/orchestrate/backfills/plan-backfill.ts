import type { AssetKey, AssetSpec, BackfillRequest, Definitions } from '../contract/index.js'
import type { DynamicKeys } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { requireAlike } from '../runs/run-partitions.js'
import { backfillSpace } from './backfill-space.js'

export interface BackfillWish {
  readonly selection: string
  /** See `parsePartitions`. */
  readonly partitions: string
  /** How many partitions a run makes; `all` is one run. Left out: 1, or all where every asset makes several together. */
  readonly perRun?: number | 'all' | undefined
  readonly fullRefresh?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** What a backfill does, and of which assets. */
export interface BackfillPlan extends BackfillRequest {
  /** Of which the partitions are; what else the selection holds is made by each run. */
  readonly assets: readonly AssetKey[]
}

/** What a backfill would do. @throws SELECTION_INVALID, PARTITIONS_INVALID */
export function planBackfill(
  definitions: Definitions,
  { selection, partitions, perRun, ...rest }: BackfillWish,
  dynamicKeys: DynamicKeys,
  now: Date,
): BackfillPlan {
  const { assets, space } = backfillSpace(definitions, selection, { now, dynamicKeys })
  const selected = new Set(assets.map(({ key }) => key))
  requireAlike(assets)
  const set = parsePartitions(space, partitions)
  const usual = assets.every(({ makesPartitions }) => makesPartitions === 'together') ? 'all' : 1
  const asked = perRun ?? usual
  const partitionsPerRun = asked === 'all' ? set.size : asked
  return {
    ...rest,
    selection,
    partitions: partitionsText(space, set),
    partitionsPerRun,
    isSequential: assets.some((asset) => readsEarlier(asset, selected)),
    runCount: Math.ceil(set.size / partitionsPerRun),
    partitionCount: set.size,
    assets: [...selected],
  }
}

/** Whether a partition reads another one that the backfill makes, too. */
function readsEarlier({ partitionMappings = {} }: AssetSpec, selected: ReadonlySet<string>): boolean {
  return Object.entries(partitionMappings).some(
    ([dep, { type }]) => selected.has(dep) && type !== 'identity' && type !== 'static',
  )
}
