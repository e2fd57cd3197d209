import { setTimeout as wait } from 'node:timers/promises'
import { type MillraceError, toMillraceError } from '../../../base/index.js'

/** What another try may mend: the server went away for a moment, or somebody else changed the same at that moment. */
const passing = new Set(['WAREHOUSE_CONNECTION_LOST', 'WAREHOUSE_UNREACHABLE', 'WAREHOUSE_CONFLICT'])

export interface RepeatOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether nothing of the failed try stays in the warehouse. */
  readonly isUndone: () => boolean
  readonly onRepeat: (error: MillraceError) => void
  /** How long to wait before each further try. */
  readonly pausesMs?: readonly number[]
}

/** Tries again what failed for a passing reason, as long as that leaves nothing behind. @throws the last error */
export async function repeated<T>(work: () => Promise<T>, options: RepeatOptions): Promise<T> {
  const { signal, isUndone, onRepeat, pausesMs = [500, 2000] } = options
  for (const pauseMs of pausesMs)
    try {
      return await work()
    } catch (thrown) {
      const error = toMillraceError(thrown)
      if (!passing.has(error.code) || !isUndone() || signal?.aborted) throw thrown
      onRepeat(error)
      await wait(pauseMs, undefined, signal ? { signal } : {}).catch(() => {
        throw thrown
      })
    }
  return work()
}
