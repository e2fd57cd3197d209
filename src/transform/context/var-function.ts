import { didYouMean, maskSecretNames } from '../../base/index.js'
import { defineFunction, str } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import { exactJson } from '../python/exact-json.js'
import { toPlain, toPython } from '../python/values.js'
import { holdsJinja } from './holds-jinja.js'

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
