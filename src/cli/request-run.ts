import type { RunRequest } from '../orchestrate/index.js'
import { audited } from './audited.js'
import type { GlobalOptions } from './command.js'
import { interruptSignal } from './interrupt.js'
import { type RunQueue, withQueue, withStack } from './open-project.js'
import { followRun } from './output/follow-run.js'
import { sweepWords } from './output/run-words.js'
import { stderrLogger } from './output/stderr-logger.js'
import { runConfig } from './run-config.js'

export interface RunOptions extends GlobalOptions {
  readonly fullRefresh?: boolean
  readonly detach?: boolean
  /** As they are typed, each a choice of its own. */
  readonly partition?: readonly string[]
  readonly tag?: Readonly<Record<string, string>>
  /** JSON by asset. */
  readonly config?: string
  readonly configFile?: string
}

/** What every command that requests a run answers to machines. */
export const runJson = 'one event a line, the last {type: "run_ended", run}; with --detach, the run that was queued'

/** What a command needs to request a run, and to execute it where nobody else does. */
export function withRuns<T>(options: RunOptions, use: (queue: RunQueue) => Promise<T>): Promise<T> {
  return options.detach ? withQueue(options, use) : withStack(options, use)
}

/** Queues a run and shows it until it ended; answers the exit code. */
export async function requestAndFollow(
  { store, access }: RunQueue,
  request: RunRequest,
  options: RunOptions,
  action = 'materialize',
): Promise<number> {
  const { selection, partitions } = request
  const sweeps = sweepWords(request)
  // What takes data away comes first: a long selection is cut.
  const what = [...sweeps, selection, partitions].filter(Boolean).join('; ')
  const { run } = await audited(
    access,
    { action, what },
    () => store.requestRun(request),
    (made) => `run ${made.run.id}`,
  )
  // What was not typed now is said: it comes from the run before.
  const again = request.parentRunId !== undefined && sweeps.length > 0 ? ` (${sweeps.join(', ')} again)` : ''
  if (options.detach) {
    console.log(options.json ? JSON.stringify(run) : `Queued: ${run.id}${again}`)
    await sayWhoClaims(store)
    return 0
  }
  if (again !== '' && !options.json) console.log(`Run ${run.id}${again}`)
  const signal = interruptSignal()
  const ended = await followRun({ store, runId: run.id, json: options.json ?? false, signal })
  if (ended?.status === 'succeeded') return 0
  return signal.aborted ? 130 : 1
}

/** Says so where nobody takes up what is queued. */
export async function sayWhoClaims(store: RunQueue['store']): Promise<void> {
  const [{ runSlots }, { knownProcesses }] = await Promise.all([
    import('../orchestrate/index.js'),
    import('../platform/index.js'),
  ])
  if (runSlots(await knownProcesses(store), 0).workers === 0)
    stderrLogger().info('No worker claims runs, here or elsewhere: start `millrace up` or `millrace worker`.')
}

/** Requests a run of what the selection names, after a look at whether it names anything. */
export async function materializeSelection(selection: string, options: RunOptions): Promise<number> {
  const { checkRunConfig, RunPartitions, selectForRun, whyLeftOut, withDbtSelections } = await import(
    '../orchestrate/index.js'
  )
  const { fullRefresh } = options
  const partitions = options.partition?.join(',')
  const config = runConfig(options)
  return withRuns(options, async (queue) => {
    const { engine } = queue
    const definitions = await withDbtSelections(await engine.reload(), selection, (all) => engine.selectDbt(all))
    const assets = selectForRun(definitions, selection)
    const leftOut = whyLeftOut(definitions, selection)
    if (leftOut !== undefined) stderrLogger().warn(leftOut)
    const createdAt = new Date().toISOString()
    const cut = new RunPartitions(definitions, { partitions, createdAt }, assets, await queue.store.dynamicPartitions())
    checkRunConfig(definitions, cut.makeable(assets), config)
    return requestAndFollow(
      queue,
      { selection, trigger: { type: 'cli' }, partitions, config, fullRefresh, tags: options.tag },
      options,
    )
  })
}
