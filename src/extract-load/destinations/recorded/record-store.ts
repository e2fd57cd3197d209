/** Somebody else wrote what was to be written. */
export class StoreConflict extends Error {}

/** Where the record of a connection is. */
export interface RecordStore {
  /** How people know it. */
  readonly place: string
  /** Undefined where there is none. */
  readText(name: string): Promise<string | undefined>
  /** Whoever reads finds the former text or this one, never half of it; it is durable when it resolves. @throws StoreConflict */
  writeText(name: string, text: string): Promise<void>
  /**
   * Whether `lock` holds others off. Where it does not, a text that was read is only written again as long as nobody else wrote it.
   */
  readonly canLock: boolean
  /** Undefined where somebody else has the lock. */
  lock(name: string): Promise<(() => Promise<void>) | undefined>
  /** Removes what was needed for a moment. */
  close?(): Promise<void>
}
