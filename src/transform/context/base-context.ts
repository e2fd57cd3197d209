import { createHash } from 'node:crypto'
import { didYouMean, type Logger, maskSecretNames, printPythonYaml, visibleSettings } from '../../base/index.js'
import {
  defineFunction,
  equals,
  fromJson,
  isPlainObject,
  iterate,
  order,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  pairs,
  str,
  toJson,
  truthy,
} from '../../jinja/index.js'
import { engineOf } from '../adapter/engines/index.js'
import type { ProfileTarget } from '../contract.js'
import { dbtVersion } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import type { EventSink } from '../log/event-sink.js'
import { envVar, metadataVariables } from '../project/render.js'
import { PyDateTime, utcTime } from '../python/datetime.js'
import { exactJson } from '../python/exact-json.js'
import { pythonModules } from '../python/modules.js'
import { readPythonYaml, toPlain, toPython } from '../python/values.js'
import { exceptionFunctions } from './exceptions.js'
import { ReturnValue } from './return-value.js'

export interface Invocation {
  readonly id: string
  readonly startedAt: Date
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cliVars: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, unknown>>
  readonly target: ProfileTarget
  readonly projectName: string
  readonly logger: Logger
  /** Where a command says what happens; sessions of the orchestrator have a logger only. */
  readonly events?: EventSink | undefined
  /** Hears which var, environment variable or flag a template asks for: `var:shop:start`, `env:HOME`, `flags`. */
  readonly onRead?: ((key: string) => void) | undefined
  /** `print()` writes here. */
  readonly print: (line: string) => void
}

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
      return: defineFunction('return', ['data?'], (value: unknown = null) => {
        throw new ReturnValue(value)
      }),
      fromjson: defineFunction('fromjson', ['string', 'default?'], (text: unknown, fallback: unknown = null) =>
        attempt(() => fromJson(str(text)), fallback),
      ),
      tojson: defineFunction(
        'tojson',
        ['value', 'default?', 'sort_keys?'],
        // What is no data is an error in spite of the default, as in dbt.
        (value: unknown, _: unknown = null, sort: unknown = false) => toJson(value, undefined, truthy(sort)),
      ),
      fromyaml: defineFunction('fromyaml', ['value', 'default?'], (text: unknown, fallback: unknown = null) =>
        attempt(() => toPython(readPythonYaml(str(text))), fallback),
      ),
      toyaml: defineFunction(
        'toyaml',
        ['value', 'default?', 'sort_keys?'],
        (value: unknown, fallback: unknown = null, sort: unknown = false) =>
          attempt(() => printPythonYaml(yamlData(value, truthy(sort)), scalarText), fallback),
      ),
      set: defineFunction('set', ['value', 'default?'], (value: unknown, fallback: unknown = null) =>
        attempt(() => new PySet(iterate(value)), fallback),
      ),
      set_strict: defineFunction('set_strict', ['value'], (value: unknown) => new PySet(iterate(value))),
      zip: defineFunction('zip', ['*args', 'default?'], (args: unknown[], fallback: unknown = null) =>
        attempt(() => zip(args), fallback),
      ),
      zip_strict: defineFunction('zip_strict', ['*args'], (args: unknown[]) => zip(args)),
      log: defineFunction('log', ['msg', 'info?'], (message: unknown, info: unknown = false) => {
        invocation.logger[truthy(info) ? 'info' : 'debug'](str(message))
        return ''
      }),
      print: defineFunction('print', ['msg'], (message: unknown) => {
        invocation.print(str(message))
        return ''
      }),
      diff_of_two_dicts: defineFunction('diff_of_two_dicts', ['dict_a', 'dict_b'], diffOfTwoDicts),
      adapter_macro: defineFunction('adapter_macro', ['name', '*args', '**kwargs'], (name: unknown) => {
        throw transformErrors.create('TRANSFORM_COMPILE', {
          message: `The "adapter_macro" macro has been deprecated. Instead, use the \`adapter.dispatch\` method to find a macro and call the result. adapter_macro was called for: ${str(name)}`,
          hint: "Write {{ adapter.dispatch('macro', 'package')(…) }}.",
        })
      }),
      local_md5: defineFunction('local_md5', ['value'], (value: unknown) =>
        createHash('md5').update(str(value)).digest('hex'),
      ),
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

/** Flags under the names of dbt's command line, without those that say nothing. */
export const argsDict = (flags: Invocation['flags']): PyDict =>
  PyDict.from(
    Object.entries(flags)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), toPython(value)] as const),
  )

