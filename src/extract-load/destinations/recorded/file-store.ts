/** Somebody else wrote what was to be written. */
export class StoreConflict extends Error {}

/** Where files of a destination are: a folder of this machine, or one below a bucket. Names are relative, with `/`. */
export interface FileStore {
  /** How people know it. */
  readonly place: string
  /** Undefined where there is none. */
  readText(name: string): Promise<string | undefined>
  /** Whoever reads finds the former text or this one, never half of it; it is durable when it resolves. @throws StoreConflict */
  writeText(name: string, text: string): Promise<void>
  /** The names of the files in a folder; undefined where there is no such folder. */
  list(folder: string): Promise<readonly string[] | undefined>
  /** A path of this machine where a file can be written that `put` takes. */
  draft(name: string): Promise<string>
  /** Makes of a draft the file of that name, as `writeText` does it. */
  put(draft: string, name: string): Promise<void>
  /** No error where it is gone already. */
  remove(name: string): Promise<void>
  /**
   * Whether `lock` holds others off. Where it does not, a text that was read is only written again as long as nobody else wrote it.
   */
  readonly canLock: boolean
  /** Undefined where somebody else has the lock. */
  lock(name: string): Promise<(() => Promise<void>) | undefined>
  /** A path of this machine where the file can be read. */
  localCopy(name: string): Promise<string>
  /** Removes what was needed for a moment. */
  close?(): Promise<void>
}
