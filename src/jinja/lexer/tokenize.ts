import { syntaxError, type TemplateSource } from '../errors.js'
import { nextTag, stringEnd } from './scan.js'
import { readString } from './strings.js'
import type { Token, TokenType } from './token.js'

export interface LexerOptions {
  readonly trimBlocks: boolean
  readonly lstripBlocks: boolean
  readonly keepTrailingNewline: boolean
}

const longOperators = new Set(['**', '//', '==', '!=', '>=', '<='])
const operators = new Set('+-*/%~[](){}><=.:|,;')
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Splits a template into tokens. White space control (`-`, `+`, trim_blocks, lstrip_blocks), comments and raw blocks
 * are settled here, so the parser sees only data and expressions.
 * @throws JINJA_SYNTAX
 */
export function tokenize(template: TemplateSource, options: LexerOptions): Token[] {
  return new Lexer(template, options).run()
}

class Lexer {
  readonly #template: TemplateSource
  readonly #source: string
  readonly #options: LexerOptions
  readonly #tokens: Token[] = []
  #lineStarts: number[] = [0]
  /** Index in `#lineStarts` of the line that the last token begins on. */
  #line = 0
  #at = 0

  constructor(template: TemplateSource, options: LexerOptions) {
    this.#template = template
    this.#options = options
    // A form feed or a lone CR is not a line end for Jinja's authors; CRLF counts as one newline.
    let { source } = template
    if (source.includes('\r')) source = source.replace(/\r\n?/g, '\n')
    if (!options.keepTrailingNewline && source.endsWith('\n')) source = source.slice(0, -1)
    this.#source = source
    for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) this.#lineStarts.push(i + 1)
  }

  run(): Token[] {
    while (this.#at < this.#source.length) this.#data()
    this.#push('eof', '', this.#source.length, this.#source.length)
    return this.#tokens
  }

  /** Text up to the next tag, then the tag. */
  #data(): void {
    const source = this.#source
    const start = this.#at
    const open = nextTag(source, start)
    if (open < 0) {
      this.#pushData(start, source.length)
      this.#at = source.length
      return
    }
    const kind = source[open + 1] as '{' | '%' | '#'
    const sign = source[open + 2]
    let end = open
    if (sign === '-') end = lastNonSpace(source, start, open)
    else if (sign !== '+' && kind !== '{' && this.#options.lstripBlocks) end = lineIndent(source, start, open)
    this.#pushData(start, end)
    this.#at = open + 2 + (sign === '-' || sign === '+' ? 1 : 0)
    if (kind === '#') this.#comment(open)
    else if (kind === '%' && this.#rawBegin(open)) return
    else this.#tag(kind, open)
  }

  #comment(open: number): void {
    const close = this.#source.indexOf('#}', this.#at)
    if (close < 0) throw this.#error('This comment is never closed.', open, 'End it with #}.')
    this.#at = close + 2
    this.#afterBlock(this.#source[close - 1] as string)
  }

  /** `{% raw %} … {% endraw %}` is data; answers whether a raw block started here. */
  #rawBegin(open: number): boolean {
    const begin = /^\s*raw\s*(-|\+)?%\}/.exec(this.#source.slice(this.#at, this.#at + 200))
    if (!begin) return false
    this.#at += begin[0].length
    // trim_blocks does not reach behind the opening tag: what follows is the raw text itself.
    if (begin[1] === '-') this.#skipSpace()
    const endPattern = /\{%(-|\+)?\s*endraw\s*(-|\+)?%\}/g
    endPattern.lastIndex = this.#at
    const end = endPattern.exec(this.#source)
    if (!end) throw this.#error('This raw block is never closed.', open, 'End it with {% endraw %}.')
    const contentEnd =
      end[1] === '-'
        ? lastNonSpace(this.#source, this.#at, end.index)
        : end[1] !== '+' && this.#options.lstripBlocks
          ? lineIndent(this.#source, this.#at, end.index)
          : end.index
    this.#pushData(this.#at, contentEnd)
    this.#at = end.index + end[0].length
    this.#afterBlock(end[2] ?? '')
    return true
  }

  #tag(kind: '{' | '%', open: number): void {
    const isBlock = kind === '%'
    this.#push(isBlock ? 'block_begin' : 'variable_begin', '', open, this.#at)
    const close = isBlock ? '%}' : '}}'
    const brackets: { char: string; at: number }[] = []
    for (;;) {
      this.#skipSpace()
      const source = this.#source
      const at = this.#at
      if (at >= source.length)
        throw this.#error(`This ${isBlock ? 'block' : 'expression'} is never closed.`, open, `End it with ${close}.`)
      if (brackets.length === 0 || source[at] === '%') {
        const sign = source[at] === '-' || (isBlock && source[at] === '+') ? 1 : 0
        if (brackets.length === 0 && source.startsWith(close, at + sign)) {
          this.#push(isBlock ? 'block_end' : 'variable_end', '', at, at + sign + 2)
          this.#at = at + sign + 2
          if (isBlock) this.#afterBlock(sign ? (source[at] as string) : '')
          else if (sign) this.#skipSpace()
          return
        }
        if (brackets.length > 0 && isBlock && source.startsWith(close, at)) {
          const bracket = brackets.at(-1) as { char: string; at: number }
          throw this.#error(`The bracket ${bracket.char} is never closed.`, bracket.at)
        }
      }
      this.#expressionToken(brackets)
    }
  }

  #expressionToken(brackets: { char: string; at: number }[]): void {
    const source = this.#source
    const at = this.#at
    const char = source[at] as string
    if (char === '"' || char === "'") {
      const end = stringEnd(source, at)
      if (end < 0) throw this.#error('This string is never closed.', at, `End it with ${char}.`)
      this.#push('string', readString(source.slice(at + 1, end - 1)), at, end)
      this.#at = end
      return
    }
    if (isDigit(char.charCodeAt(0))) {
      numberPattern.lastIndex = at
      const [number, float] = numberPattern.exec(source) as RegExpExecArray
      this.#push(float === undefined ? 'integer' : 'float', number.replaceAll('_', ''), at, at + number.length)
      this.#at = at + number.length
      return
    }
    const nameEnd = endOfName(source, at)
    if (nameEnd > at) {
      this.#push('name', source.slice(at, nameEnd), at, nameEnd)
      this.#at = nameEnd
      return
    }
    const two = source.slice(at, at + 2)
    const operator = longOperators.has(two) ? two : operators.has(char) ? char : undefined
    if (operator === undefined)
      throw this.#error(`The character ${JSON.stringify(char)} is not part of any expression.`, at)
    if (operator in closing) brackets.push({ char: operator, at })
    else if (operator === ')' || operator === ']' || operator === '}') {
      const opened = brackets.pop()
      if (!opened) throw this.#error(`There is no bracket that ${operator} could close.`, at)
      if (closing[opened.char] !== operator)
        throw this.#error(
          `${operator} closes nothing: ${opened.char} is still open.`,
          at,
          `Close it with ${closing[opened.char]}.`,
        )
    }
    this.#push('operator', operator, at, at + operator.length)
    this.#at = at + operator.length
  }

  #afterBlock(sign: string): void {
    if (sign === '-') this.#skipSpace()
    else if (sign !== '+' && this.#options.trimBlocks && this.#source[this.#at] === '\n') this.#at++
  }

  #skipSpace(): void {
    while (this.#at < this.#source.length && isSpace(this.#source.charCodeAt(this.#at))) this.#at++
  }

  #pushData(start: number, end: number): void {
    if (end > start) this.#push('data', this.#source.slice(start, end), start, end)
  }

  /** Tokens come in the order of the text. */
  #push(type: TokenType, value: string, start: number, end: number): void {
    while ((this.#lineStarts[this.#line + 1] ?? Number.POSITIVE_INFINITY) <= start) this.#line++
    const column = start - (this.#lineStarts[this.#line] as number) + 1
    this.#tokens.push({ type, value, line: this.#line + 1, column, start, end })
  }

  #place(offset: number): { line: number; column: number } {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lineStarts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] as number) + 1 }
  }

  #error(message: string, offset: number, hint?: string) {
    const { line, column } = this.#place(offset)
    return syntaxError(this.#template, message, line, column, hint)
  }
}

const numberPattern =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?[eE][+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*))|0(?:_?0)*|[1-9](?:_?\d)*)/y
const namePattern = /[\p{ID_Start}_][\p{ID_Continue}]*/uy

const isDigit = (code: number) => code >= 48 && code <= 57

/** Just behind the name that begins at `at`; `at` when none does. */
function endOfName(source: string, at: number): number {
  let end = at
  for (; end < source.length; end++) {
    const code = source.charCodeAt(end)
    // Letters of all languages are in a table that is slow to ask.
    if (code > 127) {
      namePattern.lastIndex = at
      return at + (namePattern.exec(source)?.[0].length ?? 0)
    }
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
    if (!isLetter && !(isDigit(code) && end > at)) break
  }
  return end
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x2028 || code === 0x2029
}

function lastNonSpace(source: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(source.charCodeAt(at - 1))) at--
  return at
}

/** Where the blanks before a tag begin, when nothing else stands before it on its line; else the tag itself. */
function lineIndent(source: string, start: number, tag: number): number {
  let at = tag
  while (at > start && (source[at - 1] === ' ' || source[at - 1] === '\t')) at--
  return at === 0 || source[at - 1] === '\n' ? at : tag
}
