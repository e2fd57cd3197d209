import { float, PyDict, PyFloat, PySet, PyTuple, repr } from '../../../jinja/index.js'
import { NoJsonValue } from '../values/index.js'

/** Whether a text could begin a literal: nearly all texts cannot, and are not looked at further. */
const begins = /^[ \t\n\r\f\\#]*(?:[\d'"([{+\-.]|True|False|None|set|(?:[rR][bB]?|[bB][rR]?|[uU])['"])/

/** In Python's words: tokens that are too deep for its parser. */
const deepest = 200

/** Python makes no number of more. */
const mostDigits = 4300

class NotLiteral extends Error {}
const notLiteral = new NotLiteral()

/**
 * Texts that begin with a digit and hold nothing that could make more than a number of them, and are none: times, versions, ids. Found
 * out quickly, since records are full of them.
 */
const isDated = (text: string): boolean =>
  /^\d/.test(text) && !/["'([{,#\\]/.test(text) && !/^(?:0[xXoObB])?[\d_a-fA-F.]+(?:[eE][+-]?[\d_]+)?\s*$/.test(text)

/**
 * Python's `ast.literal_eval` as it is, with underscores, other bases, joined texts, bytes and sets. Mappings become plain objects.
 * @returns JavaScript's undefined for a text that is no literal
 */
export function pythonLiteral(text: string): unknown {
  if (!begins.test(text) || isDated(text)) return undefined
  try {
    return new LiteralReader(text).whole()
  } catch (error) {
    if (error instanceof NotLiteral) return undefined
    throw error
  }
}

const blanks = /[ \t\f]*(?:\\\r?\n[ \t\f]*)*/y
const blanksAndLines = /(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*)*/y
const leading = /(?:[ \t\f]*(?:#[^\n]*)?\r?\n)*/y
const trailing = /(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*)*$/y
const imaginary = /(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]/y
const floating =
  /(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.)(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*/y
const integer = /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0+(?:_?0)*|[1-9](?:_?\d)*/y
const quoted = /([rR][bB]?|[bB][rR]?|[uU]?)('''|"""|'|")/y
const word = /(?:True|False|None)(?![\p{L}\p{N}_])|\.\.\./uy
const emptySet = /set[ \t\f]*\([ \t\f\r\n]*\)/y

const words: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  '...': new NoJsonValue('ellipsis', 'Ellipsis'),
}

class LiteralReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text.replace(/^[ \t]+/, '')
  }

  whole(): unknown {
    this.#take(leading)
    // A line that begins with a blank is indented, and nothing may be.
    if (this.#at > 0 && /[ \t]/.test(this.#char)) throw notLiteral
    const value = this.#items(undefined)
    if (this.#take(trailing) === undefined || this.#at < this.#text.length) throw notLiteral
    return value
  }

  get #char(): string {
    return this.#text[this.#at] ?? ''
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at += match[0].length
    return match
  }

  #space(): void {
    this.#take(this.#depth > 0 ? blanksAndLines : blanks)
  }

  #accepts(char: string): boolean {
    this.#space()
    if (this.#char !== char) return false
    this.#at++
    return true
  }

  /** A value, or several with commas between them: a tuple. */
  #items(close: ')' | undefined): unknown {
    const items: unknown[] = []
    let hasComma = false
    while (!this.#isAtEnd(close)) {
      items.push(this.#value())
      if (!this.#accepts(',')) break
      hasComma = true
    }
    if (close !== undefined && !this.#accepts(close)) throw notLiteral
    if (items.length === 1 && !hasComma) return items[0]
    if (items.length === 0 && close === undefined) throw notLiteral
    return PyTuple.fromArray(items)
  }

  #isAtEnd(close: string | undefined): boolean {
    this.#space()
    return this.#char === (close ?? '') || (close === undefined && /[\n#]/.test(this.#char))
  }

  #value(): unknown {
    const left = this.#signed()
    if (!isNumeric(left)) return left
    this.#space()
    const operator = this.#char
    if (operator !== '+' && operator !== '-') return left
    this.#at++
    this.#space()
    const right = this.#number()
    if (!isComplex(right) || isComplex(left)) throw notLiteral
    return new NoJsonValue('complex', `(${this.#text})`)
  }

  #signed(): unknown {
    this.#space()
    const sign = this.#char
    if (sign !== '-' && sign !== '+') return this.#atom()
    this.#at++
    const value = this.#atom()
    if (!isNumeric(value)) throw notLiteral
    if (sign === '+' || isComplex(value)) return value
    if (typeof value === 'bigint') return -value
    if (typeof value === 'number' && Number.isInteger(value)) return 0 - value
    return float(-Number(value))
  }

  #atom(): unknown {
    this.#space()
    switch (this.#char) {
      case '(':
        return this.#nested(() => this.#items(')'))
      case '[':
        return this.#nested(() => this.#list(']'))
      case '{':
        return this.#nested(() => this.#braces())
    }
    const known = this.#take(word)
    if (known) return words[known[0]]
    if (this.#take(emptySet)) return new NoJsonValue('set', 'set()')
    const text = this.#texts()
    return text === undefined ? this.#number() : text
  }

  #nested(read: () => unknown): unknown {
    this.#at++
    if (++this.#depth > deepest) throw notLiteral
    const value = read()
    this.#depth--
    return value
  }

  #list(close: string): unknown[] {
    const items: unknown[] = []
    while (!this.#isAtEnd(close)) {
      items.push(this.#value())
      if (!this.#accepts(',')) break
    }
    if (!this.#accepts(close)) throw notLiteral
    return items
  }

  #braces(): unknown {
    if (this.#accepts('}')) return {}
    const first = this.#value()
    if (!this.#accepts(':')) return setOf([first, ...(this.#accepts(',') ? this.#list('}') : this.#closed())])
    const entries: [unknown, unknown][] = [[first, this.#value()]]
    while (this.#accepts(',') && !this.#isAtEnd('}')) {
      const key = this.#value()
      if (!this.#accepts(':')) throw notLiteral
      entries.push([key, this.#value()])
    }
    if (!this.#accepts('}') || !entries.every(([key]) => isHashable(key))) throw notLiteral
    return mappingOf(entries)
  }
  #closed(): unknown[] {
    if (!this.#accepts('}')) throw notLiteral
    return []
  }

  #number(): unknown {
    const [whole] = this.#take(imaginary) ?? []
    if (whole !== undefined) return new NoJsonValue('complex', whole)
    const [fraction] = this.#take(floating) ?? []
    if (fraction !== undefined) return float(Number(fraction.replaceAll('_', '')))
    const [digits] = this.#take(integer) ?? []
    if (digits === undefined || (digits.length > mostDigits && !/^0[xob]/i.test(digits))) throw notLiteral
    const exact = BigInt(digits.replaceAll('_', ''))
    return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact
  }

  /** Texts that follow each other are one. */
  #texts(): unknown {
    const parts: string[] = []
    let isBytes: boolean | undefined
    for (let match = this.#take(quoted); match; this.#space(), match = this.#take(quoted)) {
      const [, prefix = '', mark = ''] = match
      const isOfBytes = /b/i.test(prefix)
      if (isBytes !== undefined && isBytes !== isOfBytes) throw notLiteral
      isBytes = isOfBytes
      parts.push(this.#content(mark, /r/i.test(prefix), isOfBytes))
    }
    if (isBytes === undefined) return undefined
    const text = parts.join('')
    return isBytes ? new NoJsonValue('bytes', `b'${text}'`) : text
  }

  #content(mark: string, isRaw: boolean, isBytes: boolean): string {
    const start = this.#at
    const text = this.#text
    let at = start
    for (; !text.startsWith(mark, at); at++) {
      if (at >= text.length || (mark.length === 1 && text[at] === '\n')) throw notLiteral
      if (text[at] === '\\') at++
    }
    this.#at = at + mark.length
    const written = text.slice(start, at).replace(/\r\n?/g, '\n')
    if (isBytes && /\P{ASCII}/u.test(written)) throw notLiteral
    return isRaw || !written.includes('\\') ? written : unescaped(written, isBytes)
  }
}

export const isComplex = (value: unknown): boolean => value instanceof NoJsonValue && value.pythonType === 'complex'
const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat || isComplex(value)

const controls: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function unescaped(text: string, isBytes: boolean): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs,
    (whole, octal?: string, byte?: string, short?: string, long?: string, char?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
      if (short !== undefined || long !== undefined) {
        if (isBytes) return whole
        const code = Number.parseInt(short ?? (long as string), 16)
        if (code > 0x10ffff) throw notLiteral
        return String.fromCodePoint(code)
      }
      if (char === 'x' || (!isBytes && (char === 'u' || char === 'U' || char === 'N'))) throw notLiteral
      return Object.hasOwn(controls, char as string) ? (controls[char as string] as string) : whole
    },
  )
}

function setOf(items: readonly unknown[]): NoJsonValue {
  if (!items.every(isHashable)) throw notLiteral
  return new NoJsonValue('set', repr(new PySet(items)))
}

/** What Python takes as a key, or into a set. */
function isHashable(value: unknown): boolean {
  if (value instanceof PyTuple) return value.every(isHashable)
  if (value instanceof NoJsonValue) return !['set', 'dict'].includes(value.pythonType)
  return typeof value !== 'object' || value === null || value instanceof PyFloat
}

/** Keys that `json.dumps` makes texts of; with others, a mapping cannot be written. */
export function mappingOf(entries: readonly (readonly [unknown, unknown])[]): unknown {
  const dict = PyDict.from(entries)
  const object: Record<string, unknown> = {}
  for (const [key, value] of dict) {
    const name = keyText(key)
    if (name === undefined) return new NoJsonValue('dict', repr(dict))
    if (name === '__proto__')
      Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
    else object[name] = value
  }
  return object
}

function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key)
  if (typeof key === 'number') return String(key)
  return isNumeric(key) && !isComplex(key) ? `${Number(key)}.0` : undefined
}
