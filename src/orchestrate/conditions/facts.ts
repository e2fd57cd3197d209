import type { AssetKey, AssetSpec, CheckSpec, FreshnessState } from '../contract/index.js'
import type { PartitionSet } from '../partitions/partition-set.js'
import type { PartitionSpace } from '../partitions/partition-space.js'

/** One materialization since the evaluation before. */
export interface AssetUpdate {
  readonly partitions: PartitionSet
  readonly atMs: number
  readonly runId: string
  /** Whether it changed the data, or only found that nothing was new. */
  readonly hasChanged: boolean
}

export interface CheckFact {
  readonly passed: boolean
  /** It was evaluated after the asset was made last. */
  readonly isOfLatest: boolean
  readonly isNew: boolean
}

/**
 * Everything that conditions look at, as it was at one moment. An asset without partitions is seen as one with a single
 * partition, whose place is 0.
 */
export interface ConditionFacts {
  readonly now: Date
  /** When conditions were evaluated before; undefined the first time. */
  readonly previousAt: Date | undefined
  asset(key: AssetKey): AssetSpec | undefined
  /** Undefined for an asset without partitions. */
  space(key: AssetKey): PartitionSpace | undefined
  made(key: AssetKey): PartitionSet
  failed(key: AssetKey): PartitionSet
  runInProgress(key: AssetKey): PartitionSet
  backfillInProgress(key: AssetKey): PartitionSet
  updates(key: AssetKey): readonly AssetUpdate[]
  /** The runs that made its partitions last. */
  lastRuns(key: AssetKey): readonly Pick<AssetUpdate, 'partitions' | 'runId'>[]
  run(
    id: string,
  ): { readonly targets: ReadonlySet<AssetKey>; readonly tags: Readonly<Record<string, string>> } | undefined
  checks(asset: AssetKey): readonly CheckSpec[]
  check(asset: AssetKey, name: string): CheckFact | undefined
  freshness(key: AssetKey): FreshnessState
  /** The assets of a selection; none where it names nothing. */
  selection(text: string): ReadonlySet<AssetKey>
}
