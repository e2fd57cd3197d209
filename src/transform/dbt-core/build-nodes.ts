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
  /** The log tells of each batch as of the model itself, which comes last, and not which ones were made. */
  const microbatches = new Map<string, CoreNodeResult>()
  /** Why the first batch of a model failed: of the model dbt says only how many did. */
  const batchErrors = new Map<string, string>()
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
    if (model && isMicrobatch(model)) microbatches.set(result.unique_id, result)
    else if (result) tell(result)
    if (node && line.name.endsWith('ExceptionOnRun') && !batchErrors.has(node.unique_id))
      batchErrors.set(node.unique_id, withoutThread(message))
  }
  const { exit, words } = await recordedRun(dbt, argumentsOf(request), folder, {
    mark: request.mark,
    signal,
    onLine,
    onText: (text) => onLog('info', text, undefined),
  })
  const batches = microbatches.size > 0 ? batchResults(folder) : undefined
  for (const [id, result] of microbatches) {
    const why = result.status === 'success' ? undefined : batchErrors.get(id)
    const message = why === undefined ? result.message : `${result.message ?? result.status}: ${why}`
    tell({ ...result, message, batch_results: batches?.get(id) ?? null })
  }
  // Vars make another project of it, which the next invocation does not begin with.
  if (request.vars === undefined) await keepPartialParse(dbt, folder)
  if (hookError !== undefined) throw hookFailed(hookError)
  const isDone = exit.code === 0 || exit.code === 1
  if (!isDone || (exit.code === 1 && open.size === request.nodes.length))
    throw invocationFailed(shownCommand(dbt, 'build'), exit, words)
  const [missing] = open
  if (missing !== undefined) throw nothingSaid(missing, words)
}

const withoutThread = (message: string): string =>
  withoutTraceback(message).replace(/^(?:Unhandled error while executing\s*)?(?:Exception on worker thread\.\s*)?/, '')

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
