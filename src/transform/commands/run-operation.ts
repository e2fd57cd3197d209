import { didYouMean, type MillraceError } from '../../base/index.js'
import { JinjaRuntimeError, Kwargs } from '../../jinja/index.js'
import type { NodeResult } from '../contract.js'
import { transformErrors } from '../errors.js'
import { inlineNode } from '../execute/compile/inline-node.js'
import { executeSql } from '../execute/materialize/execute-sql.js'
import type { NodeRunner } from '../execute/node/node-runner.js'
import type { RunSession } from '../execute/open-session.js'
import { emptyResult, timed } from '../execute/results/node-result.js'
import { errorText } from '../log/error-text.js'
import { green, red, resultLine } from '../log/paint.js'
import { toPython } from '../python/values.js'
import { yamlMapping } from './flags/flags.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { writeResults } from './output/write-results.js'

/** Calls one macro, `run-operation name` or `run-operation package.name`, or runs the SQL of --sql. */
export const runOperation: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const operation = operationOf(invocation, session)
    invocation.args = operation.args
    const node = inlineNode(session.project, invocation.flags.sql ?? '')
    const runner = session.runner(node, {
      signal: invocation.io.signal,
      onLog: (level, message) => {
        if (level === 'warn') invocation.log.warn('JinjaLogWarning', { msg: message })
        else invocation.log.fire(level === 'debug' ? 'JinjaLogDebug' : 'JinjaLogInfo', { msg: message })
      },
    })
    const started = new Date()
    const { response, error } = await operation.run(runner).then(
      (response) => ({ response, error: undefined }),
      (thrown: unknown) => ({ response: {}, error: runner.located(thrown) }),
    )
    // A macro that is not there is no failed operation: nothing ran.
    if (error?.code === 'TRANSFORM_MACRO_NOT_FOUND') throw error
    const result = operationResult(operation.uniqueId, started, response, error)
    writeResults(invocation, session, [result], result.execution_time)
    if (error) invocation.log.fire('RunningOperationCaughtError', { exc: errorText(error) })
    operation.tell(result)
    return error ? 1 : 0
  })

/** What is run, and under which name run_results.json has it. */
interface Operation {
  readonly uniqueId: string
  /** What run_results.json notes besides the flags. */
  readonly args: Readonly<Record<string, unknown>>
  /** Answers the adapter's response. */
  readonly run: (runner: NodeRunner) => Promise<Record<string, unknown>>
  readonly tell: (result: NodeResult) => void
}

/** @throws TRANSFORM_COMMAND */
function operationOf(invocation: CommandInvocation, session: RunSession): Operation {
  const [name] = invocation.rest
  const { sql, args } = invocation.flags
  const refused = (message: string, hint: string) => transformErrors.create('TRANSFORM_COMMAND', { message, hint })
  if (sql === undefined && name === undefined)
    throw refused(
      'Either a macro name or --sql must be passed to run-operation.',
      "For example: dbt run-operation my_macro --args '{days: 3}'.",
    )
  if (sql === undefined) return macroOperation(session, String(name), Object.entries(yamlMapping(args, '--args')))
  if (name !== undefined)
    throw refused('Cannot specify both a macro name and --sql for run-operation.', 'Leave one of them out.')
  if (args !== undefined) throw refused('--args cannot be used with --sql.', 'Write the values into the SQL.')
  return sqlOperation(invocation, session)
}

function macroOperation(
  { project: { registry, root } }: RunSession,
  name: string,
  args: readonly (readonly [string, unknown])[],
): Operation {
  const [first = '', second] = name.split('.')
  const macro = second === undefined ? registry.findAnywhere(first) : registry.findIn(first, second)
  return {
    uniqueId: macro?.unique_id ?? `macro.${root.name}.${second ?? first}`,
    args: { macro: name },
    tell: () => {},
    run: (runner) =>
      runner.withContext(async (context, { connection }) => {
        connection.clearTransaction()
        if (!macro) throw macroNotFound(name, registry.names())
        const kwargs = new Kwargs(args.map(([key, value]) => [key, toPython(value)] as const))
        try {
          await context.bound(macro).jinjaCall([], kwargs)
        } catch (thrown) {
          // No template stands around the call whose place an error could have.
          if (!(thrown instanceof JinjaRuntimeError)) throw thrown
          throw transformErrors.create('TRANSFORM_COMPILE', {
            message: thrown.message,
            at: { file: macro.original_file_path },
            hint: thrown.message.includes('argument') ? 'Give --args the names that the macro has.' : undefined,
          })
        }
        return {}
      }),
  }
}

function sqlOperation({ log }: CommandInvocation, { project }: RunSession): Operation {
  const line = (text: string, status: string, seconds?: number) =>
    resultLine(`${text} inline_query`, status, { index: 1, total: 1 }, seconds)
  return {
    uniqueId: `sql_operation.${project.root.name}.inline_query`,
    args: {},
    run: (runner) => {
      log.fire('Note', { msg: line('START executing', 'RUN') })
      return executeSql(runner)
    },
    tell: ({ status, adapter_response, execution_time }) => {
      const hasFailed = status === 'error'
      const said = hasFailed ? red('ERROR') : green(String(adapter_response._message ?? 'OK'))
      const msg = line(hasFailed ? 'ERROR executing' : 'OK executed', said, execution_time)
      log.fire('Note', { msg }, { level: hasFailed ? 'error' : 'info' })
    },
  }
}

function operationResult(
  uniqueId: string,
  started: Date,
  response: Record<string, unknown>,
  error: MillraceError | undefined,
): NodeResult {
  return {
    ...emptyResult(uniqueId, 'main'),
    ...timed(started, started, new Date()),
    status: error ? 'error' : 'success',
    adapter_response: response,
    failures: error ? 1 : 0,
    message: error?.message ?? null,
    ...(error && { error: error.toJSON() }),
  }
}

function macroNotFound(name: string, known: readonly string[]): MillraceError {
  return transformErrors.create('TRANSFORM_MACRO_NOT_FOUND', {
    message: `dbt could not find a macro with the name '${name}' in any package.`,
    hint: didYouMean(name.split('.').at(-1) ?? name, known) ?? 'Macros stand in files below macros/.',
  })
}
