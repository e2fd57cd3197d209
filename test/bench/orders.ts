import { type Figure, inMegabytes } from './figure.js'
import type { SyncOutcome } from './sync-process.js'

/** The stream of a database of orders: as a whole, by a cursor, and from the log. */
export const whole = { name: 'orders', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const
export const byCursor = {
  name: 'orders',
  syncMode: 'incremental',
  destinationSyncMode: 'append_dedup',
  primaryKey: [['id']],
  cursorField: ['updated_at'],
} as const
export const byLog = { ...byCursor, cursorField: undefined }

/** @param of the work that took it */
export const peak = (of: string, outcomes: readonly SyncOutcome[]): Figure => ({
  what: `Peak memory of the process: ${of}`,
  millrace: inMegabytes(Math.max(...outcomes.map((one) => one.peakMegabytes))),
  comparedWith: 'aim: 500 MB',
  ratio: '',
})
