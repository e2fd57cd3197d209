import type { Relation } from '../../adapter/relation.js'
import type { ManifestNode, RunNodeOptions } from '../../contract.js'
import type { RunningBatch } from '../../event-time/batch-context.js'

export interface RunnerOptions extends RunNodeOptions {
  /** The thread that the result names, from 0. */
  readonly slot?: number | undefined
  /** A thread that nobody uses at the moment, for as long as `release` is not called; undefined when there is none. */
  readonly borrowSlot?: (() => { readonly slot: number; release(): void } | undefined) | undefined
  /** The batch of a microbatch model; it runs as many times as it has batches. */
  readonly batch?: RunningBatch | undefined
  /** Batches after the first add to what is there, also with --full-refresh. */
  readonly addsToRelation?: boolean | undefined
  /** Where refs to a node lead instead: the version of a table that is not published yet. */
  readonly standIn?: ((node: ManifestNode) => Relation | undefined) | undefined
}
