import type { Warehouse } from '../../warehouse/index.js'
import type { Relation } from '../adapter/relation.js'
import { RelationCache } from '../adapter/relation-cache.js'
import type { ManifestNode, OpenSessionOptions } from '../contract.js'
import type { ParsedProject, ParseOptions } from '../parse/parse-project.js'
import { ConnectionPool } from './connection-pool.js'
import type { ExecutionScope } from './execution-scope.js'
import { GraphView } from './graph-view.js'
import { NodeRunner, type RunnerOptions } from './node-runner.js'
import { referenceIndex } from './references.js'

export interface SessionOptions {
  readonly openWarehouse: OpenSessionOptions['openWarehouse']
  readonly targetPath?: string | undefined
  readonly env?: ParseOptions['env'] | undefined
  readonly fullRefresh?: boolean | undefined
  readonly isEmpty?: boolean | undefined
  readonly isWarnError?: boolean | undefined
  readonly writesFiles?: boolean | undefined
}

/** An open project: its manifest, its warehouse, and a runner for any node of it. */
export class Session {
  readonly project: ParsedProject
  readonly targetDir: string
  readonly warehouse: Warehouse
  readonly cache: RelationCache
  readonly #pool: ConnectionPool
  #scope: ExecutionScope

  constructor(project: ParsedProject, warehouse: Warehouse, targetDir: string, options: SessionOptions) {
    this.project = project
    this.targetDir = targetDir
    this.warehouse = warehouse
    this.cache = new RelationCache(warehouse)
    this.#pool = new ConnectionPool(warehouse)
    this.#scope = {
      project,
      warehouse,
      cache: this.cache,
      pool: this.#pool,
      index: referenceIndex(project.manifest),
      graph: new GraphView(project.manifest),
      targetDir,
      fullRefresh: options.fullRefresh ?? false,
      isEmpty: options.isEmpty ?? false,
      isWarnError: options.isWarnError ?? false,
      writesFiles: options.writesFiles ?? true,
      selectedIds: [],
    }
  }

  get manifest() {
    return this.project.manifest
  }
  get index() {
    return this.#scope.index
  }
  get target() {
    return this.project.target
  }

  /** What templates see as `selected_resources`, and where refs lead with --defer. */
  prepare(change: {
    readonly selectedIds?: readonly string[]
    readonly deferred?: (node: ManifestNode) => Relation | undefined
  }): void {
    this.#scope = { ...this.#scope, ...change }
  }

  /** A runner for one node; for what is not in the manifest (inline SQL) a node of its own is handed in. */
  runner(node: ManifestNode, run: RunnerOptions = {}): NodeRunner {
    return new NodeRunner(this.#scope, node, run)
  }

  async refreshRelations(): Promise<void> {
    this.cache.clear()
  }

  async close(): Promise<void> {
    await this.#pool.close()
    await this.warehouse.close()
  }
}
