/** How much is read at least, or how long, before a state is committed in the middle of a stream. */
export interface Checkpoint {
  readonly bytes: number
  readonly ms: number
}
export const usualCheckpoint: Checkpoint = { bytes: 256 * 1024 * 1024, ms: 30_000 }
