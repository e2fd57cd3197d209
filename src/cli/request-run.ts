import type { RunRequest } from '../orchestrate/index.js'
import { type GlobalOptions, interruptSignal, type RunQueue, withQueue, withStack } from './globals.js'
import { followRun } from './output/follow-run.js'

export interface RunOptions extends GlobalOptions {
  readonly fullRefresh?: boolean
  readonly detach?: boolean
}

/** What a command needs to request a run, and to execute it where nobody else does. */
export function withRuns<T>(options: RunOptions, use: (queue: RunQueue) => Promise<T>): Promise<T> {
  return options.detach ? withQueue(options, use) : withStack(options, use)
}

/** Queues a run and shows it until it ended; answers the exit code. */
export async function requestAndFollow(
  { store, engine }: RunQueue,
  request: RunRequest,
  options: RunOptions,
): Promise<number> {
  const { run } = await store.requestRun(request)
  if (options.detach) {
    console.log(options.json ? JSON.stringify(run) : `Queued: ${run.id}`)
    if (!engine.isRemote) console.error('Nothing executes it right now: start `millrace up` or `millrace engine`.')
    return 0
  }
  const signal = interruptSignal()
  const ended = await followRun({ store, runId: run.id, json: options.json ?? false, signal })
  if (ended?.status === 'succeeded') return 0
  return signal.aborted ? 130 : 1
}
