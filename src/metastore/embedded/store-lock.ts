import { acquireFileLock, isLock, systemClock } from '../../base/index.js'
import { metastoreErrors } from '../errors.js'

interface Waiting {
  /** For one holder; one after the other may have it. */
  readonly patienceMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * One process at a time starts or stops the embedded server.
 * @throws METASTORE_START_FAILED where another one holds the lock for too long
 */
export async function withStoreLock<T>(
  path: string,
  { patienceMs, signal }: Waiting,
  work: () => Promise<T>,
): Promise<T> {
  let holder: number | undefined
  let sinceMs = 0
  for (;;) {
    const outcome = await acquireFileLock(path)
    if (isLock(outcome)) {
      try {
        return await work()
      } finally {
        await outcome.release()
      }
    }
    const nowMs = systemClock.monotonicMs()
    if (outcome.pid !== holder) [holder, sinceMs] = [outcome.pid, nowMs]
    else if (nowMs - sinceMs >= patienceMs) throw heldTooLong(path, outcome.pid, nowMs - sinceMs)
    await systemClock.sleep(25, { signal })
  }
}

function heldTooLong(path: string, pid: number, ms: number) {
  const seconds = Math.round(ms / 1000)
  return metastoreErrors.create('METASTORE_START_FAILED', {
    message: `${pid > 0 ? `Process ${pid}` : 'Another process'} has been starting or stopping the embedded PostgreSQL for ${seconds} seconds. Nobody else may meanwhile.`,
    hint:
      pid > 0
        ? `Where it was suspended (Ctrl-Z), let it go on: kill -CONT ${pid}. Where it hangs, end it: kill ${pid}. Its lock: ${path}.`
        : `Its lock: ${path}. Where no process of Millrace runs, delete that file.`,
  })
}
