import { isSecretName, registerSecret } from '../../base/index.js'
import { defineFunction, JinjaEnvironment, literalEval, str } from '../../jinja/index.js'
import { pythonModules } from '../context/python-modules.js'
import { transformErrors } from '../errors.js'
import { PlainText, typeFilters } from './type-filters.js'
import { isMapping } from './yaml-file.js'

export type Env = Readonly<Record<string, string | undefined>>

const secretExpression = /\{\{(?:(?!\}\})[\s\S])*DBT_ENV_SECRET[\s\S]*?\}\}/g

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
      })
    options.onRead?.(`env:${key}`)
    const value = env[key]
    if (value !== undefined) {
      if (isSecret) registerSecret(value)
      return value
    }
    if (fallback !== undefined && fallback !== null) return fallback
    throw transformErrors.create('TRANSFORM_VAR_MISSING', {
      message: `Env var required but not provided: '${key}'`,
      hint: `Set it, or give a default: env_var('${key}', 'value').`,
    })
  })
}

/** Renders the templates of profiles.yml and dbt_project.yml; only the command line's vars are known there. */
export function settingsRenderer(
  env: Env,
  file: string,
  options: { readonly vars?: Readonly<Record<string, unknown>> | undefined; readonly allowsSecrets?: boolean } = {},
): (value: unknown) => unknown {
  const jinja = new JinjaEnvironment({ filters: typeFilters })
  const vars = options.vars ?? {}
  const context = {
    modules: pythonModules,
    env_var: envVar(env, options),
    var: defineFunction('var', ['var_name', 'default?'], (name: unknown, fallback: unknown) => {
      const value = vars[str(name)] ?? fallback
      if (value !== undefined) return value
      throw transformErrors.create('TRANSFORM_VAR_MISSING', {
        message: `Required var '${str(name)}' not found. Here, only the vars of the command line are known.`,
        hint: `Pass --vars '{${str(name)}: value}', or give a default: var('${str(name)}', value).`,
      })
    }),
  }
  const render = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(render)
    if (isMapping(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(item)]))
    if (typeof value !== 'string' || !value.includes('{')) return value
    const evaluate = (source: string) => jinja.compile({ name: file, source }).evaluateSync(context)
    const found = evaluate(value)
    // What a template makes of a secret is one too.
    for (const [expression] of value.matchAll(secretExpression)) registerSecret(str(evaluate(expression)))
    if (found instanceof PlainText) return found.text
    const rendered = str(found)
    if (/^(true|false)$/i.test(rendered)) return rendered.toLowerCase() === 'true'
    return literalEval(rendered) ?? rendered
  }
  return render
}
