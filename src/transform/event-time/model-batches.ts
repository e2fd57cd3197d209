import type { ManifestNode, NodeResult } from '../contract.js'
import { type BatchResults, batchesOf } from './batch-results.js'
import { type BatchSize, batchSizes, truncated } from './batches.js'
import { type EventWindow, momentOf } from './event-window.js'

export interface ModelBatches {
  /** Where its first batch begins, in UTC. */
  readonly startMs: number
  readonly size: BatchSize
}

export const isMicrobatch = ({ resource_type, config }: ManifestNode): boolean =>
  resource_type === 'model' && config.materialized === 'incremental' && config.incremental_strategy === 'microbatch'

/** The batches that a model is made of; undefined for one that has none, or does not say when they begin. */
export function modelBatches(node: ManifestNode): ModelBatches | undefined {
  if (!isMicrobatch(node)) return undefined
  const size = batchSizes.find((one) => one === node.config.batch_size)
  const begin = momentOf(node.config.begin)
  return size === undefined || begin === undefined ? undefined : { startMs: truncated(begin, size), size }
}

/** The batches that a run of a microbatch model made. */
export const successfulBatches = ({ batch_results }: NodeResult): EventWindow[] =>
  batch_results === null || batch_results === undefined ? [] : batchesOf((batch_results as BatchResults).successful)
