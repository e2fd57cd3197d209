import type { Metadata } from '../../contract/index.js'
import type { AnyAsset, Partition, RunContext, WithResources } from '../define.js'
import type { IsCut, ValueOf } from '../inputs.js'
import type { Resources } from '../resource.js'
import type { AssetName, MaybeOpen, Table } from '../tables.js'

/** So much of each kind a check is told of what was before it, where it asks for no other number; and at most. */
export const [usualHistory, longestHistory] = [20, 1_000]

/** An asset of this file, a table, or a key. */
export type CheckedAsset = AnyAsset | Table | AssetName | MaybeOpen

/** What the function of a check of some asset is given. */
export type CheckContext<Of, R extends Resources> = WithResources<BasicCheckContext, R> &
  PartitionPart<Of> &
  ValuePart<Of>

/** What every check can use. */
export interface BasicCheckContext extends Omit<RunContext, 'metadata' | 'dataVersion'> {
  /** Of the materialization that is asked about. */
  readonly metadata: Metadata
  /**
   * What was before it, as far as that is kept.
   * @param most of each kind; 20 when left out, 1000 at most
   * @param partition the key of the only one that is asked for
   */
  history(most?: number, partition?: string): Promise<CheckHistory>
}

/** An asset of this file tells the compiler whether it has partitions; of others these are none, or all that the run made. */
type PartitionPart<Of> = Of extends { readonly type: 'asset' }
  ? IsCut<Of> extends true
    ? {
        /** The one that was made; of an asset that makes several at once the first of `partitions`. */
        readonly partition: Partition
        /** All that the call made. */
        readonly partitions: readonly Partition[]
      }
    : unknown
  : {
      /** Those that the run made of it; none where it has none. */
      readonly partitions: readonly Partition[]
    }

type ValuePart<Of> = Of extends { readonly type: 'asset' }
  ? // biome-ignore lint/suspicious/noConfusingVoidType: it is what a function answers that answers nothing
    [ValueOf<Of>] extends [void]
    ? unknown
    : {
        /** What the function of the asset answered. */
        readonly value: ValueOf<Of>
      }
  : unknown

/** What was before the materialization that a check is asked about, each the newest first. */
export interface CheckHistory {
  readonly materializations: readonly EarlierMaterialization[]
  /** What the check found. */
  readonly outcomes: readonly EarlierOutcome[]
}

export interface EarlierMaterialization {
  readonly at: Date
  readonly runId: string
  /** Of an asset that has some: which was made, as `--partition` says it. A key, where one was. */
  readonly partition: string | undefined
  readonly metadata: Metadata
}

export interface EarlierOutcome extends EarlierMaterialization {
  readonly passed: boolean
  readonly severity: 'error' | 'warn'
  readonly message: string | undefined
}
