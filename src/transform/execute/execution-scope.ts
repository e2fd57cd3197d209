import type { Warehouse } from '../../warehouse/index.js'
import type { Relation } from '../adapter/relation.js'
import type { RelationCache } from '../adapter/relation-cache.js'
import type { ManifestNode, NodeResult } from '../contract.js'
import type { NamedNodes } from '../graph/named-nodes.js'
import type { ParsedProject } from '../parse/parse-project.js'
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
  /** `--warn-error`: a test that would warn fails. */
  readonly isWarnError: boolean
  /** Writes target/compiled and target/run. */
  readonly writesFiles: boolean
  readonly selectedIds: readonly string[]
  readonly deferred?: ((node: ManifestNode) => Relation | undefined) | undefined
}

export const threadName = (slot: number) => `Thread-${slot + 1} (worker)`

/** A result that says nothing yet. */
export function emptyResult(uniqueId: string, threadId: string): NodeResult {
  return {
    unique_id: uniqueId,
    status: 'success',
    timing: [],
    thread_id: threadId,
    execution_time: 0,
    adapter_response: {},
    message: null,
    failures: null,
    compiled: null,
    compiled_code: null,
    relation_name: null,
    batch_results: null,
  }
}
