/** What a source said of one of the streams that it sends all at once. */
export type SourceStatus =
  | { readonly type: 'running' }
  /** @property records how many had come by then: more may come all the same */
  | { readonly type: 'complete'; readonly records: number }
  /** @property cause why, where the source said so */
  | { readonly type: 'incomplete'; readonly cause: unknown }

/**
 * What came of a stream here: nothing yet; everything was committed, and nothing more is expected; or it could not be brought into its table,
 * and nothing more of it is committed. What was finished may fail yet, when its source sends more.
 */
export type StreamOutcome = 'open' | 'finished' | 'failed'
