import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from '../../../base/index.js'
import { CallFailed } from './errors.js'

/** Without anything coming through: about a minute, in which quotas of the Storage Write API are free again. */
const attempts = 8
const pauseMs = 500

export interface Trying {
  readonly signal: AbortSignal | undefined
  /** After which nothing is tried again, from the last time that something came through. Undefined: no limit. */
  readonly retryDeadlineMs: number | undefined
}

/**
 * Does what may fail for a reason that passes, again after a pause that doubles. Whoever gets on says so, and the count begins anew.
 * @throws CallFailed, ABORTED
 */
export async function trying<T>(
  { signal, retryDeadlineMs = Number.POSITIVE_INFINITY }: Trying,
  work: (hasProgressed: () => void) => Promise<T>,
): Promise<T> {
  let attempt = 0
  let since = Date.now()
  for (;;) {
    throwIfAborted(signal)
    try {
      return await work(() => {
        attempt = 0
        since = Date.now()
      })
    } catch (error) {
      throwIfAborted(signal)
      attempt++
      const isOver = attempt === attempts || Date.now() - since >= retryDeadlineMs
      if (!(error instanceof CallFailed) || !error.isPassing || isOver) throw error
      await sleep(pauseMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 4), undefined, { signal }).catch(() => {})
    }
  }
}
