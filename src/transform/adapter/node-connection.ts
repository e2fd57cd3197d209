import { MillraceError } from '../../base/index.js'
import type { Cell, QueryResult, WarehouseConnection } from '../../warehouse/index.js'
import type { Relation } from './relation.js'
import type { RelationCache } from './relation-cache.js'

export interface NodeConnectionOptions {
  readonly connection: WarehouseConnection
  readonly cache: RelationCache
  readonly signal?: AbortSignal | undefined
  /** @param sent with the project's comment */
  readonly onStatement: (sql: string, sent: string) => void
  /** What the database answered, after how many seconds. */
  readonly onAnswer?: ((result: QueryResult, seconds: number) => void) | undefined
}

/**
 * One node's connection with dbt's transactions: a statement that asks for it begins one, `commit()` ends it. What the
 * node changed in the relation cache is taken back when the transaction is.
 */
export class NodeConnection {
  readonly #options: NodeConnectionOptions
  readonly #before = new Map<string, { relation: Relation; known: Relation | null }>()
  #isInTransaction = false
  #comment: (sql: string) => string = (sql) => sql
  #hasWritten = false
  #isKept = false

  constructor(options: NodeConnectionOptions) {
    this.#options = options
  }

  /** Whether something that was written may stay in the warehouse, even when the connection is lost now. */
  get isKept(): boolean {
    return this.#isKept
  }

  async execute(sql: string, isBeginning: boolean, limit?: number, params?: readonly Cell[]): Promise<QueryResult> {
    const command = /^\s*(begin|commit|rollback)(?:\s+(?:transaction|work))?\s*;?\s*$/i.exec(sql)?.[1]?.toLowerCase()
    if (command !== undefined) {
      this.#options.onStatement(sql, sql)
      await (command === 'begin' ? this.begin() : command === 'commit' ? this.commit() : this.rollback())
      return { columns: [], rows: [], truncated: false }
    }
    if (isBeginning) await this.begin()
    const { signal, connection, onStatement, onAnswer } = this.#options
    const started = performance.now()
    const sent = this.#comment(sql)
    onStatement(sql, sent)
    if (!isReading(sql)) {
      if (this.#isInTransaction) this.#hasWritten = true
      else this.#isKept = true
    }
    try {
      const result = await connection.query(sent, { signal, limit, params })
      onAnswer?.(result, (performance.now() - started) / 1000)
      return result
    } catch (error) {
      throw withoutComment(error, sent.indexOf(sql), sent)
    }
  }

  /** What is put around every statement from now on. */
  commentWith(comment: (sql: string) => string): void {
    this.#comment = comment
  }

  async begin(): Promise<void> {
    if (this.#isInTransaction) return
    await this.#options.connection.begin()
    this.#isInTransaction = true
  }

  /** @param isRepeatable what was written may be written again: `create schema if not exists` */
  async commit(isRepeatable = false): Promise<void> {
    this.#before.clear()
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    // Before it is sent: when the answer is lost nobody knows whether it was done.
    if (this.#hasWritten && !isRepeatable) this.#isKept = true
    this.#hasWritten = false
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

/** The database counts lines from the comment on, the user from the statement. */
function withoutComment(error: unknown, offset: number, sent: string): unknown {
  if (!(error instanceof MillraceError) || offset <= 0 || typeof error.data?.line !== 'number') return error
  const line = error.data.line - (sent.slice(0, offset).split('\n').length - 1)
  return line < 1 ? error : Object.assign(error, { data: { ...error.data, line } })
}

/** A statement that leaves the warehouse as it is, as far as its first words tell. */
const isReading = (sql: string): boolean =>
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(?:select|with|show|explain|describe|values|from|set|pragma)\b/i.test(sql) &&
  !/\b(?:insert|update|delete|merge|into|nextval|create|drop|alter|call|copy)\b/i.test(sql)
