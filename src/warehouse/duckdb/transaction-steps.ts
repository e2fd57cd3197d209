import { isDeepStrictEqual } from 'node:util'
import type { QueryOptions, QueryResult } from '../contract.js'

interface Step {
  readonly sql: string
  readonly options: QueryOptions
  readonly result: QueryResult
}

/**
 * What a transaction has done so far. One that ran out of memory is over for DuckDB, whatever memory it is given then; but it can be begun
 * anew and do the same again.
 */
export class TransactionSteps {
  #steps: Step[] = []
  #isLost = false

  add(sql: string, options: QueryOptions, result: QueryResult): void {
    if (!this.#isLost) this.#steps.push({ sql, options, result })
  }

  /** It has done what cannot be done again: what went in or out is nowhere any more. */
  lose(): void {
    this.#isLost = true
    this.#steps = []
  }

  get canRepeat(): boolean {
    return !this.#isLost
  }

  /** Does the same in another transaction. @returns whether it came to the same */
  async repeat(run: (sql: string, options: QueryOptions) => Promise<QueryResult>): Promise<boolean> {
    for (const { sql, options, result } of this.#steps) {
      const { rows, rowsAffected } = await run(sql, options)
      // Whoever asked has gone by the answer.
      if (rowsAffected !== result.rowsAffected || !isDeepStrictEqual(rows, result.rows)) return false
    }
    return true
  }
}
