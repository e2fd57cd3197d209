import type { ConnectionEnd, JoinedEnds } from '../connection-ends.js'

/** Ends of connections that are known by themselves. */
export interface ConnectionEndStore {
  /** All of them, the oldest first. */
  connectionEnds(): Promise<{ readonly ends: readonly ConnectionEnd[]; readonly joined: readonly JoinedEnds[] }>
  addConnectionEnd(end: Omit<ConnectionEnd, 'createdAt'>): Promise<void>
  /** Only where it is still as it was before: false where somebody else changed or forgot it. */
  changeConnectionEnd(before: ConnectionEnd, end: Omit<ConnectionEnd, 'createdAt'>): Promise<boolean>
  forgetConnectionEnd(id: string): Promise<void>
  /** Notes what a connection is made of, in the place of what was noted. */
  joinConnectionEnds(joined: JoinedEnds): Promise<void>
  /** The connection is gone; its ends stay. */
  partConnectionEnds(connection: string): Promise<void>
}
