import type { SourceLocation } from '../../../base/index.js'
import { literalEval } from '../../../jinja/index.js'
import { bracketed, type PythonSource, type PythonToken, pythonTokens, splitAtCommas, syntaxError } from './tokens.js'

/** `dbt.ref('orders')` and the like, with the values of its arguments. */
export interface DbtCall {
  readonly name: 'ref' | 'source' | 'config' | 'config.get' | 'config.meta_get'
  readonly args: readonly unknown[]
  readonly kwargs: ReadonlyMap<string, unknown>
  readonly at: SourceLocation
}

const names = new Set<string>(['ref', 'source', 'config', 'config.get', 'config.meta_get'])

/**
 * The calls by which a Python model says what it reads and how it is built, in the order in which they stand; those in
 * f-strings too. @throws TRANSFORM_COMPILE where an argument is not a literal
 */
export function dbtCalls(tokens: readonly PythonToken[], file: string): DbtCall[] {
  return tokens.flatMap((token, i) => {
    if (token.type === 'string') return token.prefix.includes('f') ? callsInside(token, file) : []
    if (token.text !== 'dbt' || token.type !== 'name' || tokens[i - 1]?.text === '.') return []
    const path: string[] = []
    let next = i + 1
    while (tokens[next]?.text === '.' && tokens[next + 1]?.type === 'name') {
      path.push((tokens[next + 1] as PythonToken).text)
      next += 2
    }
    const name = path.join('.')
    if (tokens[next]?.text !== '(' || !names.has(name)) return []
    const given = bracketed(tokens, next).slice(1, -1)
    return [callOf(name as DbtCall['name'], given, { file, line: token.line, column: token.column })]
  })
}

function callOf(name: DbtCall['name'], given: readonly PythonToken[], at: SourceLocation): DbtCall {
  const args: unknown[] = []
  const kwargs = new Map<string, unknown>()
  for (const one of splitAtCommas(given)) {
    const [key, equals] = one
    const isNamed = key?.type === 'name' && equals?.text === '=' && one[2]?.text !== '='
    const value = literalEval(literalText(isNamed ? one.slice(2) : one))
    if (value === undefined)
      throw Object.assign(
        syntaxError(`dbt.${name}() takes literals only: its value must be known before the model runs.`, at),
        {
          hint: "Write the text itself, as in dbt.ref('orders').",
        },
      )
    if (isNamed) kwargs.set(key.text, value)
    else args.push(value)
  }
  return { name, args, kwargs, at }
}

/** The tokens as one line that `literalEval` reads. */
const literalText = (tokens: readonly PythonToken[]) =>
  tokens
    .map((token) =>
      token.type === 'string' ? stringText(token) : token.type === 'number' ? numberText(token.text) : token.text,
    )
    .join(' ')

/** Templates know none of `0x10`, `.5` and `5.`. */
const numberText = (text: string) =>
  /^0[xob]/i.test(text) ? String(BigInt(text.replaceAll('_', ''))) : text.replace(/^\./, '0.').replace(/\.(?!\d)/, '.0')

/** A string in double quotes and on one line; one with a prefix that makes it no text keeps it, and is no literal for us. */
function stringText({ text, prefix }: PythonToken): string {
  if (prefix === 'r') return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`
  const inner = text.replace(/\\[\s\S]|["\n]/g, (found) => (found === '"' ? '\\"' : found === '\n' ? '\\n' : found))
  return `${prefix === 'u' ? '' : prefix}"${inner}"`
}

function callsInside({ text, line, column }: PythonToken, file: string): DbtCall[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].flatMap(([, code = '']) => {
    if (!code.includes('dbt.')) return []
    const source: PythonSource = { file, code, line }
    return dbtCalls(pythonTokens(source), file).map((call) => ({ ...call, at: { file, line, column } }))
  })
}
