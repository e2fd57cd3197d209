import { defineFunction, PyTuple, runtimeError, str } from '../../jinja/index.js'

const flagBits = { IGNORECASE: 2, MULTILINE: 8, DOTALL: 16, VERBOSE: 64 } as const

/** A match as Python's `re` gives it. */
class PyMatch {
  readonly #match: RegExpExecArray
  constructor(match: RegExpExecArray) {
    this.#match = match
  }
  group(key: unknown = 0): string | null {
    return (typeof key === 'string' ? this.#match.groups?.[key] : this.#match[Number(key)]) ?? null
  }
  jinjaAttribute(name: string): unknown {
    const { index } = this.#match
    if (name === 'group')
      return (...keys: unknown[]) =>
        keys.length > 1 ? PyTuple.fromArray(keys.map((key) => this.group(key))) : this.group(keys[0])
    if (name === 'groups') return () => PyTuple.fromArray(this.#match.slice(1).map((one) => one ?? null))
    if (name === 'start') return () => index
    if (name === 'end') return () => index + this.#match[0].length
    return undefined
  }
}

/** Python's pattern in JavaScript's syntax: named groups, anchors and inline flags differ. */
function expression(pattern: unknown, flags: unknown, shape: (source: string) => string = (source) => source): RegExp {
  const inline = /^\(\?([aimsux]+)\)/.exec(str(pattern))
  const bits = Number(flags ?? 0)
  const has = (letter: string, bit: number) => (bits & bit) !== 0 || inline?.[1]?.includes(letter) === true
  if (has('x', flagBits.VERBOSE)) throw runtimeError('The flag VERBOSE of `re` is not supported.')
  const source = str(pattern)
    .slice(inline?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\Z', '(?![\\s\\S])')
    .replaceAll('\\A', '(?<![\\s\\S])')
  const letters = `g${has('i', flagBits.IGNORECASE) ? 'i' : ''}${has('m', flagBits.MULTILINE) ? 'm' : ''}${has('s', flagBits.DOTALL) ? 's' : ''}`
  return new RegExp(shape(source), letters)
}

const find = (regex: RegExp, text: unknown) => {
  const match = regex.exec(str(text))
  return match ? new PyMatch(match) : null
}
const atStart = (source: string) => `(?<![\\s\\S])(?:${source})`
const atBothEnds = (source: string) => `(?<![\\s\\S])(?:${source})(?![\\s\\S])`

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }

/** The text of a replacement for one match: `\1`, `\g<1>`, `\g<name>`. */
const expand = (template: string, match: PyMatch) =>
  template.replace(/\\(?:g<(\w+)>|(\d{1,2})|(.))/gs, (whole, named, numbered, char) => {
    if (char !== undefined) return escapes[char] ?? whole
    const key = named ?? numbered
    return match.group(/^\d+$/.test(key) ? Number(key) : key) ?? ''
  })

function substitute(pattern: unknown, to: unknown, text: unknown, count: unknown, flags: unknown): string {
  const given = str(text)
  const most = Number(count ?? 0) || Number.POSITIVE_INFINITY
  let result = ''
  let at = 0
  let done = 0
  for (const match of given.matchAll(expression(pattern, flags))) {
    if (done++ >= most) break
    result += given.slice(at, match.index) + expand(str(to), new PyMatch(match))
    at = match.index + match[0].length
  }
  return result + given.slice(at)
}

function split(pattern: unknown, text: unknown, most: unknown, flags: unknown): unknown[] {
  const given = str(text)
  const parts: unknown[] = []
  let at = 0
  for (const match of given.matchAll(expression(pattern, flags))) {
    if (Number(most ?? 0) > 0 && parts.length >= Number(most)) break
    parts.push(given.slice(at, match.index), ...match.slice(1).map((one) => one ?? null))
    at = match.index + match[0].length
  }
  return [...parts, given.slice(at)]
}

const findAll = (pattern: unknown, text: unknown, flags: unknown) =>
  [...str(text).matchAll(expression(pattern, flags))].map(([whole, first, ...others]) =>
    others.length > 0 ? PyTuple.fromArray([first ?? '', ...others.map((one) => one ?? '')]) : (first ?? whole),
  )

type Operation = (pattern: unknown, ...rest: unknown[]) => unknown

/** Functions of `re` that take a pattern first and flags last, by their arguments in between. */
const operations: Readonly<Record<string, readonly [parameters: readonly string[], run: Operation]>> = {
  match: [['string'], (pattern, text, flags) => find(expression(pattern, flags, atStart), text)],
  fullmatch: [['string'], (pattern, text, flags) => find(expression(pattern, flags, atBothEnds), text)],
  search: [['string'], (pattern, text, flags) => find(expression(pattern, flags), text)],
  findall: [['string'], (pattern, text, flags) => findAll(pattern, text, flags)],
  split: [['string', 'maxsplit?'], split],
  sub: [['repl', 'string', 'count?'], substitute],
}

const entries = Object.entries(operations)

const compile = (pattern: unknown, flags: unknown) => ({
  pattern: str(pattern),
  ...Object.fromEntries(
    entries.map(([name, [parameters, run]]) => [
      name,
      defineFunction(name, parameters, (...args: unknown[]) => run(pattern, ...args, flags)),
    ]),
  ),
})

/** `modules.re` */
export const regexModule: Readonly<Record<string, unknown>> = {
  ...flagBits,
  I: flagBits.IGNORECASE,
  M: flagBits.MULTILINE,
  S: flagBits.DOTALL,
  X: flagBits.VERBOSE,
  ...Object.fromEntries(
    entries.map(([name, [parameters, run]]) => [
      name,
      defineFunction(name, ['pattern', ...parameters, 'flags?'], run as (...args: never[]) => unknown),
    ]),
  ),
  compile: defineFunction('compile', ['pattern', 'flags?'], compile),
  escape: (text: unknown) => str(text).replace(/[.*+?^${}()|[\]\\#&~\s-]/g, '\\$&'),
}
