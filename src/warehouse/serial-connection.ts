import { throwIfAborted } from '../base/index.js'
import type { QueryOptions, QueryResult, WarehouseConnection } from './contract.js'

/** What begins a transaction that is ended by who began it. */
export const beginning = 'begin transaction'

/** What the sessions of all engines have in common: statements run one after the other, in the order they were asked for. */
export abstract class SerialConnection implements WarehouseConnection {
  #tail: Promise<unknown> = Promise.resolve()
  #isClosed = false
  #isInTransaction = false

  /** One that `begin` opened. */
  protected get isInTransaction(): boolean {
    return this.#isInTransaction
  }

  /** Runs statements that nothing else runs beside. */
  protected abstract run(sql: string, options: QueryOptions): Promise<QueryResult>
  /** Reads the rows of one query piece by piece; nothing else runs beside it. */
  protected abstract pieces(sql: string, options: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult>
  /** Ends the session; called once, when the last statement is through. */
  protected abstract end(): Promise<void> | void

  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.serially(() => this.run(sql, options), options.signal)
  }

  /** Does what needs the session when all that was asked before is through; nothing else runs beside it. */
  protected serially<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.#tail.then(() => {
      throwIfAborted(signal)
      return work()
    })
    this.#tail = result.catch(() => {})
    return result
  }

  async *stream(sql: string, options: Pick<QueryOptions, 'signal'> = {}): AsyncIterable<QueryResult> {
    const before = this.#tail
    let leave = () => {}
    this.#tail = new Promise<void>((resolve) => {
      leave = resolve
    })
    try {
      await before
      throwIfAborted(options.signal)
      for await (const piece of this.pieces(sql, options)) {
        yield piece
        throwIfAborted(options.signal)
      }
    } finally {
      leave()
    }
  }

  async begin(): Promise<void> {
    await this.query(beginning)
    this.#isInTransaction = true
  }
  async commit(): Promise<void> {
    await this.query('commit')
    this.#isInTransaction = false
  }
  async rollback(): Promise<void> {
    this.#isInTransaction = false
    await this.query('rollback')
  }

  abstract reset(): Promise<void>

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#tail
    await this.end()
  }
}
