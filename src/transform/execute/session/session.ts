import type { Warehouse } from '../../../warehouse/index.js'
import { RelationCache } from '../../adapter/relation-cache.js'
import type { ManifestNode, OpenSessionOptions } from '../../contract.js'
import type { BatchResults } from '../../event-time/batch-results.js'
import type { EventWindow } from '../../event-time/event-window.js'
import type { ParsedProject, ParseOptions } from '../../parse/parse-project.js'
import { inlineNode } from '../compile/inline-node.js'
import { referenceIndex } from '../compile/references.js'
import { NodeRunner } from '../node/node-runner.js'
import { ConnectionPool } from '../scope/connection-pool.js'
import type { Deferral, ExecutionScope } from '../scope/execution-scope.js'
import { GraphView } from '../scope/graph-view.js'
import { readingWarehouse, unaskedWarehouse } from '../scope/reading-warehouse.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import { listingOf } from './listing.js'

export interface SessionOptions {
  readonly openWarehouse: OpenSessionOptions['openWarehouse']
  readonly targetPath?: string | undefined
  readonly env?: ParseOptions['env'] | undefined
  readonly fullRefresh?: boolean | undefined
  readonly isEmpty?: boolean | undefined
  readonly sample?: EventWindow | undefined
  readonly eventTime?: EventWindow | undefined
  readonly isWarnError?: boolean | undefined
  readonly writesFiles?: boolean | undefined
  /** False where templates may ask the warehouse nothing. */
  readonly introspects?: boolean | undefined
}

/** What the runs of one open project have in common. */
interface Opened {
  readonly warehouse: Warehouse
  readonly targetDir: string
  readonly options: SessionOptions
  readonly cache: RelationCache
  readonly pool: ConnectionPool
  readonly readingPool: ConnectionPool
  readonly index: ReturnType<typeof referenceIndex>
}

/** @param runner of a node, in the first session: what the cache asks the warehouse is asked there */
export function openShared(
  project: ParsedProject,
  opened: Warehouse,
  targetDir: string,
  options: SessionOptions,
  runner: (node: ManifestNode) => NodeRunner,
): Opened {
  const warehouse = options.introspects === false ? unaskedWarehouse(opened) : opened
  const listing = listingOf(warehouse, project, (ask) =>
    runner(inlineNode(project, '')).withContext((_, adapter) => ask(adapter)),
  )
  return {
    warehouse,
    targetDir,
    options,
    cache: new RelationCache(listing, warehouse.capabilities.identifierFolding, project.relations.rules),
    pool: new ConnectionPool(warehouse),
    readingPool: new ConnectionPool(readingWarehouse(warehouse)),
    index: referenceIndex(project),
  }
}

/** A project that is open for one run: its manifest, its warehouse, and a runner for any node of it. */
export class Session {
  readonly project: ParsedProject
  readonly opened: Opened
  #scope: ExecutionScope

  constructor(project: ParsedProject, opened: Opened) {
    const { warehouse, cache, pool, index, targetDir, options } = opened
    this.project = project
    this.opened = opened
    this.#scope = {
      project,
      warehouse,
      cache,
      pool,
      index,
      graph: new GraphView(project.manifest),
      targetDir,
      fullRefresh: options.fullRefresh ?? false,
      isEmpty: options.isEmpty ?? false,
      sample: options.sample,
      eventTime: options.eventTime,
      startedMs: project.invocation.startedAt.getTime(),
      isWarnError: options.isWarnError ?? false,
      writesFiles: options.writesFiles ?? true,
      selectedIds: [],
    }
  }

  get warehouse() {
    return this.opened.warehouse
  }
  get cache() {
    return this.opened.cache
  }
  get targetDir() {
    return this.opened.targetDir
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
  get isFullRefresh() {
    return this.#scope.fullRefresh
  }
  get sample() {
    return this.#scope.sample
  }
  get eventTime() {
    return this.#scope.eventTime
  }
  get selectedIds() {
    return this.#scope.selectedIds
  }
  get startedMs() {
    return this.#scope.startedMs
  }
  get formerBatches() {
    return this.#scope.formerBatches
  }
  get formerOverloads() {
    return this.#scope.formerOverloads
  }
  /** With --defer: the relation of another environment that stands in for a node. */
  get deferred() {
    return this.#scope.deferred
  }

  /** What templates see as `selected_resources`, where refs lead with --defer, and what is retried. */
  prepare(change: {
    readonly selectedIds?: readonly string[]
    readonly deferred?: Deferral
    readonly startedMs?: number
    readonly formerBatches?: ReadonlyMap<string, BatchResults>
    readonly formerOverloads?: ReadonlyMap<string, readonly string[]>
  }): void {
    this.#scope = { ...this.#scope, ...change }
  }

  /** What can be run by a runner: nodes of every kind, and functions. */
  node(uniqueId: string): ManifestNode | undefined {
    return this.manifest.nodes[uniqueId] ?? (this.manifest.functions[uniqueId] as ManifestNode | undefined)
  }

  /** A runner for one node; for what is not in the manifest (inline SQL) a node of its own is handed in. */
  runner(node: ManifestNode, run: RunnerOptions = {}): NodeRunner {
    return new NodeRunner(this.#scope, node, run)
  }

  /**
   * A runner to compile a copy of a node with: it writes nothing anywhere, and what templates ask the warehouse may only
   * read. As for a full refresh, unless told otherwise.
   */
  readingRunner(node: ManifestNode, fullRefresh = true): NodeRunner {
    const copy = { ...node, config: { ...node.config } }
    return new NodeRunner({ ...this.#scope, pool: this.opened.readingPool, writesFiles: false, fullRefresh }, copy)
  }

  async refreshRelations(): Promise<void> {
    this.cache.clear()
  }

  async close(): Promise<void> {
    await this.opened.pool.close()
    await this.opened.readingPool.close()
    await this.warehouse.close()
  }
}
