import { foldedBlock, foldedLines, giveUp, plainValue, unescaped, unsure } from './plain-yaml-text.js'

/**
 * A reader for the YAML that people write: block mappings and lists, plain and quoted text, `|` and `>`, flow collections,
 * comments. It is ten times as fast as a reader of all of YAML, and it answers undefined for whatever it is not sure of
 * (anchors, tags, odd keys, keys that stand twice, any mistake): then the whole language is asked, which knows what is
 * wrong and where. A property test holds both to the same answers.
 */
export interface PlainYaml {
  readonly value: unknown
  /**
   * Where the parts of a collection begin, as offsets in the text: of a list each item, of a mapping each key and then its
   * value, in the order of the keys.
   */
  readonly places: ReadonlyMap<object, readonly number[]>
  /** Where the value itself begins. */
  readonly start: number
}

export interface PlainYamlOptions {
  /** What a plain word means that is no text: `yes`, `null`. */
  readonly words: ReadonlyMap<string, unknown>
  /** What a number becomes that is written with a point; itself when left out. */
  readonly float?: ((value: number) => unknown) | undefined
  /** A block of text in the last line ends as the file does, as Python has it: without a line end when there is none. */
  readonly endsAsFile?: boolean | undefined
}

export function readPlainYaml(text: string, options: PlainYamlOptions): PlainYaml | undefined {
  try {
    return new Reader(text, options).document()
  } catch (thrown) {
    if (thrown === unsure) return undefined
    throw thrown
  }
}

/** Deeper than this the whole language may decide. */
const deepest = 60

