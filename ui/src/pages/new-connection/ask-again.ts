import type { ApiError } from '../../../../src/server/contract/index.js'

const firstPauseMs = 500
const longestPauseMs = 8_000

/** What may be otherwise in a moment (the engine starts again, the store is away) is asked once more, as long as the page is there. */
export const mayGoAway = ({ retryable, code }: ApiError): boolean =>
  // A file that somebody changed is looked at before it is asked about again.
  retryable && code !== 'CONNECTION_CHANGED_MEANWHILE'

/** Before the next try, after so many that failed. */
export const pauseMs = (failures: number): number => Math.min(firstPauseMs * 2 ** failures, longestPauseMs)
