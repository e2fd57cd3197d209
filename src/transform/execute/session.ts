import { isAbsolute, join } from 'node:path'
import { toMillraceError } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import type { Relation } from '../adapter/relation.js'
import { RelationCache } from '../adapter/relation-cache.js'
import type { ManifestNode, NodeResult, OpenSessionOptions, TransformSession } from '../contract.js'
import { transformErrors } from '../errors.js'
import { type ParsedProject, type ParseOptions, parseProject } from '../parse/parse-project.js'
import { ConnectionPool } from './connection-pool.js'
import type { ExecutionScope } from './execution-scope.js'
import { GraphView } from './graph-view.js'
import { runHookNodes } from './hooks.js'
import { NodeRunner, type RunnerOptions } from './node-runner.js'
import { ReferenceIndex } from './references.js'
import { runUnitTest } from './unit-tests/run-unit-test.js'

/** Parses the project and opens its warehouse. Whoever opens a session closes it. */
export async function openTransformSession(options: OpenSessionOptions): Promise<Session> {
  return openSession(parseProject(options), options)
}

export interface SessionOptions {
  readonly openWarehouse: OpenSessionOptions['openWarehouse']
  readonly targetPath?: string | undefined
  readonly env?: ParseOptions['env'] | undefined
  readonly fullRefresh?: boolean | undefined
  readonly isEmpty?: boolean | undefined
  readonly isWarnError?: boolean | undefined
  readonly writesFiles?: boolean | undefined
}

export async function openSession(project: ParsedProject, options: SessionOptions): Promise<Session> {
  const targetPath = options.targetPath ?? options.env?.DBT_TARGET_PATH ?? project.root.targetPath
  const targetDir = isAbsolute(targetPath) ? targetPath : join(project.root.dir, targetPath)
  const warehouse = await options.openWarehouse(project.target)
  return new Session(project, warehouse, targetDir, options)
}

export class Session implements TransformSession {
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
      index: new ReferenceIndex(project.manifest),
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

  async runNode(uniqueId: string, run: RunnerOptions = {}): Promise<NodeResult> {
    const unitTest = this.manifest.unit_tests[uniqueId]
    if (unitTest) return runUnitTest(this, unitTest, run)
    const node = this.manifest.nodes[uniqueId]
    if (!node)
      throw transformErrors.create('TRANSFORM_SELECTION', {
        message: `The dbt project has no node ${uniqueId}.`,
        hint: 'It was removed or renamed since this was planned.',
      })
    return this.runner(node, run).run()
  }

  async runHooks(when: 'on-run-start' | 'on-run-end', results: readonly NodeResult[] = []): Promise<void> {
    for (const { error, message } of await runHookNodes(this, when, results))
      if (error || message === null) throw toMillraceError(error ?? new Error(`A hook ${when} failed.`))
  }

  async refreshRelations(): Promise<void> {
    this.cache.clear()
  }

  async close(): Promise<void> {
    await this.#pool.close()
    await this.warehouse.close()
  }
}
