import type { Warehouse } from '../../../warehouse/index.js'
import type { Relation } from '../../adapter/relation.js'
import type { RelationCache } from '../../adapter/relation-cache.js'
import type { ManifestNode } from '../../contract.js'
import type { BatchResults } from '../../event-time/batch-results.js'
import type { EventWindow } from '../../event-time/event-window.js'
import type { NamedNodes } from '../../graph/named-nodes.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import type { ConnectionPool } from './connection-pool.js'
import type { GraphView } from './graph-view.js'

/** What all nodes of a session share. */
export interface ExecutionScope {
  readonly project: ParsedProject
  readonly warehouse: Warehouse
  readonly cache: RelationCache
  readonly pool: ConnectionPool
  readonly index: NamedNodes
  readonly graph: GraphView
  readonly targetDir: string
  readonly fullRefresh: boolean
  /** `--empty`: refs and sources give no rows. */
  readonly isEmpty: boolean
  /** `--sample`: refs and sources that have an event time give the rows of this time only. */
  readonly sample?: EventWindow | undefined
  /** `--event-time-start` and `--event-time-end`: which batches microbatch models run. */
  readonly eventTime?: EventWindow | undefined
  /** What is now for batches: when the command began, for a retry when the first try did. */
  readonly startedMs: number
  /** The batches of the run that is retried, by model. */
  readonly formerBatches?: ReadonlyMap<string, BatchResults> | undefined
  /** The overloads that the run that is retried made, by function. */
  readonly formerOverloads?: ReadonlyMap<string, readonly string[]> | undefined
  /** `--warn-error`: a test that would warn fails. */
  readonly isWarnError: boolean
  /** Writes target/compiled and target/run. */
  readonly writesFiles: boolean
  readonly selectedIds: readonly string[]
  readonly deferred?: Deferral | undefined
}

/** With --defer: the relation of the former environment that is meant; undefined for the one here. */
export interface Deferral {
  /** Of what `ref()` names. */
  readonly ref: (node: ManifestNode) => Relation | undefined
  /** Of functions, and of what foreign keys lead to: whether those are here is not known. */
  readonly unlessSelected: (node: ManifestNode) => Relation | undefined
}
