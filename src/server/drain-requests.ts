import type { Server } from 'node:http'
import { systemClock } from '../base/index.js'

/** Nearly all are answered at once; who waits longer than this is cut off. */
const graceMs = 3_000
const lookEveryMs = 20

/**
 * Takes no more requests, and answers those that are under way: who is cut off after a run was queued, and before the answer, would ask for
 * it once more.
 */
export async function drainRequests(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = systemClock.monotonicMs() + graceMs
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  while (!isClosed && systemClock.monotonicMs() < deadline) {
    // Browsers keep theirs open after the answer.
    server.closeIdleConnections()
    await systemClock.sleep(lookEveryMs)
  }
  server.closeAllConnections()
  await closed
}
