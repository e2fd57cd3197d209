/** What was done to a connection, besides its syncs. */
export interface ConnectionEvent {
  /** Rising. */
  readonly id: number
  readonly at: string
  readonly connection: string
  readonly type:
    | 'created'
    | 'settings_changed'
    | 'removed'
    | 'schema_accepted'
    | 'schedule_turned_on'
    | 'schedule_turned_off'
  /** Who did it: `file` (somebody changed it), `web`, `cli`, `daemon`. */
  readonly by: string
  /** What, for people: of settings the lines that changed. */
  readonly message: string
}
export type NewConnectionEvent = Omit<ConnectionEvent, 'id' | 'at'>
