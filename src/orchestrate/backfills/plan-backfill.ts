import { selectForRun } from '../assets/select-for-run.js'
import type { AssetSpec, BackfillRequest, Definitions, PartitionsSpec } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { type PartitionMoment, type PartitionSpace, partitionSpace } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { RunPartitions } from '../runs/run-partitions.js'

export interface BackfillWish {
  readonly selection: string
  /** See `parsePartitions`. */
  readonly partitions: string
  /** How many partitions a run makes; `all` is one run. Left out: 1, or all where every asset makes several together. */
  readonly perRun?: number | 'all' | undefined
  readonly fullRefresh?: boolean | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

type DynamicKeys = ReadonlyMap<string, readonly string[]>

/** What a backfill would do. @throws SELECTION_INVALID, PARTITIONS_INVALID */
export function planBackfill(
  definitions: Definitions,
  { selection, partitions, perRun, ...rest }: BackfillWish,
  dynamicKeys: DynamicKeys,
  now: Date,
): BackfillRequest {
  const selected = selectForRun(definitions, selection)
  // What cannot be one run cannot be many.
  new RunPartitions(definitions, { partitions, createdAt: now.toISOString() }, selected, dynamicKeys)
  const assets = definitions.assets.filter((asset) => selected.has(asset.key) && asset.isExecutable)
  const cut = assets.filter((asset) => asset.partitions)
  const space = backfillSpace(cut, { now, dynamicKeys: (name) => dynamicKeys.get(name) ?? [] })
  const set = parsePartitions(space, partitions)
  const usual = cut.every(({ makesPartitions }) => makesPartitions === 'together') ? 'all' : 1
  const asked = perRun ?? usual
  const partitionsPerRun = asked === 'all' ? set.size : asked
  return {
    ...rest,
    selection,
    partitions: partitionsText(space, set),
    partitionsPerRun,
    isSequential: cut.some((asset) => readsEarlier(asset, selected)),
    runCount: Math.ceil(set.size / partitionsPerRun),
    partitionCount: set.size,
  }
}

/** The partitions that all assets of a backfill have in common. */
function backfillSpace(cut: readonly AssetSpec[], moment: PartitionMoment): PartitionSpace {
  const [first] = cut
  if (!first)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: 'None of the selected assets has partitions.',
      hint: 'Bring it up to date as a whole: millrace materialize.',
    })
  return partitionSpace(first.partitions as PartitionsSpec, moment)
}

/** Whether a partition reads another one that the backfill makes, too. */
function readsEarlier({ partitionMappings = {} }: AssetSpec, selected: ReadonlySet<string>): boolean {
  return Object.entries(partitionMappings).some(
    ([dep, { type }]) => selected.has(dep) && type !== 'identity' && type !== 'static',
  )
}
