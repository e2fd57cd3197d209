import { plural } from '../../../base/index.js'
import { fromJson, toJson } from '../../../jinja/index.js'
import { isRefable } from '../../graph/resource-types.js'
import { defineEvent, type EventLevel } from '../event.js'
import { errorTag, green, red, resultLine, warningTag, yellow } from '../paint.js'

export interface Place {
  readonly index: number
  readonly total: number
}
export interface Ended extends Place {
  readonly status: string
  readonly execution_time: number
}
export interface Described {
  readonly description: string
}
export interface InFile {
  readonly resource_type: string
  readonly node_name: string
  readonly path: string
}

/** Results whose level hangs on how they ended. */
export function levelOfStatus(status: string): EventLevel {
  if (status === 'error' || status === 'fail' || status === 'runtime error') return 'error'
  return status === 'warn' ? 'warn' : 'info'
}

/** `OK created …`, `ERROR creating …`: the words of one kind of node, coloured by how it ended. */
function ended(verb: { readonly done: string; readonly failing: string }, status: string, good: string) {
  if (status === 'error') return [`ERROR ${verb.failing}`, red('ERROR')] as const
  if (status === 'skipped') return ['SKIP', yellow('SKIPPED')] as const
  if (status.startsWith('PARTIAL SUCCESS')) return [`PARTIALLY ${verb.done}`, yellow(status)] as const
  return [`OK ${verb.done}`, green(good)] as const
}
const creating = { done: 'created', failing: 'creating' }

function resultOf(data: Ended, [what, status]: readonly [string, string], rest: string): string {
  return resultLine(`${what} ${rest}`, status, data, data.execution_time)
}

const testWords: Readonly<Record<string, (count: number) => readonly [string, (text: string) => string]>> = {
  error: () => ['ERROR', red],
  pass: () => ['PASS', green],
  warn: (count) => [`WARN ${count}`, yellow],
  fail: (count) => [`FAIL ${count}`, red],
}

const freshnessWords: Readonly<Record<string, readonly [string, (text: string) => string]>> = {
  'runtime error': ['ERROR', red],
  error: ['ERROR STALE', red],
  warn: ['WARN', yellow],
  pass: ['PASS', green],
}

