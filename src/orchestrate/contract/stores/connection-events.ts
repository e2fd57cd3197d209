import type { ConnectionEvent, NewConnectionEvent } from '../connection-events.js'

/** What was done to connections. */
export interface ConnectionEventStore {
  noteConnectionEvents(events: readonly NewConnectionEvent[]): Promise<void>
  /** Newest first. @param since not older, @param before older: times */
  connectionEvents(filter: {
    connection: string
    since?: Date | undefined
    before?: Date | undefined
    limit?: number | undefined
  }): Promise<ConnectionEvent[]>
}
