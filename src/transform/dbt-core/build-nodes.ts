import { isMicrobatch } from '../event-time/model-batches.js'
import type { BuildRequest, CoreNodeResult, DbtCore } from './contract.js'
import { hookFailed, invocationFailed, nothingSaid, shownCommand, withoutTraceback } from './failures.js'
import type { LogLine } from './log-line.js'
import { batchResults, nodeResult } from './node-result.js'
import { recordedRun } from './recorded-run.js'
import { selectionOf } from './selection.js'
import { keepPartialParse, makeWorkFolder } from './work-folder.js'

/** dbt says these for people who look at a terminal, some of them what it has said before. */
const forTerminals: ReadonlySet<string> = new Set([
  ...['Formatting', 'LogStartLine', 'ConcurrencyLine', 'StatsLine', 'EndOfRunSummary'],
  ...['RunResultError', 'RunResultFailure', 'RunResultWarning', 'RunResultWarningMessage', 'SQLCompiledPath'],
])

/**
 * One `dbt build` of some nodes; each is told of when dbt is done with it.
 * @throws TRANSFORM_DBT_FAILED, TRANSFORM_DBT_DIED, TRANSFORM_DBT_MISSING, TRANSFORM_DBT_TOO_OLD, TRANSFORM_DBT_NODE, ABORTED: what then was not
 * told of was not made
 */
export async function buildNodes(dbt: DbtCore, request: BuildRequest): Promise<void> {
  const { manifest, signal, onResult, onLog } = request
  const folder = await makeWorkFolder(dbt)
  const open = new Set(request.nodes)
  /** Of their batches the log does not tell. */
  const microbatches: CoreNodeResult[] = []
  /** Hooks are no nodes that anybody asked for, and end without a result. */
  let hookError: string | undefined
  const tell = (result: CoreNodeResult) => {
    if (open.delete(result.unique_id)) onResult(result)
  }
  const onLine = (line: LogLine) => {
    const { level, message, node } = line
    if (node?.unique_id.startsWith('operation.') && line.name === 'RunResultError') hookError ??= message.trim()
    const isShown = level !== 'debug' && message.trim() !== '' && !forTerminals.has(line.name)
    if (isShown && !signal.aborted) onLog(level, withoutTraceback(message), node?.unique_id)
    const result = nodeResult(line, manifest, folder)
    const model = result && manifest.nodes[result.unique_id]
    if (model && isMicrobatch(model)) microbatches.push(result)
    else if (result) tell(result)
  }
  const { exit, words } = await recordedRun(dbt, argumentsOf(request), folder, {
    mark: request.mark,
    signal,
    onLine,
    onText: (text) => onLog('info', text, undefined),
  })
  const batches = microbatches.length > 0 ? batchResults(folder) : undefined
  for (const result of microbatches) tell({ ...result, batch_results: batches?.get(result.unique_id) ?? null })
  // Vars make another project of it, which the next invocation does not begin with.
  if (request.vars === undefined) await keepPartialParse(dbt, folder)
  if (hookError !== undefined) throw hookFailed(hookError)
  const isDone = exit.code === 0 || exit.code === 1
  if (!isDone || (exit.code === 1 && open.size === request.nodes.length))
    throw invocationFailed(shownCommand(dbt, 'build'), exit, words)
  const [missing] = open
  if (missing !== undefined) throw nothingSaid(missing, words)
}

function argumentsOf({ manifest, nodes, fullRefresh, vars, eventTime, sample }: BuildRequest): string[] {
  return [
    'build',
    // What is asked for and nothing else: each test of a node is asked for itself.
    ...['--indirect-selection', 'empty'],
    ...(fullRefresh ? ['--full-refresh'] : []),
    ...(vars === undefined ? [] : ['--vars', JSON.stringify(vars)]),
    ...(eventTime ? ['--event-time-start', eventTime.start, '--event-time-end', eventTime.end] : []),
    ...(sample ? ['--sample', JSON.stringify(sample)] : []),
    '--select',
    ...selectionOf(manifest, nodes),
  ]
}
