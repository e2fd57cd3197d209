import { type Expression, expressionText, type Statement, type Template } from '../../jinja/index.js'
import { executionEnvironment } from './environments.js'

/** Hooks are written with a dash or an underscore. */
export const hookKey = (key: string) => (key === 'pre_hook' ? 'pre-hook' : key === 'post_hook' ? 'post-hook' : key)

/** What `writtenConfig` answers for a text; nothing for one that is no template. */
export function writtenConfigOf(code: string): Record<string, string> {
  if (!/\bconfig\s*\(/.test(code)) return {}
  try {
    return writtenConfig(executionEnvironment.compile({ name: 'config', source: code }))
  } catch {
    return {}
  }
}

/**
 * The arguments of a file's first `config()` as they are written (`env_var('TARGET')`, `['a', 'b']`), a plain text as what it
 * says. Comparing states looks at these, so that another environment alone changes nothing. Empty without a `config()`.
 */
export function writtenConfig({ calls }: Pick<Template, 'calls'>): Record<string, string> {
  const config = calls.find((call) => call.name === 'config' && call.member === undefined)
  return Object.fromEntries(
    (config?.args.named ?? []).map(({ name, value }) => [
      name,
      value.type === 'literal' && typeof value.value === 'string' ? value.value : expressionText(value),
    ]),
  )
}

/**
 * Whether a model says all it says in texts and lists of them: `ref`, `source` and `config`, nothing else. Of such a model dbt
 * notes the config's values, of any other what is written.
 */
export function isPlain({ statements }: Pick<Template, 'statements'>): boolean {
  return statements.every((statement) => statement.type === 'data' || isPlainOutput(statement))
}

const plainCalls = new Set(['ref', 'source', 'config'])

function isPlainOutput(statement: Statement): boolean {
  if (statement.type !== 'output' || statement.value.type !== 'call') return false
  const { callee, args } = statement.value
  if (callee.type !== 'name' || !plainCalls.has(callee.name) || args.spread || args.spreadNamed) return false
  const hasHooks = args.named.some(({ name }) => hookKey(name) !== name)
  return !hasHooks && [...args.positional, ...args.named.map(({ value }) => value)].every(isPlainValue)
}

function isPlainValue(node: Expression): boolean {
  if (node.type === 'literal') return typeof node.value === 'string'
  if (node.type === 'list') return node.items.every(isPlainValue)
  return node.type === 'dict' && node.entries.every((entry) => entry.every(isPlainValue))
}
