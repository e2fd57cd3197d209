/** How far channels were told. */
export interface AlertStore {
  /** The last event that a channel was told of; the last there is, the first time. */
  alertCursor(channel: string): Promise<number>
  moveAlertCursor(channel: string, eventId: number): Promise<void>
}
