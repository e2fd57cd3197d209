import type { EventFilter, KnownColumn, NewRunEvent, RunEvent } from '../events.js'

/** The log. */
export interface EventStore {
  readEvents(filter: EventFilter): Promise<RunEvent[]>
  /** Columns that assets had when they were last made, whose names hold one of these texts, in whatever case; the shortest names first. */
  findColumns(texts: readonly string[], limit: number): Promise<readonly KnownColumn[]>
  /** Notes that somebody else made an asset, outside of runs. */
  noteMade(made: Pick<NewRunEvent, 'asset' | 'message' | 'metadata' | 'partitions' | 'partitionKeys'>): Promise<void>
}
