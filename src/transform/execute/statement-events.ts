import type { QueryResult } from '../../warehouse/index.js'
import type { ManifestNode } from '../contract.js'
import type { NodeInfo } from '../log/event.js'
import type { EventSink } from '../log/event-sink.js'
import { nodeInfo } from '../log/node-info.js'

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

  /** A connection of the pool is this node's from now on. */
  isCompiling(): void {
    const { node, thread } = this.#context
    this.#events.fire('ConnectionReused', { conn_name: node.unique_id, orig_conn_name: 'pool' }, { thread })
    this.#events.fire('NodeCompiling', {}, { thread, node: { ...node, node_status: 'compiling' } })
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
