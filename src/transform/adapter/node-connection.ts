import type { Cell, QueryResult, WarehouseConnection } from '../../warehouse/index.js'
import type { Relation } from './relation.js'
import type { RelationCache } from './relation-cache.js'

export interface NodeConnectionOptions {
  readonly connection: WarehouseConnection
  readonly cache: RelationCache
  readonly signal?: AbortSignal | undefined
  readonly onStatement: (sql: string) => void
}

/**
 * One node's connection with dbt's transactions: a statement that asks for it begins one, `commit()` ends it. What the
 * node changed in the relation cache is taken back when the transaction is.
 */
export class NodeConnection {
  readonly #options: NodeConnectionOptions
  readonly #before = new Map<string, { relation: Relation; known: Relation | null }>()
  #isInTransaction = false

  constructor(options: NodeConnectionOptions) {
    this.#options = options
  }

  async execute(sql: string, isBeginning: boolean, limit?: number, params?: readonly Cell[]): Promise<QueryResult> {
    const command = /^\s*(begin|commit|rollback)(?:\s+(?:transaction|work))?\s*;?\s*$/i.exec(sql)?.[1]?.toLowerCase()
    if (command !== undefined) {
      this.#options.onStatement(sql)
      await (command === 'begin' ? this.begin() : command === 'commit' ? this.commit() : this.rollback())
      return { columns: [], rows: [], truncated: false }
    }
    if (isBeginning) await this.begin()
    this.#options.onStatement(sql)
    const { signal } = this.#options
    return this.#options.connection.query(sql, { signal, limit, params })
  }

  async begin(): Promise<void> {
    if (this.#isInTransaction) return
    await this.#options.connection.begin()
    this.#isInTransaction = true
  }

  async commit(): Promise<void> {
    this.#before.clear()
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    await this.#options.connection.commit()
  }

  async rollback(): Promise<void> {
    for (const { relation, known } of this.#before.values())
      if (known) this.#options.cache.add(known)
      else this.#options.cache.remove(relation)
    this.#before.clear()
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    await this.#options.connection.rollback()
  }

  added(relation: Relation): void {
    this.#remember(relation)
    this.#options.cache.add(relation)
  }
  dropped(relation: Relation): void {
    this.#remember(relation)
    this.#options.cache.remove(relation)
  }

  #remember(relation: Relation): void {
    const { database, schema, identifier } = relation
    const key = `${database}\0${schema}\0${identifier}`.toLowerCase()
    if (this.#isInTransaction && !this.#before.has(key))
      this.#before.set(key, { relation, known: this.#options.cache.known(database, schema, identifier) })
  }
}
