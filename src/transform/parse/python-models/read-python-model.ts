import { type Context, call, Kwargs } from '../../../jinja/index.js'
import { jinjaStart } from '../../context/holds-jinja.js'
import { transformErrors } from '../../errors.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { type DbtCall, dbtCalls } from './calls.js'
import { checkModelFunction } from './model-function.js'
import { type PythonSource, pythonTokens, syntaxError } from './tokens.js'

/**
 * Reads what a Python model says of itself, without running it: its calls of `dbt.ref`, `dbt.source` and `dbt.config` are made
 * in the context where a SQL model's would be. @throws TRANSFORM_COMPILE for what is no model
 */
export function readPythonModel(
  source: PythonSource,
  contextOf: () => Context,
  onConfig: (values: ConfigValues) => void,
): void {
  const { code, file } = source
  const template = jinjaStart.exec(code)
  if (template) {
    const before = code.slice(0, template.index).split('\n')
    const at = { file, line: source.line + before.length - 1, column: (before.at(-1) ?? '').length + 1 }
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: 'No jinja in python model code is allowed',
      at,
      hint: `'${template[0]}' begins a template. Read values with dbt.config.get(), or put a blank between the brackets.`,
      data: { dbtType: 'Parsing' },
    })
  }
  const tokens = pythonTokens(source)
  if (tokens.length === 0) return
  checkModelFunction(tokens, file)
  const read: Record<'config' | 'meta', { keys: unknown[]; defaults: unknown[] }> = {
    config: { keys: [], defaults: [] },
    meta: { keys: [], defaults: [] },
  }
  for (const one of dbtCalls(tokens, file)) {
    if (one.name === 'config.get' || one.name === 'config.meta_get') {
      const { keys, defaults } = read[one.name === 'config.get' ? 'config' : 'meta']
      const [key, fallback] = keyAndDefault(one)
      keys.push(key)
      defaults.push(fallback)
    } else call(contextOf().get(one.name), one.args, new Kwargs([...one.kwargs]), one.name)
  }
  // The macros that give a Python model its config look them up there.
  if (read.config.keys.length + read.meta.keys.length > 0)
    onConfig({
      config_keys_used: read.config.keys,
      config_keys_defaults: read.config.defaults,
      meta_keys_used: read.meta.keys,
      meta_keys_defaults: read.meta.defaults,
    })
}

function keyAndDefault({ name, args, at }: DbtCall): readonly [unknown, unknown] {
  if (args.length === 0) throw syntaxError(`dbt.${name}() requires at least one argument`, at)
  if (args.length > 2) throw syntaxError(`dbt.${name}() takes at most 2 arguments (${args.length} given)`, at)
  return [args[0], args[1] ?? null]
}
