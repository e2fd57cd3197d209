import { type Context, filter, JinjaEnvironment, literalEval, str } from '../../jinja/index.js'
import { toPlain } from '../context/base-context.js'
import { isMapping } from '../project/yaml-file.js'

const toNative = (value: unknown) => {
  if (typeof value !== 'string') return value
  return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : (literalEval(value) ?? value)
}

/** YAML values keep their type: `{{ var('n') }}` is the number itself. */
const yamlEnvironment = new JinjaEnvironment({
  filters: {
    as_native: filter([], toNative),
    as_number: filter([], toNative),
    as_bool: filter([], toNative),
    as_text: filter([], (value: unknown) => str(value)),
  },
})

const hasTemplate = (text: string) => text.includes('{{') || text.includes('{%')

/** Renders the templates in a YAML value, however deep; `skips` keeps a key's value as it is written. */
export function renderYaml(value: unknown, context: Context, file: string, skips?: (key: string) => boolean): unknown {
  if (typeof value === 'string')
    return hasTemplate(value)
      ? toPlain(yamlEnvironment.compile({ name: file, source: value }).evaluateSync(context))
      : value
  if (Array.isArray(value)) return value.map((item) => renderYaml(item, context, file, skips))
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, skips?.(key) ? item : renderYaml(item, context, file, skips)]),
  )
}

/** One template whose value keeps its type, with Python values as they are. */
export function evaluateYaml(source: string, context: Context, file: string): unknown {
  return yamlEnvironment.compile({ name: file, source }).evaluateSync(context)
}
