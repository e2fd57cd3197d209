import type { QueryResult } from '../../../warehouse/index.js'
import type { ManifestNode } from '../../contract.js'
import type { NodeInfo } from '../../log/event.js'
import type { EventSink } from '../../log/event-sink.js'
import { nodeInfo } from '../../log/node-info.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { threadName } from './node-result.js'

/** Undefined where no log listens. */
export function statementEvents(
  { invocation: { events }, target }: ParsedProject,
  node: ManifestNode,
  slot: number | undefined,
): StatementEvents | undefined {
  return events && new StatementEvents(events, target.type, node, threadName(slot))
}

/** Says which SQL a node sends, and what comes of it. */
export class StatementEvents {
  readonly #events: EventSink
  readonly #type: string
  readonly #context: { readonly node: NodeInfo; readonly thread: string }

  constructor(events: EventSink, type: string, node: ManifestNode, thread: string) {
    this.#events = events
    this.#type = type
    this.#context = { node: nodeInfo(node, { status: 'executing' }), thread }
  }

  /** A connection of the pool is this node's from now on; the pool may have opened it just now. */
  isConnected({ isNew }: { readonly isNew: boolean }): void {
    const conn_name = this.#context.node.unique_id
    const { thread } = this.#context
    if (isNew) this.#events.fire('NewConnection', { conn_type: this.#type, conn_name: 'pool' }, { thread })
    this.#events.fire('ConnectionReused', { conn_name, orig_conn_name: 'pool' }, { thread })
  }

  isCompiling(): void {
    const { node, thread } = this.#context
    this.#events.fire('NodeCompiling', {}, { thread, node: { ...node, node_status: 'compiling' } })
  }

  isWritten(): void {
    this.#events.fire('WritingInjectedSQLForNode', {}, this.#context)
  }

  /** @param exc what dbt calls the error */
  hasFailed(exc: string): void {
    this.#events.fire('CatchableExceptionOnRun', { exc, exc_info: '' }, this.#context)
  }

  transactionEnded(how: 'commit' | 'rollback'): void {
    const conn_name = this.#context.node.unique_id
    this.#events.fire(how === 'commit' ? 'SQLCommit' : 'Rollback', { conn_name }, this.#context)
  }

  isExecuting(): void {
    this.#events.fire('NodeExecuting', {}, this.#context)
  }

  statement(sql: string): void {
    const conn_name = this.#context.node.unique_id
    this.#events.fire('ConnectionUsed', { conn_type: this.#type, conn_name }, this.#context)
    this.#events.fire('SQLQuery', { conn_name, sql }, this.#context)
  }

  answer({ rows }: QueryResult, elapsed: number): void {
    const status = rows.length === 0 ? 'OK' : `SELECT ${rows.length}`
    this.#events.fire('SQLQueryStatus', { status, elapsed, query_id: '' }, this.#context)
  }
}
