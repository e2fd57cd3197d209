import { MillraceError } from '../../base/index.js'
import type { Cell, QueryOptions, QueryResult, WarehouseConnection } from '../../warehouse/index.js'
import type { Relation } from './relation.js'
import type { RelationCache } from './relation-cache.js'

export interface NodeConnectionOptions {
  readonly connection: WarehouseConnection
  readonly cache: RelationCache
  /** See `Engine`. */
  readonly beginsByItself: boolean
  /** See `Engine`. */
  readonly hasTransactions?: boolean | undefined
  /** See `Engine`. */
  readonly beginsByStatement?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** @param sent with the project's comment */
  readonly onStatement: (sql: string, sent: string) => void
  readonly onTransactionEnd?: ((how: 'commit' | 'rollback') => void) | undefined
  /** What the database answered, after how many seconds. */
  readonly onAnswer?: ((result: QueryResult, seconds: number) => void) | undefined
}

/**
 * One node's connection with dbt's transactions: a statement that asks for it begins one, `commit()` ends it, and what
 * nobody committed is undone in the end. What the node changed in the relation cache is taken back with the transaction.
 */
export class NodeConnection {
  readonly #options: NodeConnectionOptions
  readonly #before = new Map<string, { relation: Relation; known: Relation | null }>()
  #isInTransaction = false
  /** Which statements begin a transaction where there is none. */
  #beginning: 'any' | 'those that ask' | 'none'
  /**
   * The transaction is one that dbt does not have: begun by a statement behind `adapter.commit()`, say. Nobody commits it, so `end()`
   * does, unless something failed.
   */
  #isOurs = false
  #comment: (sql: string) => string = (sql) => sql
  #hasWritten = false
  #isKept = false

  constructor(options: NodeConnectionOptions) {
    this.#options = options
    this.#beginning = options.beginsByStatement ? 'none' : options.beginsByItself ? 'any' : 'those that ask'
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
    return this.#send(sql, isBeginning, { limit, params })
  }

  /** `copy … from stdin`, in a transaction. */
  copyRows(sql: string, copyRows: Iterable<readonly (string | null)[]>): Promise<QueryResult> {
    return this.#send(sql, true, { copyRows })
  }

  async #send(sql: string, isBeginning: boolean, options: QueryOptions): Promise<QueryResult> {
    if (this.#beginning === 'any' || (isBeginning && this.#beginning === 'those that ask'))
      await this.#begin(isBeginning)
    const { signal, connection, onStatement, onAnswer } = this.#options
    const started = performance.now()
    const sent = this.#comment(sql)
    onStatement(sql, sent)
    if (!isReading(sql)) {
      if (this.#isInTransaction) this.#hasWritten = true
      else this.#isKept = true
    }
    try {
      const result = await connection.query(sent, { ...options, signal })
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

  /** What the engine offers beside SQL, for the members that it adds to `adapter`. */
  get beside(): Pick<WarehouseConnection, 'ask' | 'loadFile' | 'estimate'> {
    return this.#options.connection
  }
  get signal(): AbortSignal | undefined {
    return this.#options.signal
  }

  /** Something is written beside SQL, at once. */
  async writing<T>(work: () => Promise<T>): Promise<T> {
    this.#isKept = true
    return work()
  }

  async begin(): Promise<void> {
    if (this.#isInTransaction || this.#options.hasTransactions === false) return
    await this.#options.connection.begin()
    this.#isInTransaction = true
    this.#isOurs = false
  }

  async #begin(isAsked: boolean): Promise<void> {
    if (this.#isInTransaction) return
    await this.begin()
    // Behind its first commit dbt's driver begins none: of a delete and an insert sent there, the delete would stay when the insert fails.
    this.#isOurs = isAsked && this.#options.beginsByItself && this.#beginning === 'those that ask'
  }

  /** From now on every statement stays at once where the driver begins by itself: operations and hooks of a run. */
  clearTransaction(): void {
    if (this.#options.beginsByItself) this.#beginning = 'none'
  }

  /** What is left open goes: dbt closes its connection. */
  async end(): Promise<void> {
    await (this.#isOurs ? this.commit() : this.rollback())
  }

  /** @param isRepeatable what was written may be written again: `create schema if not exists` */
  async commit(isRepeatable = false): Promise<void> {
    if (this.#beginning === 'any' && !isRepeatable) this.#beginning = 'those that ask'
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    // Before it is sent: when the answer is lost nobody knows whether it was done.
    if (this.#hasWritten && !isRepeatable) this.#isKept = true
    this.#hasWritten = false
    this.#options.onTransactionEnd?.('commit')
    try {
      await this.#options.connection.commit()
      this.#before.clear()
    } catch (error) {
      this.#takeBack()
      throw error
    }
  }

  /** What the transaction changed in the relation cache. */
  #takeBack(): void {
    for (const { relation, known } of this.#before.values())
      if (known) this.#options.cache.add(known)
      else this.#options.cache.remove(relation)
    this.#before.clear()
  }

  async rollback(): Promise<void> {
    this.#takeBack()
    this.#hasWritten = false
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    this.#options.onTransactionEnd?.('rollback')
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
    const key = relation.render()
    if (this.#isInTransaction && !this.#before.has(key))
      this.#before.set(key, { relation, known: this.#options.cache.known(relation) })
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
