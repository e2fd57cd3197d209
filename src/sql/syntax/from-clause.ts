import type { FromItem, JoinItem, Name, Query } from './ast.js'
import type { ExpressionParser } from './expressions.js'
import type { TokenStream } from './token-stream.js'
import { skipType } from './types.js'

const joinTypes: Readonly<Record<string, JoinItem['type']>> = {
  inner: 'inner',
  left: 'left',
  right: 'right',
  full: 'full',
  cross: 'inner',
  semi: 'semi',
  anti: 'anti',
  positional: 'positional',
}
const joinWords = [...Object.keys(joinTypes), 'join', 'natural', 'asof', 'outer']

/** Reads what stands behind `from`. */
export class FromParser {
  readonly #tokens: TokenStream
  readonly #expressions: ExpressionParser
  readonly #parseQuery: (tokens: TokenStream) => Query

  constructor(tokens: TokenStream, expressions: ExpressionParser, parseQuery: (tokens: TokenStream) => Query) {
    this.#tokens = tokens
    this.#expressions = expressions
    this.#parseQuery = parseQuery
  }

  list(): FromItem[] {
    const items: FromItem[] = []
    do items.push(this.item())
    while (this.#tokens.take(',') && !this.#tokens.is('where', 'group', 'order', ')'))
    return items
  }

  /** One table with everything that is joined to it. */
  item(): FromItem {
    const tokens = this.#tokens
    let left = this.#primary()
    while (tokens.is(...joinWords)) {
      let type: JoinItem['type'] = 'inner'
      let isNatural = false
      while (!tokens.take('join')) {
        const word = tokens.next().value
        if (word === 'natural') isNatural = true
        else if (joinTypes[word]) type = joinTypes[word]
        else if (word !== 'asof' && word !== 'outer') throw tokens.unexpected('`join`')
      }
      const right = this.#primary()
      let on: JoinItem['on'] = []
      let using: readonly Name[] = []
      if (tokens.take('on')) on = [this.#expressions.expression()]
      else if (tokens.take('using')) {
        using = tokens.nameList()
        if (tokens.take('as')) tokens.name()
      }
      left = { kind: 'join', type, isNatural, left, right, on, using }
    }
    return left
  }

  skipSample(): void {
    const tokens = this.#tokens
    if (tokens.peek().kind === 'name' && !tokens.isAhead(1, '(')) tokens.next()
    while (tokens.peek().kind === 'name' || tokens.peek().kind === 'number') {
      if (tokens.is('where', 'group', 'order', 'join', 'left', 'limit')) return
      tokens.next()
      tokens.take('%')
      if (tokens.take('(')) tokens.skipToClosing()
    }
  }

  #primary(): FromItem {
    const tokens = this.#tokens
    const before = tokens.isAhead(1, ':') ? tokens.name() : undefined
    if (before) tokens.next()
    let item = this.#unnamed(before)
    for (;;) {
      if (tokens.take('tablesample')) this.skipSample()
      else if (tokens.is('pivot', 'unpivot') && (tokens.isAhead(1, '(') || tokens.isAhead(1, 'include', 'exclude'))) {
        while (!tokens.take('(')) tokens.next()
        tokens.skipToClosing()
        item = { kind: 'pivot', item, ...this.#alias() }
      } else return item
    }
  }

  #unnamed(before: Name | undefined): FromItem {
    const tokens = this.#tokens
    const { start, kind } = tokens.peek()
    tokens.take('lateral')
    tokens.take('only')
    if (tokens.take('rows', 'from')) {
      tokens.expect('(')
      tokens.skipToClosing()
      tokens.take('with', 'ordinality')
      return { kind: 'function', name: 'rows from', args: [], ...this.#alias(before) }
    }
    if (tokens.take('(')) return this.#parenthesized(before)
    if (tokens.is('values')) return { kind: 'derived', query: this.#parseQuery(tokens), ...this.#alias(before) }
    if (kind === 'string') {
      // A file as a table.
      const name = tokens.name()
      return { kind: 'table', name: [name], ...this.#alias(before), start, end: name.end }
    }
    if (!tokens.isExpressionWord()) throw tokens.unexpected('a table')
    const name = [tokens.name()]
    while (tokens.take('.')) name.push(tokens.name())
    if (tokens.is('(')) {
      tokens.next()
      const args = tokens.is(')') ? [] : this.#arguments()
      tokens.expect(')')
      tokens.take('with', 'ordinality')
      return { kind: 'function', name: (name.at(-1) as Name).value.toLowerCase(), args, ...this.#alias(before) }
    }
    const end = tokens.end
    tokens.take('*')
    if (tokens.is('at') && tokens.isAhead(1, '(')) {
      tokens.next()
      tokens.next()
      tokens.skipToClosing()
    }
    return { kind: 'table', name, ...this.#alias(before), start, end }
  }

  #arguments() {
    const found = []
    do {
      if (this.#tokens.isAhead(1, ':=', '=>', '=')) {
        this.#tokens.next()
        this.#tokens.next()
      }
      if (this.#tokens.is('select', 'with', 'from')) {
        const query = this.#parseQuery(this.#tokens)
        found.push({ kind: 'subquery', query, isExists: false, start: query.start, end: query.end } as const)
      } else found.push(this.#expressions.expression())
    } while (this.#tokens.take(','))
    return found
  }

  /** A subquery or a join; the parenthesis is taken. */
  #parenthesized(before: Name | undefined): FromItem {
    const tokens = this.#tokens
    let ahead = 0
    while (tokens.isAhead(ahead, '(')) ahead++
    const isQuery = tokens.isAhead(ahead, 'select', 'with', 'values', 'from')
    if (isQuery && ahead === 0) {
      const query = this.#parseQuery(tokens)
      tokens.expect(')')
      return { kind: 'derived', query, ...this.#alias(before) }
    }
    if (isQuery) {
      // `((select …) union (select …))` is a query, `((select …) a join b)` a join.
      const item = this.#queryOrJoin()
      tokens.expect(')')
      return item.kind === 'derived' && !item.alias
        ? { ...item, ...this.#alias(before) }
        : { kind: 'group', item, ...this.#alias(before) }
    }
    const item = this.item()
    tokens.expect(')')
    return { kind: 'group', item, ...this.#alias(before) }
  }

  #queryOrJoin(): FromItem {
    const tokens = this.#tokens
    let depth = 0
    let ahead = 0
    do {
      if (tokens.isAhead(ahead, '(')) depth++
      if (tokens.isAhead(ahead, ')')) depth--
      ahead++
    } while (depth > 0 && tokens.peek(ahead).kind !== 'end')
    if (tokens.isAhead(ahead, ')', 'union', 'except', 'intersect', 'order', 'limit'))
      return { kind: 'derived', query: this.#parseQuery(tokens), alias: undefined, columns: [] }
    return this.item()
  }

  /** The name of a table and those of its columns, with or without types. */
  #alias(before?: Name): { alias: Name | undefined; columns: Name[] } {
    const tokens = this.#tokens
    // PostgreSQL: a function's columns may be declared without a name for all of them.
    const isUnnamed = tokens.isAhead(1, '(') && tokens.take('as')
    const alias = before ?? (isUnnamed ? undefined : tokens.alias())
    const columns: Name[] = []
    if ((alias || isUnnamed) && !before && tokens.take('(')) {
      do {
        columns.push(tokens.name())
        if (!tokens.is(',', ')')) skipType(tokens)
      } while (tokens.take(','))
      tokens.expect(')')
    }
    return { alias, columns }
  }
}
