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
 * The calls by which a Python model says what it reads and how it is built, those in f-strings too. They come in dbt's order, which
 * the manifest shows: as they stand, but of a chain `a().b()` the last call first.
 * @throws TRANSFORM_COMPILE where an argument is not a literal
 */
export function dbtCalls(tokens: readonly PythonToken[], file: string): DbtCall[] {
  const calls: DbtCall[] = []
  for (let i = 0; i < tokens.length; ) {
    const links = chainAt(tokens, i)
    const isMember = tokens[i - 1]?.text === '.'
    for (const [place, link] of [...links.entries()].reverse()) {
      const [first] = link as [PythonToken]
      if (first.type === 'string' && first.prefix.includes('f')) calls.push(...callsInside(first, file))
      if (!opens(first)) continue
      const inner = link.slice(1, -1)
      const name = isMember ? undefined : nameOf(links.slice(0, place))
      const { line, column } = tokens[i] as PythonToken
      if (name) calls.push(callOf(name, inner, { file, line, column }))
      calls.push(...dbtCalls(inner, file))
    }
    i += links.flat().length
  }
  return calls
}

const opens = ({ type, text }: PythonToken) => type === 'operator' && '([{'.includes(text)

/** What hangs together from a token on: `dbt`, `.ref`, `('orders')`, `.df`, `()`. */
function chainAt(tokens: readonly PythonToken[], start: number): (readonly PythonToken[])[] {
  const token = tokens[start] as PythonToken
  const links = [opens(token) ? bracketed(tokens, start) : [token]]
  if (!opens(token) && token.type !== 'name') return links
  for (let next = start + (links[0]?.length ?? 1); ; next += links.at(-1)?.length ?? 1) {
    const [sign, member] = [tokens[next], tokens[next + 1]]
    if (sign?.type !== 'operator' || sign.isFirst) return links
    if (sign.text === '.' && member?.type === 'name') links.push([sign, member])
    else if (sign.text === '(') links.push(bracketed(tokens, next))
    else return links
  }
}

/** Which of dbt's functions is called behind these links of a chain. */
function nameOf([base, ...members]: readonly (readonly PythonToken[])[]): DbtCall['name'] | undefined {
  if (base?.[0]?.text !== 'dbt' || base[0].type !== 'name') return undefined
  const name = members.map((link) => link[1]?.text).join('.')
  return members.every(([sign]) => sign?.text === '.') && names.has(name) ? (name as DbtCall['name']) : undefined
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
