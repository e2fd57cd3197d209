/** Windows of time, one after the other; where nothing is said otherwise, those exist that have ended. */
export interface TimePartitions {
  readonly type: 'time'
  /** A window begins at each of its instants, and ends at the next. */
  readonly cron: string
  readonly timezone: string
  /** Local time, `2024-01-01T00:00`: no window begins before. */
  readonly start: string
  /** Local time: no window ends after. */
  readonly end?: string | undefined
  /** Of keys, in the letters of strftime. */
  readonly format: string
  /** So many windows more than have ended; negative: fewer. */
  readonly endOffset: number
}

export interface StaticPartitions {
  readonly type: 'static'
  readonly keys: readonly string[]
}

/** Keys that are added and removed while the project runs, under a name that several assets may share. */
export interface DynamicPartitions {
  readonly type: 'dynamic'
  readonly name: string
}

export type SimplePartitions = TimePartitions | StaticPartitions | DynamicPartitions

/** One partition for each combination of keys, which are joined by `|` in the order of the dimensions' names. */
export interface MultiPartitions {
  readonly type: 'multi'
  readonly dimensions: Readonly<Record<string, SimplePartitions>>
}

/** How an asset is cut into parts that are made, and known, on their own. */
export type PartitionsSpec = SimplePartitions | MultiPartitions

/** Which partitions of one dimension, or of an asset without dimensions, a partition reads of another. */
export type SimpleMapping =
  | { readonly type: 'identity' | 'all' | 'last' }
  | { readonly type: 'specific'; readonly keys: readonly string[] }
  /** Keys of the one that reads, by the key that is read. */
  | { readonly type: 'static'; readonly downstreamByUpstream: Readonly<Record<string, readonly string[]>> }
  /** The windows that overlap those from `startOffset` to `endOffset`, counted in windows of the one that reads. */
  | { readonly type: 'timeWindow'; readonly startOffset: number; readonly endOffset: number }

export type PartitionMapping =
  | SimpleMapping
  /** By the dimension that is read: the dimension that reads it, and how. Others are read as a whole. */
  | {
      readonly type: 'multi'
      readonly dimensions: Readonly<Record<string, { readonly dimension: string; readonly mapping?: SimpleMapping }>>
    }
