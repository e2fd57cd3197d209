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
  /** When connections were made, of those of which it is known; the others are as old as the store, `since`, or older. */
  connectionsCreated(): Promise<{ readonly since: Date; readonly at: ReadonlyMap<string, Date> }>
}
