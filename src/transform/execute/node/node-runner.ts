import type { MillraceError } from '../../../base/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { Adapter } from '../../adapter/adapter.js'
import { engineOf } from '../../adapter/engines/index.js'
import { NodeConnection } from '../../adapter/node-connection.js'
import { withMeantName } from '../../context/meant-name.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestNode } from '../../contract.js'
import { executionContext } from '../compile/execution-context.js'
import { locatedError } from '../results/located-error.js'
import { NodeFiles } from '../results/node-files.js'
import { type StatementEvents, statementEvents } from '../results/statement-events.js'
import { StoredResults } from '../results/stored-results.js'
import { inConfig } from '../results/written-config.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import { addConnected } from './connected-context.js'
import { HookText } from './hook-text.js'
import { queryComment } from './query-comment.js'
import { repeated } from './repeat.js'
import { seedPath } from './seed-file.js'

/** Something to be done in a node's context, on a connection of its own. */
export type NodeWork<T> = (context: NodeContext, adapter: Adapter) => Promise<T>

/** Opens a node's connection and context for whatever is to be done with it, and keeps what that leaves behind. */
export class NodeRunner {
  readonly scope: ExecutionScope
  readonly node: ManifestNode
  readonly run: RunnerOptions
  readonly results = new StoredResults()
  readonly files: NodeFiles
  readonly hook: HookText
  /** What the log hears of the node. */
  readonly said: StatementEvents | undefined
  #lastSql = ''
  /** Something that this node wrote stays, whatever happens now. */
  #isKept = false

  constructor(scope: ExecutionScope, node: ManifestNode, run: RunnerOptions = {}) {
    this.scope = scope
    this.node = node
    this.run = run
    this.files = new NodeFiles(scope, run)
    this.hook = new HookText(node, scope.project)
    this.said = statementEvents(scope.project, node, run.slot)
  }

  async withContext<T>(use: NodeWork<T>): Promise<T> {
    const { pool } = this.scope
    try {
      return await pool.use((session, isNew) => this.#workOn(session, isNew, use), this.run.signal)
    } finally {
      await this.files.written()
    }
  }

  /** The same, tried again where it failed for a passing reason and left nothing behind. */
  withContextRepeated<T>(use: NodeWork<T>): Promise<T> {
    return repeated(() => this.withContext(use), {
      signal: this.run.signal,
      isUndone: () => !this.#isKept,
      onRepeat: ({ message }) => {
        // Who stood in the way changed what is there.
        this.scope.cache.clear()
        this.run.onLog?.('warn', `${this.node.name} is tried again: ${message}`)
      },
    })
  }

  /** The statement that was sent last. */
  get lastSql(): string {
    return this.#lastSql
  }

  /** What was thrown, with its place in the node's files or in the statement that was sent last. */
  located(thrown: unknown): MillraceError {
    const { project } = this.scope
    const firstLine = project.firstLines.get(this.node.unique_id)
    const error = inConfig(locatedError(thrown, this.node, this.#lastSql, firstLine), this.node, project)
    return this.hook.located(error, this.#lastSql)
  }

  async #workOn<T>(session: WarehouseConnection, isNew: boolean, use: NodeWork<T>): Promise<T> {
    const { scope, node, run, said } = this
    said?.isConnected({ isNew })
    const connection = this.#connectionOn(session)
    const context = executionContext(scope, node, run)
    const adapter = this.#adapterOf(connection, context)
    addConnected(context, adapter, this)
    connection.commentWith(await queryComment(scope.project, node, context))
    try {
      for (const sql of sessionStatements(scope.project, node)) await connection.execute(sql, false)
      const result = await use(context, adapter)
      await connection.end()
      return result
    } catch (error) {
      await connection.rollback().catch(() => {})
      throw withMeantName(error, node, context, scope.project.registry)
    } finally {
      this.#isKept ||= connection.isKept
    }
  }

  #connectionOn(connection: WarehouseConnection): NodeConnection {
    const { said, run, scope } = this
    return new NodeConnection({
      connection,
      cache: scope.cache,
      beginsByItself: engineOf(scope.project.target.type).beginsByItself,
      hasTransactions: engineOf(scope.project.target.type).hasTransactions,
      beginsByStatement: engineOf(scope.project.target.type).beginsByStatement,
      signal: run.signal,
      onStatement: (sql, sent) => {
        this.#lastSql = sql
        if (!said) run.onLog?.('debug', sent.trim())
        else said.statement(sent)
      },
      onTransactionEnd: (how) => said?.transactionEnded(how),
      onAnswer: (result, seconds) => said?.answer(result, seconds),
    })
  }

  #adapterOf(connection: NodeConnection, context: NodeContext): Adapter {
    const { project, warehouse, cache } = this.scope
    return new Adapter({
      warehouse,
      connection,
      cache,
      target: project.target,
      engine: engineOf(project.target.type),
      flags: project.invocation.flags,
      quoting: project.root.quoting,
      dispatch: (name, namespace) => context.dispatch(name, namespace),
      findMacro: (name) => context.get(name),
      warn: (message) => this.run.onLog?.('warn', message),
      print: project.invocation.print,
      seedFile: () => seedPath(project, this.node),
    })
  }
}

/** What the session of a node is told before it; it forgets all of it when the node is through. */
function sessionStatements({ target }: ExecutionScope['project'], node: ManifestNode): readonly string[] {
  return engineOf(target.type).sessionOf?.(node.config as Readonly<Record<string, unknown>>, target.credentials) ?? []
}
