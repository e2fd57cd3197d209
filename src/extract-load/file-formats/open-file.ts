import type { ResultColumn } from '../../warehouse/index.js'
import type { FieldPath } from '../contract.js'

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined
  /** What lies at the end of these paths is given as a column as well, where the file has their first field and it holds nested data. */
  readonly paths?: readonly FieldPath[] | undefined
}

export interface FileColumn extends ResultColumn {
  /** No row has a value, so that nothing tells the type. */
  readonly isEmpty?: boolean
  /** It lies in another column. */
  readonly isPart?: boolean
}

/** A file as DuckDB reads it. */
export interface OpenFile {
  /** In the order of the file; none when it holds no record. Lists and structs are given as JSON by `relation`. */
  readonly columns: readonly FileColumn[]
  /** What follows `from`: the columns under their names, in their types. */
  readonly relation: string
  /**
   * A file whose later rows are not what its first rows told: the same after a look at all of them. Undefined when
   * nothing was guessed.
   */
  reopen?(): Promise<OpenFile>
  /** How many rows could not be read so far. @throws SOURCE_ROW_INVALID where the stream does not allow that */
  countRejects(onWarning: (message: string) => void): Promise<number>
  close(): Promise<void>
}
