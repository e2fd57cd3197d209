import type { RecordStore } from './record-store.js'

/** Where files of a destination are, and their record: a folder of this machine, or one below a bucket. Names are relative, with `/`. */
export interface FileStore extends RecordStore {
  /** The names of the files in a folder; undefined where there is no such folder. */
  list(folder: string): Promise<readonly string[] | undefined>
  /** A path of this machine where a file can be written that `put` takes. */
  draft(name: string): Promise<string>
  /** Makes of a draft the file of that name, as `writeText` does it. */
  put(draft: string, name: string): Promise<void>
  /** No error where it is gone already. */
  remove(name: string): Promise<void>
  /** A path of this machine where the file can be read. */
  localCopy(name: string): Promise<string>
}
