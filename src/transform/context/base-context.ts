import { defineFunction, PyDict, str, truthy } from '../../jinja/index.js'
import { utcTime } from '../../python/index.js'
import { dbtVersion } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import { envVar, metadataVariables } from '../project/render.js'
import { pythonModules } from '../python/modules.js'
import { toPython } from '../python/values.js'
import { dataFunctions } from './data-functions.js'
import { exceptionFunctions } from './exceptions.js'
import { argsDict, type Invocation } from './invocation.js'
import { ReturnValue } from './return-value.js'
import { targetDict } from './target-dict.js'

/** What every template of dbt can use, whatever it belongs to. */
export function baseContext(invocation: Invocation): Map<string, unknown> {
  const { target, env } = invocation
  const context = new Map<string, unknown>(
    Object.entries({
      dbt_version: dbtVersion,
      invocation_id: invocation.id,
      dbt_metadata_envs: toPython(metadataVariables(env)),
      run_started_at: utcTime(invocation.startedAt.getTime()),
      thread_id: 'Thread-1',
      project_name: invocation.projectName,
      target: targetDict(target),
      // Not the environment: dbt's old name for the target.
      env: targetDict(target),
      flags: toPython(invocation.flags),
      invocation_args_dict: argsDict(invocation.flags),
      modules: modulesOf(invocation),
      exceptions: exceptionFunctions(invocation.logger, invocation.events),
      env_var: envVar(env, { onRead: invocation.onRead }),
      ...dataFunctions,
      return: defineFunction('return', ['data?'], (value: unknown = null) => {
        throw new ReturnValue(value)
      }),
      log: defineFunction('log', ['msg', 'info?'], (message: unknown, info: unknown = false) => {
        invocation.logger[truthy(info) ? 'info' : 'debug'](str(message))
        return ''
      }),
      print: defineFunction('print', ['msg'], (message: unknown) => {
        invocation.print(str(message))
        return ''
      }),
      adapter_macro: defineFunction('adapter_macro', ['name', '*args', '**kwargs'], (name: unknown) => {
        throw transformErrors.create('TRANSFORM_COMPILE', {
          message: `The "adapter_macro" macro has been deprecated. Instead, use the \`adapter.dispatch\` method to find a macro and call the result. adapter_macro was called for: ${str(name)}`,
          hint: "Write {{ adapter.dispatch('macro', 'package')(…) }}.",
        })
      }),
    }),
  )
  context.set('builtins', PyDict.from(context))
  return context
}

/** Python's modules; dbt gives up itertools, and says so where it is used. */
const modulesOf = ({ events }: Invocation): Readonly<Record<string, unknown>> => ({
  ...pythonModules,
  get itertools() {
    events?.deprecate('ModulesItertoolsUsageDeprecation', {})
    return pythonModules.itertools
  },
})
