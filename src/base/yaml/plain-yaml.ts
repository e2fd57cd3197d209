import { FlowReader } from './plain-yaml-flow.js'
import { indicators, type PlainWords, Scan } from './plain-yaml-scan.js'
import { deepest, foldedBlock, giveUp, unsure } from './plain-yaml-text.js'

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

export interface PlainYamlOptions extends PlainWords {
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

const blockHeader = /[|>][-+]?(?=[ \n]|$)/y
const printable = /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u

class Reader {
  readonly #text: string
  readonly #scan: Scan
  readonly #flow: FlowReader
  readonly #endsAsFile: boolean
  readonly #places = new Map<object, number[]>()
  /** The first sign of the current line that is no blank, and its column; the end of the text when none is left. */
  #at = 0
  #indent = 0
  #depth = 0

  constructor(text: string, options: PlainYamlOptions) {
    this.#text = text
    this.#scan = new Scan(text, options)
    this.#flow = new FlowReader(this.#scan, this.#places)
    this.#endsAsFile = options.endsAsFile ?? false
  }

  document(): PlainYaml {
    if (!printable.test(this.#text)) giveUp()
    this.#line(0)
    if (this.#text.startsWith('---', this.#at) && this.#indent === 0) {
      const end = this.#at + 3
      if (!this.#scan.isLineEnd(end)) giveUp()
      this.#line(this.#scan.lineEnd(end))
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
      start = this.#scan.lineEnd(at)
    }
  }

  /** What begins at the current place, whose column is more than that of what holds it. */
  #block(parent: number): unknown {
    if (this.#scan.isItem(this.#at)) return this.#list(this.#indent)
    const key = this.#scan.keyEnd(this.#at)
    return key > 0 ? this.#mapping(this.#indent) : this.#scalar(this.#at, parent)
  }

  #enter(): void {
    if (++this.#depth > deepest) giveUp()
  }

  #list(indent: number): unknown[] {
    this.#enter()
    const items: unknown[] = []
    const places: number[] = []
    while (this.#indent === indent && this.#scan.isItem(this.#at)) {
      const at = this.#scan.skipSpaces(this.#at + 1)
      if (this.#scan.isLineEnd(at) || this.#text.charCodeAt(at) === 35) {
        const place = this.#at + 1
        this.#line(this.#scan.lineEnd(at))
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

  #mapping(indent: number): Record<string, unknown> {
    this.#enter()
    const text = this.#text
    const map: Record<string, unknown> = {}
    const places: number[] = []
    do {
      const keyAt = this.#at
      const keyEnd = this.#scan.keyEnd(keyAt)
      if (keyEnd === 0) giveUp()
      const key = this.#scan.key(keyAt, keyEnd)
      if (Object.hasOwn(map, key)) giveUp()
      const at = this.#scan.skipSpaces(keyEnd + 1)
      let place = at
      let value: unknown = null
      if (this.#scan.isLineEnd(at) || (text.charCodeAt(at) === 35 && at > keyEnd + 1)) {
        this.#line(this.#scan.lineEnd(at))
        place = keyEnd + 1
        if (this.#indent > indent || (this.#indent === indent && this.#scan.isItem(this.#at))) {
          place = this.#at
          value = this.#indent > indent ? this.#block(indent) : this.#list(indent)
        }
      } else if (this.#scan.isItem(at)) giveUp()
      else value = this.#scalar(at, indent)
      places.push(keyAt, place)
      map[key] = value
    } while (this.#indent === indent && !this.#scan.isItem(this.#at))
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
        const end = this.#scan.quoteEnd(at, code)
        const value = this.#scan.quoted(at, end, code, parent)
        this.#endLine(end)
        return value
      }
      case 91: // [
      case 123: {
        const flow = this.#flow.read(at, parent, this.#depth)
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
    if (!this.#scan.isLineEnd(at)) giveUp()
    this.#line(this.#scan.lineEnd(at))
  }

  #plainText(at: number, parent: number): unknown {
    const first = this.#plainLine(at)
    this.#line(this.#scan.lineEnd(at))
    if (this.#isEnd() || this.#indent <= parent) return this.#scan.meaning(first)
    // It goes on below, where a comment ends it.
    if (this.#text.slice(at, this.#scan.lineEnd(at)).includes(' #')) giveUp()
    let result = first
    let lastEnd = this.#scan.lineEnd(at)
    while (!this.#isEnd() && this.#indent > parent) {
      const between = this.#text.slice(lastEnd, this.#at)
      const line = this.#plainContinuation(this.#at)
      if (between.includes('#') || this.#text.slice(this.#at, this.#scan.lineEnd(this.#at)).includes(' #')) giveUp()
      const blank = between.split('\n').length - 1
      result += blank > 0 ? '\n'.repeat(blank) : ' '
      result += line
      lastEnd = this.#scan.lineEnd(this.#at)
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
    if (!this.#scan.isLineEnd(headerEnd)) giveUp()
    let start = this.#scan.lineEnd(headerEnd)
    const lines: string[] = []
    let indent = -1
    while (start < this.#text.length) {
      const end = this.#scan.lineEnd(start)
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
}
