import { didYouMean, type MillraceError } from '../../base/index.js'
import { Kwargs } from '../../jinja/index.js'
import { toPython } from '../context/base-context.js'
import type { NodeContext } from '../context/node-context.js'
import type { NodeResult } from '../contract.js'
import { transformErrors } from '../errors.js'
import { emptyResult } from '../execute/execution-scope.js'
import { inlineNode } from '../execute/inline-node.js'
import { locatedError } from '../execute/located-error.js'
import type { RunSession } from '../execute/open-session.js'
import { errorText } from '../log/error-text.js'
import { yamlMapping } from './flags.js'
import type { DbtCommand } from './invocation.js'
import { writeResults } from './write-results.js'

/** Calls one macro: `run-operation name` or `run-operation package.name`. */
export const runOperation: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const [name] = invocation.rest
    if (name === undefined)
      throw transformErrors.create('TRANSFORM_USAGE', {
        message: "Missing argument 'MACRO'.",
        hint: "For example: dbt run-operation my_macro --args '{days: 3}'.",
      })
    invocation.args = { macro: name }
    const args = Object.entries(yamlMapping(invocation.flags.args, '--args'))
    const node = inlineNode(session.project, '')
    const runner = session.runner(node, {
      signal: invocation.io.signal,
      onLog: (level, message) => {
        if (level === 'warn') invocation.log.warn('JinjaLogWarning', { msg: message })
        else invocation.log.fire(level === 'debug' ? 'JinjaLogDebug' : 'JinjaLogInfo', { msg: message })
      },
    })
    const started = new Date()
    // A macro that is not there is no failed operation: nothing ran.
    const error = await runner
      .withContext(async (context) => {
        const macro = macroNamed(context, name, session.project.registry.names())
        await macro.jinjaCall([], new Kwargs(args.map(([key, value]) => [key, toPython(value)] as const)))
      })
      .then(
        () => undefined,
        (thrown: unknown) => locatedError(thrown, node, runner.lastSql),
      )
    if (error?.code === 'TRANSFORM_MACRO_NOT_FOUND') throw error
    const result = operationResult(session, name, started, error)
    writeResults(invocation, session, [result], result.execution_time)
    if (!error) return 0
    invocation.log.fire('RunningOperationCaughtError', { exc: errorText(error) })
    return 1
  })

function operationResult(
  { project, manifest }: RunSession,
  name: string,
  started: Date,
  error: MillraceError | undefined,
): NodeResult {
  const [first = '', second] = name.split('.')
  const macro = Object.values(manifest.macros).find(
    (one) => one.name === (second ?? first) && (second === undefined || one.package_name === first),
  )
  const ended = new Date()
  return {
    ...emptyResult(macro?.unique_id ?? `macro.${project.root.name}.${second ?? first}`, 'main'),
    status: error ? 'error' : 'success',
    timing: [{ name: 'execute', started_at: started.toISOString(), completed_at: ended.toISOString() }],
    execution_time: (ended.getTime() - started.getTime()) / 1000,
    message: error?.message ?? null,
    ...(error && { error: error.toJSON() }),
  }
}

interface CallableMacro {
  jinjaCall(args: unknown[], kwargs: Kwargs): unknown
}

/** @throws TRANSFORM_MACRO_NOT_FOUND */
function macroNamed(context: NodeContext, name: string, known: readonly string[]): CallableMacro {
  const [first = '', second] = name.split('.')
  const found = context.get(first) as { jinjaAttribute?(key: string): unknown } | undefined
  const macro = (second === undefined ? found : found?.jinjaAttribute?.(second)) as Partial<CallableMacro> | undefined
  if (macro?.jinjaCall) return macro as CallableMacro
  throw transformErrors.create('TRANSFORM_MACRO_NOT_FOUND', {
    message: `dbt could not find a macro with the name '${name}' in any package.`,
    hint: didYouMean(second ?? first, known) ?? 'Macros stand in files below macros/.',
  })
}
