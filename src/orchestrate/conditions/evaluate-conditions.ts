import { createHash } from 'node:crypto'
import type { AssetKey, ConditionMemory, ConditionNode } from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import type { AutomatedAsset } from './automated-assets.js'
import { AssetEvaluation } from './evaluate-asset.js'
import type { ConditionFacts } from './facts.js'
import { packed, partitionsId, unpacked } from './memory.js'

/** What came of the condition of one asset. */
export interface AssetResult extends AutomatedAsset {
  /** The partitions that it asks for; of an asset without any, one or none. */
  readonly requested: PartitionSet
  readonly tree: ConditionNode
  readonly memory: ConditionMemory
}

/**
 * Evaluates the conditions of assets at one moment, each after those that it reads. Nothing is requested by this: what is asked
 * for counts as requested in the next evaluation, when what is remembered is handed in again.
 * @param standing what cannot be made now: it is evaluated, so that nothing is forgotten, and not requested
 */
export function evaluateConditions(
  assets: readonly AutomatedAsset[],
  facts: ConditionFacts,
  memories: ReadonlyMap<AssetKey, ConditionMemory>,
  standing?: ReadonlySet<AssetKey>,
): readonly AssetResult[] {
  return [...evaluatedOneByOne(assets, facts, memories, standing)]
}

/** The same for who has other things to do in between: of ten thousand assets it takes most of a second. */
export function* evaluatedOneByOne(
  assets: readonly AutomatedAsset[],
  facts: ConditionFacts,
  memories: ReadonlyMap<AssetKey, ConditionMemory>,
  standing: ReadonlySet<AssetKey> = new Set(),
): Generator<AssetResult, void> {
  const requested = new Map<AssetKey, PartitionSet>()
  const memoryOf = (asset: AssetKey) => {
    const memory = memories.get(asset)
    return memory?.partitions === partitionsId(facts.asset(asset)?.partitions) ? memory : undefined
  }
  for (const one of assets) {
    const { asset, condition } = one
    const memory = memoryOf(asset)
    const evaluation = new AssetEvaluation(
      {
        facts,
        root: asset,
        isInitial: memory === undefined,
        requested: (key) => requested.get(key) ?? PartitionSet.none,
        requestedBefore: (key) => unpacked(memoryOf(key)?.requested, facts.space(key)),
      },
      memory,
    )
    const { set: wanted, node } = evaluation.evaluate(condition)
    const set = standing.has(asset) ? PartitionSet.none : wanted
    requested.set(asset, set)
    const kept = { requested: packed(set, facts.space(asset)), nodes: evaluation.nodes }
    yield {
      ...one,
      requested: set,
      tree: node,
      memory: { partitions: partitionsId(facts.asset(asset)?.partitions), ...kept, tree: treeId(node) },
    }
  }
}

const treeId = (tree: ConditionNode) =>
  createHash('sha256').update(JSON.stringify(tree)).digest('base64url').slice(0, 12)