const plainKey = /[A-Za-z_$+.][^\n:#,[\]{}"'\\]*(?=:(?:[ \n]|$))/y
const blockHeader = /[|>][-+]?(?=[ \n]|$)/y
const printable = /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u

class Reader {
  readonly #text: string
  readonly #words: ReadonlyMap<string, unknown>
  readonly #float: (value: number) => unknown
  readonly #endsAsFile: boolean
  readonly #places = new Map<object, number[]>()
  /** The first sign of the current line that is no blank, and its column; the end of the text when none is left. */
  #at = 0
  #indent = 0
  #depth = 0

  constructor(text: string, { words, float = (value) => value, endsAsFile = false }: PlainYamlOptions) {
    this.#text = text
    this.#words = words
    this.#float = float
    this.#endsAsFile = endsAsFile
  }

  document(): PlainYaml {
    if (!printable.test(this.#text)) giveUp()
    this.#line(0)
    if (this.#text.startsWith('---', this.#at) && this.#indent === 0) {
      const end = this.#at + 3
      if (!this.#isLineEnd(end)) giveUp()
      this.#line(this.#lineEnd(end))
    }
    const start = this.#at
    if (this.#isEnd()) return { value: null, places: this.#places, start }
    const value = this.#block(-1)
    if (!this.#isEnd()) giveUp()
    return { value, places: this.#places, start }
  }

  #isEnd(): boolean {
    return this.#at >= this.#text.length
  }

  /** Goes to the next line with something on it, from the start of a line. */
  #line(from: number): void {
    const text = this.#text
    let start = from
    for (;;) {
      let at = start
      while (text.charCodeAt(at) === 32) at++
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) {
        this.#at = text.length
        this.#indent = -1
        return
      }
      if (code === 9) giveUp()
      if (code !== 10 && code !== 35) {
        this.#at = at
        this.#indent = at - start
        if (this.#indent === 0 && (text.startsWith('---', at) || text.startsWith('...', at)) && start > 0) giveUp()
        return
      }
      start = this.#lineEnd(at)
    }
  }

  /** The start of the line after the one that `at` is on. */
  #lineEnd(at: number): number {
    const end = this.#text.indexOf('\n', at)
    return end < 0 ? this.#text.length : end + 1
  }

  #skipSpaces(from: number): number {
    let at = from
    while (this.#text.charCodeAt(at) === 32) at++
    if (this.#text.charCodeAt(at) === 9) giveUp()
    return at
  }

  /** Whether nothing but a comment follows on the line. */
  #isLineEnd(from: number): boolean {
    const at = this.#skipSpaces(from)
    const code = this.#text.charCodeAt(at)
    return Number.isNaN(code) || code === 10 || (code === 35 && at > from)
  }

  /** What begins at the current place, whose column is more than that of what holds it. */
  #block(parent: number): unknown {
    if (this.#isItem(this.#at)) return this.#list(this.#indent)
    const key = this.#keyEnd(this.#at)
    return key > 0 ? this.#mapping(this.#indent) : this.#scalar(this.#at, parent)
  }

  #isItem(at: number): boolean {
    if (this.#text.charCodeAt(at) !== 45) return false
    const next = this.#text.charCodeAt(at + 1)
    if (next === 9) giveUp()
    return next === 32 || next === 10 || Number.isNaN(next)
  }

  #enter(): void {
    if (++this.#depth > deepest) giveUp()
  }

  #list(indent: number): unknown[] {
    this.#enter()
    const items: unknown[] = []
    const places: number[] = []
    while (this.#indent === indent && this.#isItem(this.#at)) {
      const at = this.#skipSpaces(this.#at + 1)
      if (this.#isLineEnd(at) || this.#text.charCodeAt(at) === 35) {
        const place = this.#at + 1
        this.#line(this.#lineEnd(at))
        const isDeeper = this.#indent > indent
        places.push(isDeeper ? this.#at : place)
        items.push(isDeeper ? this.#block(indent) : null)
      } else {
        this.#indent += at - this.#at
        this.#at = at
        places.push(at)
        items.push(this.#block(indent))
      }
    }
    if (this.#indent > indent) giveUp()
    this.#places.set(items, places)
    this.#depth--
    return items
  }

  /** Where the key at this place ends, before its colon; 0 when there is none. */
  #keyEnd(at: number): number {
    const code = this.#text.charCodeAt(at)
    if (code === 34 || code === 39) {
      const end = this.#quoteEnd(at, code)
      const colon = this.#skipSpaces(end)
      if (this.#text.charCodeAt(colon) !== 58) return 0
      if (colon !== end || this.#text.slice(at, end).includes('\n')) giveUp()
      return this.#isColon(colon) ? end : giveUp()
    }
    plainKey.lastIndex = at
    return plainKey.test(this.#text) ? plainKey.lastIndex : 0
  }

  #isColon(at: number): boolean {
    const next = this.#text.charCodeAt(at + 1)
    return next === 32 || next === 10 || Number.isNaN(next)
  }

  #key(at: number, end: number): string {
    const first = this.#text.charCodeAt(at)
    const key =
      first === 34 || first === 39
        ? this.#quoted(at, end, first, -1)
        : plainValue(this.#text.slice(at, end).trimEnd(), this.#words, this.#float)
    // Keys of other types, merges, and what JavaScript would put elsewhere or take for something else.
    if (typeof key !== 'string' || key === '<<' || key === '__proto__' || /^\d+$/.test(key)) giveUp()
    return key
  }

  #mapping(indent: number): Record<string, unknown> {
    this.#enter()
    const text = this.#text
    const map: Record<string, unknown> = {}
    const places: number[] = []
    do {
      const keyAt = this.#at
      const keyEnd = this.#keyEnd(keyAt)
      if (keyEnd === 0) giveUp()
      const key = this.#key(keyAt, keyEnd)
      if (Object.hasOwn(map, key)) giveUp()
      const at = this.#skipSpaces(keyEnd + 1)
      let place = at
      let value: unknown = null
      if (this.#isLineEnd(at) || (text.charCodeAt(at) === 35 && at > keyEnd + 1)) {
        this.#line(this.#lineEnd(at))
        place = keyEnd + 1
        if (this.#indent > indent || (this.#indent === indent && this.#isItem(this.#at))) {
          place = this.#at
          value = this.#indent > indent ? this.#block(indent) : this.#list(indent)
        }
      } else if (this.#isItem(at)) giveUp()
      else value = this.#scalar(at, indent)
      places.push(keyAt, place)
      map[key] = value
    } while (this.#indent === indent && !this.#isItem(this.#at))
    if (this.#indent >= indent) giveUp()
    this.#places.set(map, places)
    this.#depth--
    return map
  }

  /** Text, or a flow collection: it goes on below while lines are deeper than `parent`. Ends at the next line. */
  #scalar(at: number, parent: number): unknown {
    const code = this.#text.charCodeAt(at)
    switch (code) {
      case 34: // "
      case 39: {
        const end = this.#quoteEnd(at, code)
        const value = this.#quoted(at, end, code, parent)
        this.#endLine(end)
        return value
      }
      case 91: // [
      case 123: {
        const flow = this.#flow(at, parent)
        this.#endLine(flow.end)
        return flow.value
      }
      case 124: // |
      case 62: // >
        return this.#blockText(at, parent)
      default:
        return this.#plainText(at, parent)
    }
  }

  #endLine(at: number): void {
    if (!this.#isLineEnd(at)) giveUp()
    this.#line(this.#lineEnd(at))
  }

  /** Just behind the closing quote. */
  #quoteEnd(at: number, quote: number): number {
    const text = this.#text
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
  #quoted(at: number, end: number, quote: number, parent: number): string {
    const raw = this.#text.slice(at + 1, end - 1)
    const joined = raw.includes('\n') ? foldedLines(raw, parent) : raw
    if (quote === 39) return joined.replaceAll("''", "'")
    if (!joined.includes('\\')) return joined
    // A line that ends with a backslash is joined in a way of its own.
    if (/\\$/m.test(raw)) giveUp()
    return unescaped(joined)
  }

  #plainText(at: number, parent: number): unknown {
    const first = this.#plainLine(at)
    this.#line(this.#lineEnd(at))
    if (this.#isEnd() || this.#indent <= parent) return plainValue(first, this.#words, this.#float)
    // It goes on below, where a comment ends it.
    if (this.#text.slice(at, this.#lineEnd(at)).includes(' #')) giveUp()
    let result = first
    let lastEnd = this.#lineEnd(at)
    while (!this.#isEnd() && this.#indent > parent) {
      const between = this.#text.slice(lastEnd, this.#at)
      const line = this.#plainContinuation(this.#at)
      if (between.includes('#') || this.#text.slice(this.#at, this.#lineEnd(this.#at)).includes(' #')) giveUp()
      const blank = between.split('\n').length - 1
      result += blank > 0 ? '\n'.repeat(blank) : ' '
      result += line
      lastEnd = this.#lineEnd(this.#at)
      this.#line(lastEnd)
    }
    return result
  }

  /** One line of plain text from here on, without its comment. */
  #plainLine(at: number): string {
    const code = this.#text.charCodeAt(at)
    // - ? : only before what is no blank; , ] } # & * ! % @ ` never.
    if (code === 45 || code === 63 || code === 58) {
      const next = this.#text.charCodeAt(at + 1)
      if (next === 32 || next === 10 || Number.isNaN(next)) giveUp()
    } else if (indicators.has(code)) giveUp()
    return this.#plainContinuation(at)
  }

  #plainContinuation(at: number): string {
    const end = this.#text.indexOf('\n', at)
    let line = this.#text.slice(at, end < 0 ? undefined : end)
    if (line.includes('\t')) giveUp()
    const comment = line.indexOf(' #')
    if (comment >= 0) line = line.slice(0, comment)
    line = line.trimEnd()
    if (line.includes(': ') || line.endsWith(':') || line.startsWith('#')) giveUp()
    return line
  }

  /** `|` and `>`. */
  #blockText(at: number, parent: number): string {
    blockHeader.lastIndex = at
    if (!blockHeader.test(this.#text)) giveUp()
    const headerEnd = blockHeader.lastIndex
    const isFolded = this.#text.charCodeAt(at) === 62
    const chomp = this.#text[at + 1]
    if (!this.#isLineEnd(headerEnd)) giveUp()
    let start = this.#lineEnd(headerEnd)
    const lines: string[] = []
    let indent = -1
    while (start < this.#text.length) {
      const end = this.#lineEnd(start)
      const line = this.#text.slice(start, this.#text.charCodeAt(end - 1) === 10 ? end - 1 : end)
      const content = line.trimStart()
      const column = line.length - content.length
      if (line.slice(0, indent < 0 ? column : indent).includes('\t')) giveUp()
      if (content === '') {
        // Blanks before the text, or beyond its column, mean something.
        if (indent < 0 ? column > 0 : column > indent) giveUp()
        lines.push('')
      } else {
        if (indent < 0) {
          if (column <= parent) break
          indent = column
        }
        if (column < indent) {
          // A comment that stands deeper than what follows is a matter of its own.
          if (column > parent) giveUp()
          break
        }
        lines.push(line.slice(indent))
      }
      start = end
    }
    if (indent < 0) giveUp()
    this.#line(start)
    let trailing = 0
    while (lines.at(-1) === '') {
      lines.pop()
      trailing++
    }
    const body = isFolded ? foldedBlock(lines) : lines.join('\n')
    if (chomp === '-') return body
    const isLast = !this.#text.endsWith('\n') && this.#isEnd()
    if (isLast && this.#endsAsFile && trailing === 0) return body
    if (chomp === '+') {
      if (isLast) giveUp()
      return `${body}${'\n'.repeat(trailing + 1)}`
    }
    return `${body}\n`
  }

  #flow(at: number, parent: number): { value: unknown; end: number } {
    this.#enter()
    const result = this.#text.charCodeAt(at) === 91 ? this.#flowList(at, parent) : this.#flowMapping(at, parent)
    this.#depth--
    return result
  }

  /** Blanks and line breaks inside a flow collection. */
  #flowSpace(from: number, parent: number): number {
    let at = this.#skipSpaces(from)
    while (this.#text.charCodeAt(at) === 10) {
      const start = at + 1
      at = this.#skipSpaces(start)
      const code = this.#text.charCodeAt(at)
      if (code !== 10 && at - start <= parent) giveUp()
    }
    if (this.#text.charCodeAt(at) === 35) giveUp()
    return at
  }

  #flowList(start: number, parent: number): { value: unknown[]; end: number } {
    const items: unknown[] = []
    const places: number[] = []
    this.#places.set(items, places)
    let at = this.#flowSpace(start + 1, parent)
    while (this.#text.charCodeAt(at) !== 93) {
      places.push(at)
      const item = this.#flowValue(at, parent)
      items.push(item.value)
      at = this.#flowSpace(item.end, parent)
      if (this.#text.charCodeAt(at) === 44) at = this.#flowSpace(at + 1, parent)
      else if (this.#text.charCodeAt(at) !== 93) giveUp()
    }
    return { value: items, end: at + 1 }
  }

  #flowMapping(start: number, parent: number): { value: Record<string, unknown>; end: number } {
    const map: Record<string, unknown> = {}
    const places: number[] = []
    this.#places.set(map, places)
    let at = this.#flowSpace(start + 1, parent)
    while (this.#text.charCodeAt(at) !== 125) {
      const keyEnd = this.#keyEnd(at)
      if (keyEnd === 0) giveUp()
      const key = this.#key(at, keyEnd)
      if (Object.hasOwn(map, key)) giveUp()
      const valueAt = this.#flowSpace(keyEnd + 1, parent)
      const next = this.#text.charCodeAt(valueAt)
      if (next === 44 || next === 125) giveUp()
      const item = this.#flowValue(valueAt, parent)
      places.push(at, valueAt)
      map[key] = item.value
      at = this.#flowSpace(item.end, parent)
      if (this.#text.charCodeAt(at) === 44) at = this.#flowSpace(at + 1, parent)
      else if (this.#text.charCodeAt(at) !== 125) giveUp()
    }
    return { value: map, end: at + 1 }
  }

  #flowValue(at: number, parent: number): { value: unknown; end: number } {
    const code = this.#text.charCodeAt(at)
    if (code === 91 || code === 123) return this.#flow(at, parent)
    if (code === 34 || code === 39) {
      const end = this.#quoteEnd(at, code)
      return { value: this.#quoted(at, end, code, parent), end }
    }
    flowText.lastIndex = at
    if (indicators.has(code) || !flowText.test(this.#text)) giveUp()
    const end = flowText.lastIndex
    const next = this.#text.charCodeAt(end)
    // Text that goes on in the next line, and anything with a colon, is left to the whole language.
    if (next !== 44 && next !== 93 && next !== 125) giveUp()
    return { value: plainValue(this.#text.slice(at, end).trimEnd(), this.#words, this.#float), end }
  }
}

const flowText = /[^\n,[\]{}:#"'\t?-][^\n,[\]{}:#\t]*|-[A-Za-z0-9.][^\n,[\]{}:#\t]*/y
/** Signs that cannot begin plain text: , [ ] { } # & * ! | > ' " % @ ` */
const indicators = new Set([...',[]{}#&*!|>\'"%@`'].map((sign) => sign.charCodeAt(0)))
