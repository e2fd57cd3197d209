import type { ConnectionEnd, JoinedEnds } from '../connection-ends.js'

/** Ends of connections that are known by themselves. */
export interface ConnectionEndStore {
  /** All of them, the oldest first. */
  connectionEnds(): Promise<{ readonly ends: readonly ConnectionEnd[]; readonly joined: readonly JoinedEnds[] }>
  /** Keeps it as it is now; when it was made first stays. */
  keepConnectionEnd(end: Omit<ConnectionEnd, 'createdAt'>): Promise<void>
  forgetConnectionEnd(id: string): Promise<void>
  /** Notes what a connection is made of, in the place of what was noted. */
  joinConnectionEnds(joined: JoinedEnds): Promise<void>
  /** The connection is gone; its ends stay. */
  partConnectionEnds(connection: string): Promise<void>
}