/** What happens to nodes while they run, and how a run ended. */
export const nodeEvents = {
  FoundStats: defineEvent<{ stat_line: string }>('W006', 'info', ({ stat_line }) => `Found ${stat_line}`),
  ConcurrencyLine: defineEvent<{ num_threads: number; target_name: string; node_count: number }>(
    'Q027',
    'info',
    ({ num_threads, target_name }) => `Concurrency: ${num_threads} threads (target='${target_name}')`,
  ),
  DefaultSelector: defineEvent<{ name: string }>('Q023', 'info', ({ name }) => `Using default selector ${name}`),
  NothingToDo: defineEvent('Q035', 'warn', () =>
    warningTag('Nothing to do. Try checking your model configs and model specification args'),
  ),
  NoNodesSelected: defineEvent('Q038', 'warn', () => warningTag('No nodes selected!')),
  NodeStart: defineEvent('Q024', 'debug', (_, node) => `Began running node ${node?.unique_id}`),
  NodeCompiling: defineEvent('Q030', 'debug', (_, node) => `Began compiling node ${node?.unique_id}`),
  NodeExecuting: defineEvent('Q031', 'debug', (_, node) => `Began executing node ${node?.unique_id}`),
  NodeFinished: defineEvent<{ run_result: unknown }>(
    'Q025',
    'debug',
    (_, node) => `Finished running node ${node?.unique_id}`,
  ),
  WritingInjectedSQLForNode: defineEvent(
    'Q029',
    'debug',
    (_, node) => `Writing injected SQL for node "${node?.unique_id}"`,
  ),
  MarkSkippedChildren: defineEvent<{ unique_id: string; status: string; run_result: { message: string } }>(
    'Z033',
    'debug',
    ({ unique_id, status, run_result }) =>
      `Marking all children of '${unique_id}' to be skipped because of status '${status}'. ${run_result.message === '' ? '' : ` Reason: ${run_result.message}.`}`,
  ),
  LogStartLine: defineEvent<Described & Place>('Q011', 'info', (data) =>
    resultLine(`START ${data.description}`, 'RUN', data),
  ),
  LogModelResult: defineEvent<Described & Ended>('Q012', 'info', (data) =>
    resultOf(data, ended(creating, data.status, data.status), data.description),
  ),
  LogSnapshotResult: defineEvent<Described & Ended & { result_message: string; cfg: Record<string, string> }>(
    'Q015',
    'info',
    (data) =>
      resultOf(
        data,
        ended({ done: 'snapshotted', failing: 'snapshotting' }, data.status, data.result_message),
        data.description,
      ),
  ),
  LogSeedResult: defineEvent<Ended & { result_message: string; schema: string; relation: string }>(
    'Q016',
    'info',
    (data) =>
      resultOf(
        data,
        ended({ done: 'loaded', failing: 'loading' }, data.status, data.result_message),
        `seed file ${data.schema}.${data.relation}`,
      ),
  ),
  LogFunctionResult: defineEvent<Described & Ended>('Q047', 'info', (data) =>
    resultOf(data, ended(creating, data.status, data.status.toUpperCase()), data.description),
  ),
  LogTestResult: defineEvent<{
    name: string
    status: string
    index: number
    num_models: number
    execution_time: number
    num_failures: number
    attached_node?: string
  }>('Q007', 'info', ({ name, status, index, num_models, execution_time, num_failures }) => {
    const [word, color] = (testWords[status] ?? testWords.fail)?.(num_failures) ?? [status, red]
    return resultLine(`${word} ${name}`, color(word), { index, total: num_models }, execution_time)
  }),
  LogNodeNoOpResult: defineEvent<Described & Ended>('Q019', 'info', (data) =>
    resultOf(data, ['NO-OP', yellow('NO-OP')], data.description),
  ),
  LogFreshnessResult: defineEvent<Ended & { source_name: string; table_name: string }>('Q018', 'info', (data) => {
    const [word, color] = freshnessWords[data.status] ?? ['PASS', green]
    return resultOf(data, [word, color(word)], `freshness of ${data.source_name}.${data.table_name}`)
  }),
  LogHookStartLine: defineEvent<Place & { statement: string }>('Q032', 'info', (data) =>
    resultLine(`START hook: ${data.statement}`, 'RUN', data),
  ),
  LogHookEndLine: defineEvent<Ended & { statement: string }>('Q033', 'info', (data) => {
    const word = data.status === 'success' ? 'OK' : data.status === 'skipped' ? 'SKIP' : 'ERROR'
    const color = { OK: green, SKIP: yellow, ERROR: red }[word]
    return resultOf(data, [word, color(word)], `hook: ${data.statement}`)
  }),
  LogStartBatch: defineEvent<Described & { batch_index: number; total_batches: number }>(
    'Q045',
    'info',
    ({ description, batch_index, total_batches }) =>
      `Batch ${resultLine(`START ${description}`, 'RUN', { index: batch_index, total: total_batches })}`,
  ),
  LogBatchResult: defineEvent<
    Described & { status: string; batch_index: number; total_batches: number; execution_time: number }
  >('Q046', 'info', ({ description, status, batch_index, total_batches, execution_time }) => {
    const [what, word] = ended(creating, status, status)
    return `Batch ${resultLine(`${what} ${description}`, word, { index: batch_index, total: total_batches }, execution_time)}`
  }),
  LogStartOverload: defineEvent<Described & { overload_index: number; total_overloads: number }>(
    'Q048',
    'info',
    ({ description, overload_index, total_overloads }) =>
      `Overload ${resultLine(`START ${description}`, 'RUN', { index: overload_index, total: total_overloads })}`,
  ),
  LogOverloadResult: defineEvent<
    Described & { status: string; overload_index: number; total_overloads: number; execution_time: number }
  >('Q049', 'info', ({ description, status, overload_index, total_overloads, execution_time }) => {
    const [what, color] =
      status === 'error'
        ? (['ERROR creating', red] as const)
        : status === 'skipped'
          ? (['SKIP', yellow] as const)
          : (['OK created', green] as const)
    const place = { index: overload_index, total: total_overloads }
    return `Overload ${resultLine(`${what} ${description}`, color(status.toUpperCase()), place, execution_time)}`
  }),
  SkippingDetails: defineEvent<Place & { resource_type: string; schema: string; node_name: string }>(
    'Q034',
    'info',
    (data) => {
      const what = isRefable(data)
        ? `relation ${data.schema}.${data.node_name}`
        : `${data.resource_type} ${data.node_name}`
      return resultLine(`SKIP ${what}`, yellow('SKIP'), data)
    },
  ),
  LogSkipBecauseError: defineEvent<Place & { schema: string; relation: string; status: string }>(
    'Z034',
    'error',
    (data) =>
      resultLine(
        `SKIP relation ${data.schema}.${data.relation} due to ephemeral model status '${data.status}'`,
        red('ERROR SKIP'),
        data,
      ),
  ),
  LogCancelLine: defineEvent<{ conn_name: string }>('Q022', 'error', ({ conn_name }) =>
    resultLine(`CANCEL query ${conn_name}`, red('CANCEL'), {}),
  ),
  CatchableExceptionOnRun: defineEvent<{ exc: string; exc_info: string }>('W002', 'debug', ({ exc }) => exc),
  FinishedRunningStats: defineEvent<{ stat_line: string; execution: string; execution_time: number }>(
    'E047',
    'info',
    ({ stat_line, execution, execution_time }) =>
      `Finished running ${stat_line}${execution} (${execution_time.toFixed(2)}s).`,
  ),
  EndRunResult: defineEvent<{ results: unknown[]; elapsed_time: number; generated_at: string; success?: boolean }>(
    'Q037',
    'debug',
    () => 'Command end result',
  ),
  EndOfRunSummary: defineEvent<{
    num_errors: number
    num_warnings: number
    num_partial_success: number
    keyboard_interrupt: boolean
  }>('Z030', 'info', ({ num_errors, num_warnings, num_partial_success, keyboard_interrupt }) => {
    const partly = `${num_partial_success} partial ${num_partial_success === 1 ? 'success' : 'successes'}`
    const warnings = plural(num_warnings, 'warning')
    if (keyboard_interrupt) return yellow('Exited because of keyboard interrupt')
    if (num_errors > 0) return red(`Completed with ${plural(num_errors, 'error')}, ${partly}, and ${warnings}:`)
    if (num_partial_success > 0) return yellow(`Completed with ${partly} and ${warnings}`)
    return num_warnings > 0 ? yellow(`Completed with ${warnings}:`) : green('Completed successfully')
  }),
  RunResultWarning: defineEvent<InFile>('Z021', 'warn', ({ resource_type, node_name, path }) =>
    warningTag(`in ${resource_type} ${node_name} (${path})`),
  ),
  RunResultWarningMessage: defineEvent<{ msg: string }>('Z046', 'warn', ({ msg }) => warningTag(msg)),
  RunResultFailure: defineEvent<InFile>('Z022', 'error', ({ resource_type, node_name, path }) =>
    errorTag(`in ${resource_type} ${node_name} (${path})`),
  ),
  RunResultError: defineEvent<{ msg: string }>('Z024', 'error', ({ msg }) => `  ${msg}`),
  RunResultErrorNoMessage: defineEvent<{ status: string }>('Z025', 'error', ({ status }) => `  Status: ${status}`),
  SQLCompiledPath: defineEvent<{ path: string }>('Z026', 'info', ({ path }) => `  compiled code at ${path}`),
  CheckNodeTestFailure: defineEvent<{ relation_name: string }>('Z027', 'info', ({ relation_name }) => {
    const query = `select * from ${relation_name}`
    return ['See test failures:', '-'.repeat(query.length), query, '-'.repeat(query.length)]
      .map((line) => `  ${line}`)
      .join('\n')
  }),
  StatsLine: defineEvent<{
    stats: Record<'pass' | 'warn' | 'error' | 'skip' | 'noop' | 'reused' | 'total', number>
  }>(
    'Z023',
    'info',
    ({ stats: { pass, warn, error, skip, noop, reused, total } }) =>
      `Done. PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} NO-OP=${noop} REUSED=${reused} TOTAL=${total}`,
  ),
  FreshnessCheckComplete: defineEvent('Q003', 'info', () => 'Done.'),
  SeedHeader: defineEvent<{ header: string }>('Q004', 'info', ({ header }) => header),
  ShowNode: defineEvent<{
    node_name: string
    preview: string
    is_inline: boolean
    output_format: string
    unique_id: string
    quiet: boolean
  }>('Q041', 'info', ({ node_name, preview, is_inline, output_format, quiet }) => {
    if (output_format === 'json') {
      const rows = fromJson(preview)
      return toJson(is_inline ? { show: rows } : { node: node_name, show: rows }, 2, false)
    }
    if (quiet) return preview
    return `${is_inline ? 'Previewing inline node:' : `Previewing node '${node_name}':`}\n${preview}`
  }),
  CompiledNode: defineEvent<{
    node_name: string
    compiled: string
    is_inline: boolean
    output_format: string
    unique_id: string
    quiet: boolean
  }>('Q042', 'info', ({ node_name, compiled, is_inline, output_format, quiet }) => {
    if (output_format === 'json')
      return JSON.stringify(is_inline ? { compiled } : { node: node_name, compiled }, null, 2)
    if (quiet) return compiled
    return `${is_inline ? 'Compiled inline node is:' : `Compiled node '${node_name}' is:`}\n${compiled}`
  }),
  RunningOperationCaughtError: defineEvent<{ exc: string }>('Q001', 'error', ({ exc }) =>
    errorTag(`Encountered an error while running operation: ${exc}`),
  ),
}
