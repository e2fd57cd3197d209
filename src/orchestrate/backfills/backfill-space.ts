import { AssetGraph } from '../assets/select-assets.js'
import { selectForRun } from '../assets/select-for-run.js'
import type { AssetSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { commonPartitions, isAlike } from '../partitions/alike.js'
import { type PartitionMoment, type PartitionSpace, partitionSpace } from '../partitions/partition-space.js'
import { requireAlike } from '../runs/run-partitions.js'

/** What a backfill of a selection is about. */
export interface BackfillSpace {
  /** All that a run can make. */
  readonly assets: readonly AssetSpec[]
  /** Those of them that are cut like what the backfill begins with: a choice of partitions means all of these. */
  readonly chosen: readonly AssetSpec[]
  /** The partitions that these have in common. */
  readonly space: PartitionSpace
}

/** @throws SELECTION_INVALID, PROJECT_BROKEN, PARTITIONS_INVALID where none has partitions, or it begins with different ones */
export function backfillSpace(definitions: Definitions, selection: string, moment: PartitionMoment): BackfillSpace {
  const selected = selectForRun(definitions, selection)
  const assets = definitions.assets.filter(({ key, isExecutable }) => selected.has(key) && isExecutable)
  const cut = assets.filter(({ partitions }) => partitions)
  const roots = rootsOf(definitions, assets, cut)
  const [root] = roots
  if (root) requireAlike(roots)
  const chosen = cut.filter(({ partitions }) => isAlike(partitions, root?.partitions))
  const spec = commonPartitions(chosen.flatMap(({ partitions }) => partitions ?? []))
  if (!spec)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: 'None of the selected assets has partitions.',
      hint: 'Bring it up to date as a whole: millrace materialize.',
    })
  return { assets, chosen, space: partitionSpace(spec, moment) }
}

/** Of the assets with partitions those that read no other one, also not through what has none. */
function rootsOf({ assets: all }: Definitions, assets: readonly AssetSpec[], cut: readonly AssetSpec[]): AssetSpec[] {
  const graph = AssetGraph.of(all)
  const selected = new Set(assets.map(({ key }) => key))
  const below = new Set<string>()
  const open = cut.map(({ key }) => key)
  for (let key = open.pop(); key !== undefined; key = open.pop())
    for (const child of graph.children(key))
      if (child !== key && selected.has(child) && !below.has(child)) {
        below.add(child)
        open.push(child)
      }
  return cut.filter(({ key }) => !below.has(key))
}
