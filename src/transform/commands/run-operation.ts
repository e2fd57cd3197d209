import { didYouMean } from '../../base/index.js'
import { Kwargs } from '../../jinja/index.js'
import { toPython } from '../context/base-context.js'
import type { NodeContext } from '../context/node-context.js'
import { transformErrors } from '../errors.js'
import { locatedError } from '../execute/located-error.js'
import { yamlMapping } from './flags.js'
import { inlineNode } from './inline-node.js'
import type { DbtCommand } from './invocation.js'

/** Calls one macro: `run-operation name` or `run-operation package.name`. */
export const runOperation: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const [name] = invocation.rest
    if (name === undefined)
      throw transformErrors.create('TRANSFORM_USAGE', {
        message: "Missing argument 'MACRO'.",
        hint: "For example: dbt run-operation my_macro --args '{days: 3}'.",
      })
    const args = Object.entries(yamlMapping(invocation.flags.args, '--args'))
    const node = inlineNode(session.project, '')
    const { io, info } = { io: invocation.io, info: (message: string) => invocation.info(message) }
    const runner = session.runner(node, {
      signal: io.signal,
      onLog: (level, message) => (level === 'debug' ? invocation.flags.debug && info(message) : info(message)),
    })
    try {
      await runner.withContext(async (context) => {
        const macro = macroNamed(context, name, session.project.registry.names())
        await macro.jinjaCall([], new Kwargs(args.map(([key, value]) => [key, toPython(value)] as const)))
      })
    } catch (thrown) {
      throw locatedError(thrown, node, runner.lastSql)
    }
    return 0
  })

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
