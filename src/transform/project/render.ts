import { isSecretName, registerSecret, type YamlDocument } from '../../base/index.js'
import { defineFunction, JinjaEnvironment, literalEval, str } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import { pythonModules } from '../python/modules.js'
import { checkType, PlainText, typeFilters } from './type-filters.js'
import { inDocument, isMapping } from './yaml-file.js'

export type Env = Readonly<Record<string, string | undefined>>

const customPrefix = 'DBT_ENV_CUSTOM_ENV_'

/** What the environment adds to artifacts and to every line of a JSON log: `DBT_ENV_CUSTOM_ENV_x` is `x` there. */
export const metadataVariables = (env: Env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) =>
      key.startsWith(customPrefix) && value !== undefined ? [[key.slice(customPrefix.length), value]] : [],
    ),
  )

/** What stands for a secret while a template runs: what the template makes of it is no secret then. */
const placeholder = (name: string) => `$$$DBT_SECRET_START$$$${name}$$$DBT_SECRET_END$$$`
const placeholders = /\$\$\$DBT_SECRET_START\$\$\$(.+?)\$\$\$DBT_SECRET_END\$\$\$/g

/**
 * `env_var(name, default)`. Variables that begin with DBT_ENV_SECRET are masked wherever they would be shown, and can
 * be used in profiles.yml and packages.yml only.
 */
export function envVar(
  env: Env,
  options: { readonly allowsSecrets?: boolean; readonly onRead?: ((key: string) => void) | undefined } = {},
) {
  return defineFunction('env_var', ['var', 'default?'], (name: unknown, fallback: unknown) => {
    const key = str(name)
    const isSecret = isSecretName(key)
    if (isSecret && !options.allowsSecrets)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `The secret '${key}' can be used in profiles.yml and packages.yml only.`,
        hint: 'A secret in a model would be written to the warehouse. Rename the variable if it is none.',
        data: { dbtType: 'Parsing' },
      })
    options.onRead?.(`env:${key}`)
    const value = env[key]
    if (value !== undefined) {
      if (!isSecret) return value
      registerSecret(value)
      return placeholder(key)
    }
    if (fallback !== undefined && fallback !== null) return fallback
    throw transformErrors.create('TRANSFORM_VAR_MISSING', {
      message: `Env var required but not provided: '${key}'`,
      hint: `Set it, or give a default: env_var('${key}', 'value').`,
      data: { dbtType: 'Parsing' },
    })
  })
}

/** Renders a value of a file of settings; what fails is shown in the document, where that is given. */
export type SettingsRenderer = (value: unknown, document?: YamlDocument) => unknown

/** Renders the templates of profiles.yml, dbt_project.yml and the like; only the command line's vars are known there. */
export function settingsRenderer(
  env: Env,
  file: string,
  options: {
    readonly vars?: Readonly<Record<string, unknown>> | undefined
    readonly allowsSecrets?: boolean
    /** `target` of the templates, where the profile is known. */
    readonly target?: unknown
  } = {},
): SettingsRenderer {
  const jinja = new JinjaEnvironment({ filters: typeFilters })
  const vars = options.vars ?? {}
  const context = {
    modules: pythonModules,
    target: options.target,
    env_var: envVar(env, options),
    var: defineFunction('var', ['var_name', 'default?'], (name: unknown, fallback: unknown) => {
      // A var that is null is given.
      const value = Object.hasOwn(vars, str(name)) ? vars[str(name)] : fallback
      if (value !== undefined) return value
      throw transformErrors.create('TRANSFORM_VAR_MISSING', {
        message: `Required var '${str(name)}' not found. Here, only the vars of the command line are known.`,
        hint: `Pass --vars '{${str(name)}: value}', or give a default: var('${str(name)}', value).`,
      })
    }),
  }
  const evaluate = (template: string): unknown => {
    const found = jinja.compile({ name: file, source: template }).evaluateSync(context)
    checkType(template, found)
    return found
  }
  const render: SettingsRenderer = (value, document) => {
    if (Array.isArray(value)) return value.map((item) => render(item, document))
    if (isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(item, document)]))
    if (typeof value !== 'string' || !value.includes('{')) return value
    let found: unknown
    try {
      found = evaluate(value)
    } catch (thrown) {
      throw document ? inDocument(thrown, value, document) : thrown
    }
    const text = found instanceof PlainText ? found.text : str(found)
    const rendered = text.replace(placeholders, (_, name: string) => env[name] ?? '')
    if (found instanceof PlainText || rendered !== text) return rendered
    if (/^(true|false)$/i.test(rendered)) return rendered.toLowerCase() === 'true'
    return literalEval(rendered) ?? rendered
  }
  return render
}
