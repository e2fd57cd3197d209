import type { RunLease } from './workers.js'

/** A step that wants a place in a pool. */
export interface PoolAsk {
  readonly lease: RunLease
  readonly step: string
}

export interface PoolSlot {
  readonly pool: string
  readonly runId: string
  readonly step: string
  readonly askedAt: string
  /** Of its run. */
  readonly priority: number
  /** When it got the place; left out while it stands in line. */
  readonly since?: string | undefined
}

/** Places in pools, and whose turn a step is. */
export interface PoolStore {
  /**
   * Puts steps in line for places of a pool, those that are not yet, and answers for each whether it has one now. Places are given in
   * order: by the priority of the run, then to who asked first. A run that ended, or was lost, neither holds one nor stands in line.
   */
  takePoolSlots(pool: string, limit: number, asks: readonly PoolAsk[]): Promise<readonly boolean[]>
  /** Gives a place back, or leaves the line. */
  freePoolSlot(lease: RunLease, step: string): Promise<void>
  /** Whether it is this run's turn to carry out a step, which no other run does at the same time; one that ended, or was lost, has none. */
  takeTurn(lease: RunLease, step: string): Promise<boolean>
  endTurn(lease: RunLease, step: string): Promise<void>
  /** Those that have a place, then those that stand in line for one, both in order. */
  poolSlots(): Promise<readonly PoolSlot[]>
}
