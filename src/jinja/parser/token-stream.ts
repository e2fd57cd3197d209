import { syntaxError, type TemplateSource } from '../errors.js'
import type { Token } from '../lexer/token.js'

/** Templates nest deeper than this only by accident or malice; the limit keeps the parser off the end of the stack. */
const maxDepth = 400
/** `1 + 1 + 1 …` is a tree as deep as it is long. */
const maxChain = 1000

/** Tokens with a cursor, and the errors that name what was expected and what stands there. */
export class TokenStream {
  readonly template: TemplateSource
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(template: TemplateSource, tokens: readonly Token[]) {
    this.template = template
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[this.#at] as Token
  }

  peek(distance = 1): Token {
    return this.#tokens[Math.min(this.#at + distance, this.#tokens.length - 1)] as Token
  }

  next(): Token {
    const token = this.current
    if (this.#at < this.#tokens.length - 1) this.#at++
    return token
  }

  isOperator(value: string): boolean {
    return this.current.type === 'operator' && this.current.value === value
  }

  isName(value: string): boolean {
    return this.current.type === 'name' && this.current.value === value
  }

  takeOperator(value: string): boolean {
    if (!this.isOperator(value)) return false
    this.next()
    return true
  }

  takeName(value: string): boolean {
    if (!this.isName(value)) return false
    this.next()
    return true
  }

  expectOperator(value: string, where: string): Token {
    if (!this.isOperator(value)) throw this.unexpected(`\`${value}\` ${where}`)
    return this.next()
  }

  expectName(what: string): Token {
    if (this.current.type !== 'name') throw this.unexpected(what)
    return this.next()
  }

  expectBlockEnd(tag: string): void {
    // dbt projects write `{% if x: %}`; Jinja lets the colon pass too.
    if (this.isOperator(':')) this.next()
    if (this.current.type !== 'block_end') throw this.unexpected(`the end of the \`${tag}\` tag`)
    this.next()
  }

  unexpected(expected: string): Error {
    return this.error(`Expected ${expected}, but found ${describe(this.current)}.`)
  }

  error(message: string, at: Token = this.current, hint?: string): Error {
    return syntaxError(this.template, message, at.line, at.column, hint)
  }

  /** Guards a rule that repeats itself, by how often it has done so. */
  checkChain(length: number): void {
    if (length > maxChain) throw this.error(`The expression is a chain of more than ${maxChain} parts.`)
  }

  /** Guards a recursive rule. */
  nested<T>(rule: () => T): T {
    if (++this.#depth > maxDepth) throw this.error(`The template nests deeper than ${maxDepth} levels.`)
    try {
      return rule()
    } finally {
      this.#depth--
    }
  }
}

function describe(token: Token): string {
  switch (token.type) {
    case 'eof':
      return 'the end of the template'
    case 'block_end':
      return 'the end of the tag'
    case 'variable_end':
      return 'the end of the expression'
    case 'block_begin':
      return 'the start of a tag'
    case 'variable_begin':
      return 'the start of an expression'
    case 'data':
      return 'text'
    case 'string':
      return `the string ${JSON.stringify(token.value)}`
    default:
      return `\`${token.value}\``
  }
}
