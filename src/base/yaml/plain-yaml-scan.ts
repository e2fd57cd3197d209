import { foldedLines, giveUp, plainValue, unescaped } from './plain-yaml-text.js'

export interface PlainWords {
  /** What a plain word means that is no text: `yes`, `null`. */
  readonly words: ReadonlyMap<string, unknown>
  /** What a number becomes that is written with a point; itself when left out. */
  readonly float?: ((value: number) => unknown) | undefined
}

const plainKey = /[A-Za-z_$+.][^\n:#,[\]{}"'\\]*(?=:(?:[ \n]|$))/y
/** Signs that cannot begin plain text: , [ ] { } # & * ! | > ' " % @ ` */
export const indicators = new Set([...',[]{}#&*!|>\'"%@`'].map((sign) => sign.charCodeAt(0)))

/** What stands at a place of a text, wherever that is: it knows of no current line. */
export class Scan {
  readonly text: string
  readonly #words: PlainWords['words']
  readonly #float: (value: number) => unknown

  constructor(text: string, { words, float = (value) => value }: PlainWords) {
    this.text = text
    this.#words = words
    this.#float = float
  }

  /** The start of the line after the one that `at` is on. */
  lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at)
    return end < 0 ? this.text.length : end + 1
  }

  skipSpaces(from: number): number {
    let at = from
    while (this.text.charCodeAt(at) === 32) at++
    if (this.text.charCodeAt(at) === 9) giveUp()
    return at
  }

  /** Whether nothing but a comment follows on the line. */
  isLineEnd(from: number): boolean {
    const at = this.skipSpaces(from)
    const code = this.text.charCodeAt(at)
    return Number.isNaN(code) || code === 10 || (code === 35 && at > from)
  }

  isItem(at: number): boolean {
    if (this.text.charCodeAt(at) !== 45) return false
    const next = this.text.charCodeAt(at + 1)
    if (next === 9) giveUp()
    return next === 32 || next === 10 || Number.isNaN(next)
  }

  /** Where the key at this place ends, before its colon; 0 when there is none. */
  keyEnd(at: number): number {
    const code = this.text.charCodeAt(at)
    if (code === 34 || code === 39) {
      const end = this.quoteEnd(at, code)
      const colon = this.skipSpaces(end)
      if (this.text.charCodeAt(colon) !== 58) return 0
      if (colon !== end || this.text.slice(at, end).includes('\n')) giveUp()
      return this.#isColon(colon) ? end : giveUp()
    }
    plainKey.lastIndex = at
    return plainKey.test(this.text) ? plainKey.lastIndex : 0
  }

  #isColon(at: number): boolean {
    const next = this.text.charCodeAt(at + 1)
    return next === 32 || next === 10 || Number.isNaN(next)
  }

  key(at: number, end: number): string {
    const first = this.text.charCodeAt(at)
    const key = first === 34 || first === 39 ? this.quoted(at, end, first, -1) : this.plain(at, end)
    // Keys of other types, merges, and what JavaScript would put elsewhere or take for something else.
    if (typeof key !== 'string' || key === '<<' || key === '__proto__' || /^\d+$/.test(key)) giveUp()
    return key
  }

  /** Just behind the closing quote. */
  quoteEnd(at: number, quote: number): number {
    const text = this.text
    for (let i = at + 1; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 92 && quote === 34) i++
      else if (code === quote) {
        if (quote === 39 && text.charCodeAt(i + 1) === 39) i++
        else return i + 1
      }
    }
    return giveUp()
  }

  /** The value of a quoted text; over several lines only where they are deeper than `parent`. */
  quoted(at: number, end: number, quote: number, parent: number): string {
    const raw = this.text.slice(at + 1, end - 1)
    const joined = raw.includes('\n') ? foldedLines(raw, parent) : raw
    if (quote === 39) return joined.replaceAll("''", "'")
    if (!joined.includes('\\')) return joined
    // A line that ends with a backslash is joined in a way of its own.
    if (/\\$/m.test(raw)) giveUp()
    return unescaped(joined)
  }

  /** What plain text means that begins and ends there. */
  plain(at: number, end: number): unknown {
    return this.meaning(this.text.slice(at, end).trimEnd())
  }

  meaning(text: string): unknown {
    return plainValue(text, this.#words, this.#float)
  }
}
