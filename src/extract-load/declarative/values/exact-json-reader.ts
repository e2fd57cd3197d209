import { float } from '../../../jinja/index.js'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const minus = 0x2d
const point = 0x2e
const deepest = 1000

/** A number of JSON; its groups tell whether it has a fraction or an exponent. */
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
/** Fifteen digits are exact in a double, whatever they are. */
const exactDigits = 15

const words: readonly (readonly [text: string, value: unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

/** With all its digits, also where the CDK's reader, which has 64 bits for one, makes a float of it. */
export function wholeNumber(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits)
}

/** Reads one text. Records of a page have the same keys in the same order, so that the key that comes next is mostly known. */
export class ExactJsonReader {
  readonly #text: string
  #at = 0
  #depth = 0
  /** Which key came after which. */
  readonly #following = new Map<string, string>()

  constructor(text: string) {
    this.#text = text
  }

  read(): unknown {
    this.#space()
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) throw this.#wrong('something stands behind the end')
    return value
  }

  #wrong(what: string): SyntaxError {
    const before = this.#text.slice(0, this.#at)
    const line = before.split('\n').length
    const where = `line ${line}, column ${this.#at - before.lastIndexOf('\n')}`
    return new SyntaxError(this.#at >= this.#text.length ? `the text ends too early (${where})` : `${what} (${where})`)
  }

  #space(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.#at++
    }
  }

  #value(): unknown {
    const code = this.#text.charCodeAt(this.#at)
    if (code === quote) return this.#string()
    if (code === 0x7b) return this.#object()
    if (code === 0x5b) return this.#array()
    if ((code >= 0x30 && code <= 0x39) || code === minus) return this.#number()
    return this.#word()
  }

  #word(): unknown {
    for (const [word, value] of words)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    throw this.#wrong('expected a value')
  }

  #number(): unknown {
    const text = this.#text
    const start = this.#at
    let at = start + (text.charCodeAt(start) === minus ? 1 : 0)
    const first = at
    let value = 0
    for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at))
      value = value * 10 + code - 0x30
    const next = text.charCodeAt(at)
    const isShort = at > first && at - first <= exactDigits
    if (
      isShort &&
      next !== point &&
      next !== 0x65 &&
      next !== 0x45 &&
      (at === first + 1 || text.charCodeAt(first) !== 0x30)
    ) {
      this.#at = at
      return first > start && value !== 0 ? -value : value
    }
    return this.#otherNumber()
  }

  #otherNumber(): unknown {
    number.lastIndex = this.#at
    const match = number.exec(this.#text)
    if (!match) return this.#word()
    const [whole, fraction, exponent] = match
    this.#at += whole.length
    if (/\d/.test(this.#text[this.#at] ?? '')) throw this.#wrong('a number begins with a zero')
    if (fraction !== undefined || exponent !== undefined) return float(Number(whole))
    return wholeNumber(whole)
  }

  #string(): string {
    const text = this.#text
    const start = this.#at + 1
    const end = text.indexOf('"', start)
    if (end < 0) {
      this.#at = text.length
      throw this.#wrong('a text has no end')
    }
    const content = text.slice(start, end)
    // The regular expression is the engine's own loop, which is faster than any of ours.
    if (!special.test(content)) {
      this.#at = end + 1
      return content
    }
    return this.#escaped(start)
  }

  #escaped(start: number): string {
    const text = this.#text
    let at = start
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) break
      if (code === backslash) at++
    }
    this.#at = at + 1
    try {
      return JSON.parse(text.slice(start - 1, at + 1)) as string
    } catch {
      this.#at = start
      throw this.#wrong('a text has a sign that must be escaped, an escape that is none, or no end')
    }
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#enter()
    if (this.#text.charCodeAt(this.#at) === 0x5d) return this.#leave(items)
    for (;;) {
      items.push(this.#value())
      this.#space()
      const code = this.#text.charCodeAt(this.#at)
      if (code === 0x5d) return this.#leave(items)
      if (code !== comma) throw this.#wrong('expected a comma or the end of a list')
      this.#at++
      this.#space()
    }
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    this.#enter()
    if (this.#text.charCodeAt(this.#at) === 0x7d) return this.#leave(object)
    let before = ''
    for (;;) {
      const key = this.#key(before)
      before = key
      this.#space()
      if (this.#text.charCodeAt(this.#at) !== colon) throw this.#wrong('expected a colon behind a key')
      this.#at++
      this.#space()
      const value = this.#value()
      if (key === '__proto__') define(object, key, value)
      else object[key] = value
      this.#space()
      const code = this.#text.charCodeAt(this.#at)
      if (code === 0x7d) return this.#leave(object)
      if (code !== comma) throw this.#wrong('expected a comma or the end of an object')
      this.#at++
      this.#space()
    }
  }

  #key(before: string): string {
    const text = this.#text
    if (text.charCodeAt(this.#at) !== quote) throw this.#wrong('expected a key in quotes')
    const expected = this.#following.get(before)
    if (expected !== undefined) {
      const end = this.#at + 1 + expected.length
      if (text.charCodeAt(end) === quote && text.startsWith(expected, this.#at + 1)) {
        this.#at = end + 1
        return expected
      }
    }
    const key = this.#string()
    if (!special.test(key)) this.#following.set(before, key)
    return key
  }

  #enter(): void {
    if (++this.#depth > deepest) throw new SyntaxError('the JSON nests too deeply')
    this.#at++
    this.#space()
  }

  #leave<T>(value: T): T {
    this.#depth--
    this.#at++
    return value
  }
}

/** What a text of JSON may not hold as it is, and the sign of what stands for it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[\\\u0000-\u001f"]/

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}
