import type { Name } from './ast.js'
import type { Token } from './tokens.js'

/** The text is not a query that is understood here; it may still be one for the warehouse. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError'
  /** Index in the text. */
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

/** Words that start a query. */
export const queryStarts = ['select', 'with', 'values', 'from', 'table']

/** Words that end an expression or a list, and so are never a name without quotes and without `as`. */
const clauseWords = new Set(
  `select from where group having order limit offset union except intersect qualify window fetch for into as on using
  join inner left right full cross natural asof positional semi anti lateral and or not in is like ilike between when then
  else end tablesample pivot unpivot with asc desc nulls collate returning similar glob isnull notnull escape over filter
  within case distinct values rows range groups partition placing exclude replace rename at`.split(/\s+/),
)

/** Words that start no expression. */
const neverNames = new Set(
  `select from where group having order limit offset union except intersect qualify and or then when else end on using
  join as asc desc with`.split(/\s+/),
)

export class TokenStream {
  readonly sql: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql
    this.#tokens = tokens
  }

  peek(ahead = 0): Token {
    return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at++
    return token
  }

  /** Where the last token ended. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  /** One of these unquoted words, or one of these signs, comes next. */
  is(...texts: readonly string[]): boolean {
    return this.isAhead(0, ...texts)
  }

  isAhead(ahead: number, ...texts: readonly string[]): boolean {
    const token = this.peek(ahead)
    return (token.kind === 'name' || token.kind === 'operator') && texts.includes(token.value)
  }

  /** Takes these words or signs when they come next, all of them in this order. */
  take(...texts: readonly string[]): boolean {
    if (!texts.every((text, i) => this.isAhead(i, text))) return false
    this.#at += texts.length
    return true
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`\`${text}\``)
    return this.next()
  }

  unexpected(wanted: string): SqlSyntaxError {
    const { kind, text, start } = this.peek()
    return new SqlSyntaxError(`${kind === 'end' ? 'the end' : `\`${text}\``} where ${wanted} was expected`, start)
  }

  /** A name that follows `as`, a dot or stands in a list of names: any word will do. */
  name(): Name {
    const token = this.peek()
    if (token.kind !== 'name' && token.kind !== 'quoted' && token.kind !== 'string') throw this.unexpected('a name')
    this.next()
    const value = token.kind === 'string' ? token.text.slice(1, -1) : token.value
    return { value, isQuoted: token.kind !== 'name', start: token.start, end: token.end }
  }

  /** `as x` or just `x`. */
  alias(): Name | undefined {
    if (this.take('as')) return this.name()
    const { kind, value } = this.peek()
    return kind === 'quoted' || (kind === 'name' && !clauseWords.has(value)) ? this.name() : undefined
  }

  /** Whether an expression may start with the word that comes next. */
  isExpressionWord(): boolean {
    const { kind, value } = this.peek()
    return kind === 'quoted' || (kind === 'name' && !neverNames.has(value))
  }

  /** `(a, b)`; empty when there is no parenthesis. */
  nameList(): Name[] {
    const names: Name[] = []
    if (!this.take('(')) return names
    do names.push(this.name())
    while (this.take(','))
    this.expect(')')
    return names
  }

  /** Passes over everything up to the parenthesis that closes the one just taken. */
  skipToClosing(): void {
    for (let depth = 1; depth > 0; ) {
      const token = this.next()
      if (token.kind === 'end') throw this.unexpected('`)`')
      if (token.kind !== 'operator') continue
      if (token.value === '(') depth++
      if (token.value === ')') depth--
    }
  }
}