/** Data for YAML, with sorted keys when that is wanted. @throws TypeError for what is no data, such as the adapter */
function yamlData(value: unknown, isSorted: boolean): unknown {
  if (value === null || typeof value !== 'object' || scalarText(value) !== undefined) return value
  if (Array.isArray(value) || value instanceof PySet) return [...value].map((item) => yamlData(item, isSorted))
  if (!(value instanceof PyDict) && !isPlainObject(value)) throw new TypeError('This is no data.')
  const entries = pairs(value).map(([key, item]) => [key, yamlData(item, isSorted)] as const)
  return new Map(isSorted ? entries.sort(([a], [b]) => order(a, b)) : entries)
}

/** What YAML shows of a value as Python prints it. */
const scalarText = (value: unknown): string | undefined =>
  value instanceof PyDateTime || value instanceof PyFloat ? str(value) : undefined

function attempt(work: () => unknown, fallback: unknown): unknown {
  try {
    return work()
  } catch {
    return fallback
  }
}

function zip(lists: readonly unknown[]): PyTuple[] {
  const all = lists.map(iterate)
  const count = Math.min(...all.map((list) => list.length))
  return Array.from({ length: all.length === 0 ? 0 : count }, (_, i) => PyTuple.fromArray(all.map((list) => list[i])))
}

function diffOfTwoDicts(a: unknown, b: unknown): PyDict {
  const right = PyDict.from(pairs(b))
  const diff = new PyDict()
  for (const [key, values] of pairs(a)) {
    const other = right.get(key)
    const missing = iterate(values).filter(
      (value) => !(other !== undefined && iterate(other).some((one) => equals(one, value))),
    )
    if (missing.length > 0) diff.set(key, missing)
  }
  return diff
}

/** `target.name`, `target.schema` and the profile's own keys, without its secrets. */
export function targetDict(target: ProfileTarget): PyDict {
  const { shownCredentials } = engineOf(target.type)
  const { schema, database } = target
  const own: Readonly<Record<string, unknown>> = {
    ...visibleSettings(target.credentials),
    schema,
    database,
    dbname: database,
  }
  return PyDict.from([
    ...Object.entries(shownCredentials).map(([key, unsaid]) => [key, toPython(own[key] ?? unsaid)] as const),
    ['type', target.type],
    ['threads', target.threads],
    ['name', target.targetName],
    ['target_name', target.targetName],
    ['profile_name', target.profileName],
  ])
}

/** Where a template begins to be one; a comment alone makes a text one too. */
export const jinjaStart = /\{[{%#]/

/** Whether a text is a template. */
export const holdsJinja = (text: string) => jinjaStart.test(text)

/**
 * `var(name, default)`: the command line's, then the root project's for the package, then its general ones. While
 * parsing, a var that is not set is None: what needs it may never run.
 */
export function varFunction(
  vars: ReadonlyMap<string, unknown>,
  options: {
    readonly isParsing?: boolean
    /** Whose vars these are, for messages. */
    readonly owner?: string
    /** A text that holds Jinja means what it gives where it is asked for. */
    readonly render?: (text: string) => unknown
    /** Hears of every name that is asked for. */
    readonly onRead?: ((name: string) => void) | undefined
  } = {},
) {
  const call = (name: unknown, fallback: unknown) => {
    options.onRead?.(str(name))
    const value = vars.get(str(name))
    if (typeof value === 'string' && options.render && holdsJinja(value)) return options.render(value)
    if (value !== undefined) return toPython(value)
    if (fallback !== undefined) return fallback
    if (options.isParsing) return null
    throw transformErrors.create('TRANSFORM_VAR_MISSING', {
      message: `Required var '${str(name)}' not found in config:\nVars supplied to ${options.owner ?? '<Configuration>'} = ${exactJson(toPlain(maskSecretNames(Object.fromEntries(vars))), { indent: 4 })}`,
      hint: [
        didYouMean(str(name), [...vars.keys()]) ?? [],
        `Set it below \`vars:\` in dbt_project.yml, pass --vars '{${str(name)}: value}', or give a default: var('${str(name)}', value).`,
      ]
        .flat()
        .join(' '),
    })
  }
  const functionValue = defineFunction('var', ['var_name', 'default?'], call)
  return Object.assign(functionValue, {
    jinjaAttribute: (name: string) =>
      name === 'has_var'
        ? (key: unknown) => {
            options.onRead?.(str(key))
            return vars.has(str(key))
          }
        : undefined,
  })
}
