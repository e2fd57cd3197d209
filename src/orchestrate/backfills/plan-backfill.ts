import type { AssetKey, BackfillPart, BackfillRequest, Definitions } from '../contract/index.js'
import { settingsOfTags } from '../limits/run-tags.js'
import type { DynamicKeys } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { backfillSpace } from './backfill-space.js'
import { type PlannedPart, planParts } from './plan-parts.js'
import { wantedPartitions } from './wanted-partitions.js'

export interface BackfillWish {
  readonly selection: string
  /** See `parsePartitions`; of the assets that it begins with, and those that are cut alike. */
  readonly partitions: string
  /** How many partitions a run makes; `all` is one run. Left out: 1, or all where every asset makes several together. */
  readonly perRun?: number | 'all' | undefined
  readonly fullRefresh?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** What a backfill does, and of which assets. */
export interface BackfillPlan extends BackfillRequest {
  /** Of which the partitions are. */
  readonly assets: readonly AssetKey[]
}

/** What a backfill would do. @throws SELECTION_INVALID, PARTITIONS_INVALID */
export function planBackfill(
  definitions: Definitions,
  { selection, partitions, perRun, ...rest }: BackfillWish,
  dynamicKeys: DynamicKeys,
  now: Date,
): BackfillPlan {
  // Else its first run would be refused, much later.
  settingsOfTags(rest.tags ?? {})
  const moment = { now, dynamicKeys }
  const about = backfillSpace(definitions, selection, moment)
  const set = parsePartitions(about.space, partitions)
  const wanted = wantedPartitions(definitions, about, set, moment)
  const planned = planParts(definitions, about.assets, wanted)
  const parts = planned.map((part) => inRuns(part, perRun))
  const first = parts.find((part) => part.partitions !== undefined) as BackfillPart
  return {
    ...rest,
    selection,
    partitions: partitionsText(about.space, set),
    partitionsPerRun: first.partitionsPerRun,
    isSequential: planned.some(({ readsItself }) => readsItself),
    parts,
    runCount: parts.reduce((sum, { runCount }) => sum + runCount, 0),
    partitionCount: set.size,
    assets: about.assets.flatMap(({ key }) => (wanted.has(key) ? [key] : [])),
  }
}

function inRuns({ assets, wanted, readsItself }: PlannedPart, perRun: BackfillWish['perRun']): BackfillPart {
  const keys = assets.map(({ key }) => key)
  if (!wanted) return { assets: keys, partitionsPerRun: 1, runCount: 1 }
  const { space, set } = wanted
  const areTogether = assets.every(({ partitions, makesPartitions }) => !partitions || makesPartitions === 'together')
  // Where one of several fails, those that read it would be made all the same by its run.
  const asked = readsItself && !areTogether ? 1 : (perRun ?? (areTogether ? 'all' : 1))
  const partitionsPerRun = asked === 'all' ? set.size : asked
  return {
    assets: keys,
    partitions: partitionsText(space, set),
    partitionsPerRun,
    runCount: Math.ceil(set.size / partitionsPerRun),
  }
}
