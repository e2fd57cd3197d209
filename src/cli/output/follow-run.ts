import { setTimeout as sleep } from 'node:timers/promises'
import type { OrchestrateStore, Run, RunEvent } from '../../orchestrate/index.js'
import { JsonPrinter } from './json-printer.js'
import { LinePrinter } from './line-printer.js'
import { LivePrinter } from './live-printer.js'
import type { RunPrinter } from './run-printer.js'

const ended = new Set(['succeeded', 'failed', 'cancelled'])
const pollMs = 100

export interface FollowOptions {
  readonly store: OrchestrateStore
  readonly runId: string
  readonly json: boolean
  readonly verbose?: boolean | undefined
  /** Which events are shown; all of them when absent. */
  readonly isWanted?: ((event: RunEvent) => boolean) | undefined
  /** Abort asks the run to stop, and waits until it did. */
  readonly signal?: AbortSignal | undefined
  /** Abort ends only the showing; the run goes on. */
  readonly leaveOn?: AbortSignal | undefined
}

/** Shows a run from its first event until it ended; answers it as it was seen last. */
export async function followRun(options: FollowOptions): Promise<Run | undefined> {
  const printer = printerFor({ json: options.json, verbose: options.verbose ?? false })
  try {
    return await show(options, printer)
  } finally {
    printer.close()
  }
}

async function show(options: FollowOptions, printer: RunPrinter): Promise<Run | undefined> {
  const { store, runId, signal, leaveOn, isWanted } = options
  let after = 0
  let isCancelRequested = false
  for (;;) {
    if (signal?.aborted && !isCancelRequested) {
      isCancelRequested = true
      await store.requestCancel(runId)
    }
    const run = await store.getRun(runId)
    const events = await store.readEvents({ runId, after, limit: 1000 })
    for (const event of isWanted ? events.filter(isWanted) : events) printer.event(event)
    after = events.at(-1)?.id ?? after
    if (run && ended.has(run.status) && events.length === 0) {
      printer.end(run)
      return run
    }
    if (leaveOn?.aborted) return run
    if (run) printer.tick(run)
    if (events.length === 0) await sleep(pollMs)
  }
}

/** JSON lines for machines, lines for pipes and logs, lines and a live area for terminals. */
function printerFor(options: { json: boolean; verbose: boolean }): RunPrinter {
  if (options.json) return new JsonPrinter()
  // What a CI job writes is read as a log, also where it pretends to be a terminal.
  const isLive = process.stdout.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
  return isLive
    ? new LivePrinter(process.stdout, options)
    : new LinePrinter({ ...options, print: (line) => console.log(line) })
}
