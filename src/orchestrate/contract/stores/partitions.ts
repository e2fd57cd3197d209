import type { AssetKey } from '../definitions.js'
import type { FailedPartition, PartitionState, PartitionStates } from '../events.js'

/** How partitions stand, and the keys of dynamic ones, in the order in which they came. */
export interface PartitionStore {
  partitionStates(asset: AssetKey): Promise<PartitionStates>
  partitionState(asset: AssetKey, key: string): Promise<PartitionState | undefined>
  /** By asset, of these: when one of the partitions that failed since they were made did last, and in which run. */
  lastFailedPartitions(assets: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, FailedPartition>>
  /** Partitions that a check found bad the last time that it was asked of them. */
  badPartitions(): Promise<readonly { readonly asset: AssetKey; readonly keys: readonly string[] }[]>
  /** What checks found of these says nothing any more: they are gone. */
  forgetBadPartitions(asset: AssetKey, keys: readonly string[]): Promise<void>
  dynamicPartitions(names?: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Keys that are there already stay where they are. */
  addDynamicPartitions(name: string, keys: readonly string[]): Promise<void>
  /** What was made of them is forgotten by nobody. */
  removeDynamicPartitions(name: string, keys: readonly string[]): Promise<void>
}
