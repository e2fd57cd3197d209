import { selectionOf } from '../assets/select-assets.js'
import type { AssetKey, RunRequest, StepSpec } from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import type { PartitionSpace } from '../partitions/partition-space.js'
import { partitionsText } from '../partitions/selection.js'
import type { AssetResult } from './evaluate-conditions.js'

export interface ConditionRequest extends RunRequest {
  readonly assets: readonly AssetKey[]
}

interface Group {
  readonly space: PartitionSpace | undefined
  readonly results: AssetResult[]
}

/**
 * The runs for what conditions asked for. Assets that are cut alike and want the same partitions are made by one run, in which
 * each waits for what it reads.
 */
export function conditionRequests(
  results: readonly AssetResult[],
  around: {
    readonly space: (asset: AssetKey) => PartitionSpace | undefined
    readonly steps: readonly StepSpec[]
    /** Counts evaluations: a run of it is requested once, whatever happens. */
    readonly evaluation: number
  },
): ConditionRequest[] {
  const groups = new Map<string, Group>()
  for (const result of results) {
    if (result.requested.isEmpty) continue
    const space = around.space(result.asset)
    const group = groups.get(result.memory.partitions) ?? { space, results: [] }
    group.results.push(result)
    groups.set(result.memory.partitions, group)
  }
  const whole = withNeighbours(around.steps)
  return [...groups.values()].flatMap(runsOf).map(({ assets, automation, partitions }, i) => ({
    assets: whole(assets),
    selection: selectionOf(whole(assets)),
    trigger: { type: 'automation', name: automation },
    ...(partitions === undefined ? {} : { partitions }),
    runKey: `automation ${around.evaluation} ${i}`,
  }))
}

interface WantedRun {
  readonly assets: readonly AssetKey[]
  readonly automation: string
  readonly partitions: string | undefined
}

function runsOf({ space, results }: Group): WantedRun[] {
  const automation = (results[0] as AssetResult).automation
  if (!space) return [{ assets: results.map(({ asset }) => asset), automation, partitions: undefined }]
  const byAssets = new Map<string, { readonly wanted: AssetResult[]; set: PartitionSet }>()
  for (const piece of alikePieces(results)) {
    const wanted = results.filter(({ requested }) => !requested.intersection(piece).isEmpty)
    const id = JSON.stringify(wanted.map(({ asset }) => asset))
    const known = byAssets.get(id)
    if (known) known.set = known.set.union(piece)
    else byAssets.set(id, { wanted, set: piece })
  }
  return [...byAssets.values()].map(({ wanted, set }) => ({
    assets: wanted.map(({ asset }) => asset),
    automation: wanted[0]?.automation ?? automation,
    partitions: partitionsText(space, set),
  }))
}

/** Stretches of partitions of which each asset wants all or none. */
function alikePieces(results: readonly AssetResult[]): PartitionSet[] {
  const borders = [...new Set(results.flatMap(({ requested }) => requested.ranges.flat()))].sort((a, b) => a - b)
  return borders.slice(1).flatMap((to, i) => {
    const piece = PartitionSet.of([[borders[i] as number, to]])
    return results.some(({ requested }) => !requested.intersection(piece).isEmpty) ? [piece] : []
  })
}

/** A step that makes several assets at once, and cannot make some of them, makes all. */
function withNeighbours(steps: readonly StepSpec[]): (assets: readonly AssetKey[]) => readonly AssetKey[] {
  const neighbours = new Map<AssetKey, readonly AssetKey[]>()
  for (const { assets, isSubsettable } of steps)
    if (!isSubsettable && assets.length > 1) for (const asset of assets) neighbours.set(asset, assets)
  return (assets) => [...new Set(assets.flatMap((asset) => neighbours.get(asset) ?? [asset]))]
}
