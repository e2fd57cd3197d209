import type { DeferredStatement } from './load-dialect.js'

/** What a transaction will do, and what is done once it is through. What fails then is only told: the rows and their state are committed. */
export interface DeferredWork {
  add(statement: DeferredStatement): void
  afterCommit(work: FollowUp): void
  /** Done whatever becomes of the transaction. */
  cleanUp(work: FollowUp): void
}

export interface FollowUp {
  run(): Promise<unknown>
  /** Where it does not succeed. */
  onFailure(error: Error): void
}
