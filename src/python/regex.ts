import {
  codePointLength,
  defineFunction,
  PyDict,
  PyTuple,
  repr,
  runtimeError,
  str,
  typeError,
  typeName,
} from '../jinja/index.js'
import { translatePattern } from './regex-syntax.js'

const flagBits = { IGNORECASE: 2, MULTILINE: 8, DOTALL: 16, VERBOSE: 64 } as const

/** A match as Python's `re` gives it. */
class PyMatch {
  readonly pythonType = 're.Match'
  readonly #match: RegExpExecArray
  readonly #text: string
  constructor(match: RegExpExecArray, text: string) {
    this.#match = match
    this.#text = text
  }
  group(key: unknown = 0): string | null {
    return this.#part(key).text ?? null
  }
  #part(key: unknown): { readonly text: string | undefined; readonly span: [number, number] | undefined } {
    const { groups, indices } = this.#match
    if (typeof key === 'string' && groups && Object.hasOwn(groups, key))
      return { text: groups[key], span: indices?.groups?.[key] }
    const number = typeof key === 'string' ? -1 : Number(key)
    if (number < 0 || number >= this.#match.length) throw runtimeError('IndexError: no such group')
    return { text: this.#match[number], span: indices?.[number] }
  }
  #span(key: unknown = 0): readonly [number, number] {
    const { span } = this.#part(key)
    if (!span) return [-1, -1]
    return [codePointLength(this.#text.slice(0, span[0])), codePointLength(this.#text.slice(0, span[1]))]
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'group':
        return (...keys: unknown[]) =>
          keys.length > 1 ? PyTuple.fromArray(keys.map((key) => this.group(key))) : this.group(keys[0])
      case 'groups':
        return (fallback: unknown = null) => PyTuple.fromArray(this.#match.slice(1).map((one) => one ?? fallback))
      case 'groupdict':
        return (fallback: unknown = null) =>
          PyDict.from(Object.entries(this.#match.groups ?? {}).map(([key, text]) => [key, text ?? fallback] as const))
      case 'start':
        return (key?: unknown) => this.#span(key)[0]
      case 'end':
        return (key?: unknown) => this.#span(key)[1]
      case 'span':
        return (key?: unknown) => PyTuple.fromArray(this.#span(key))
      case 'string':
        return this.#text
      case 'lastindex':
        return this.#match.findLastIndex((one, i) => i > 0 && one !== undefined) || null
    }
    return undefined
  }
  jinjaItem(key: unknown): unknown {
    return this.group(key)
  }
  pythonRepr(): string {
    return `<re.Match object; span=${repr(PyTuple.fromArray(this.#span()))}, match=${repr(this.#match[0])}>`
  }
}

function stringArgument(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value !== 'object' || typeName(value) !== 'Markup')
    throw typeError(`expected string or bytes-like object, got '${typeName(value)}'`)
  return str(value)
}

function expression(pattern: unknown, flags: unknown, shape: (source: string) => string = (source) => source): RegExp {
  const given = stringArgument(pattern)
  // `(?i)(?s)` is what people write for `(?is)`.
  const inline = /^(?:\(\?[aiLmsux]+\))+/.exec(given)
  const bits = Number(flags ?? 0)
  const has = (letter: string, bit: number) => (bits & bit) !== 0 || inline?.[0].includes(letter) === true
  const source = translatePattern(given.slice(inline?.[0].length ?? 0), {
    isMultiline: has('m', flagBits.MULTILINE),
    isDotAll: has('s', flagBits.DOTALL),
    isVerbose: has('x', flagBits.VERBOSE),
  })
  try {
    return new RegExp(shape(source), `dgv${has('i', flagBits.IGNORECASE) ? 'i' : ''}`)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error)
    throw runtimeError(`re.error: ${repr(given)} is no valid pattern: ${why}`)
  }
}

const find = (regex: RegExp, text: unknown) => {
  const match = regex.exec(stringArgument(text))
  return match ? new PyMatch(match, stringArgument(text)) : null
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

function substitute(pattern: unknown, to: unknown, text: unknown, count: unknown, flags: unknown): [string, number] {
  const given = stringArgument(text)
  const most = Number(count ?? 0) || Number.POSITIVE_INFINITY
  let result = ''
  let at = 0
  let done = 0
  for (const match of given.matchAll(expression(pattern, flags))) {
    if (done >= most) break
    done++
    result += given.slice(at, match.index) + expand(stringArgument(to), new PyMatch(match, given))
    at = match.index + match[0].length
  }
  return [result + given.slice(at), done]
}

function split(pattern: unknown, text: unknown, most: unknown, flags: unknown): unknown[] {
  const given = stringArgument(text)
  const parts: unknown[] = []
  let at = 0
  let done = 0
  for (const match of given.matchAll(expression(pattern, flags))) {
    if (Number(most ?? 0) > 0 && done >= Number(most)) break
    done++
    parts.push(given.slice(at, match.index), ...match.slice(1).map((one) => one ?? null))
    at = match.index + match[0].length
  }
  return [...parts, given.slice(at)]
}

/** A pattern of Python's to look for anywhere in a text. @throws JINJA_RUNTIME for one that is not valid */
export const compilePattern = (pattern: string): RegExp => new RegExp(expression(pattern, 0).source, 'v')

const known = new Map<string, RegExp>()
const mostKnown = 200

/** The groups of the first match of a pattern; undefined where there is none. @throws JINJA_TYPE for what is no text */
export function searchGroups(pattern: unknown, text: unknown): readonly (string | null)[] | undefined {
  const key = stringArgument(pattern)
  let regex = known.get(key)
  if (!regex) {
    regex = expression(key, 0)
    if (known.size >= mostKnown) known.clear()
    known.set(key, regex)
  }
  regex.lastIndex = 0
  return regex
    .exec(stringArgument(text))
    ?.slice(1)
    .map((group) => group ?? null)
}

/** `re.sub(pattern, replacement, text)` */
export const replaceMatches = (pattern: unknown, replacement: unknown, text: unknown): string =>
  substitute(pattern, replacement, text, 0, 0)[0]

const findAll = (pattern: unknown, text: unknown, flags: unknown) =>
  [...stringArgument(text).matchAll(expression(pattern, flags))].map(([whole, ...groups]) => {
    const [first, ...others] = groups.map((one) => one ?? '')
    return others.length > 0 ? PyTuple.fromArray([first, ...others]) : (first ?? whole)
  })

const findEach = (pattern: unknown, text: unknown, flags: unknown) =>
  [...stringArgument(text).matchAll(expression(pattern, flags))].map(
    (match) => new PyMatch(match, stringArgument(text)),
  )

type Operation = (pattern: unknown, ...rest: unknown[]) => unknown

/** Functions of `re` that take a pattern first and flags last, by their arguments in between. */
const operations: Readonly<Record<string, readonly [parameters: readonly string[], run: Operation]>> = {
  match: [['string'], (pattern, text, flags) => find(expression(pattern, flags, atStart), text)],
  fullmatch: [['string'], (pattern, text, flags) => find(expression(pattern, flags, atBothEnds), text)],
  search: [['string'], (pattern, text, flags) => find(expression(pattern, flags), text)],
  findall: [['string'], (pattern, text, flags) => findAll(pattern, text, flags)],
  finditer: [['string'], (pattern, text, flags) => findEach(pattern, text, flags)],
  split: [['string', 'maxsplit?'], split],
  sub: [
    ['repl', 'string', 'count?'],
    (pattern, to, text, count, flags) => substitute(pattern, to, text, count, flags)[0],
  ],
  subn: [
    ['repl', 'string', 'count?'],
    (pattern, to, text, count, flags) => PyTuple.fromArray(substitute(pattern, to, text, count, flags)),
  ],
}

const entries = Object.entries(operations)

/** A compiled pattern. @throws JINJA_RUNTIME for one that is not valid: here, and not where it is first used */
function compile(pattern: unknown, flags: unknown): unknown {
  expression(pattern, flags)
  const members = {
    pattern: stringArgument(pattern),
    ...Object.fromEntries(
      entries.map(([name, [parameters, run]]) => [
        name,
        // Flags stand behind all parameters, also those that were left out.
        defineFunction(name, parameters, (...args: unknown[]) =>
          run(pattern, ...parameters.map((_, i) => args[i]), flags),
        ),
      ]),
    ),
  }
  return {
    pythonType: 're.Pattern',
    pythonRepr: () => `re.compile(${repr(pattern)})`,
    jinjaAttribute: (name: string) =>
      Object.hasOwn(members, name) ? members[name as keyof typeof members] : undefined,
  }
}

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
  escape: (text: unknown) => stringArgument(text).replace(/[.*+?^${}()|[\]\\#&~\s-]/g, '\\$&'),
}
