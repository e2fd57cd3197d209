import type { Cte, Expression, Name, Query, QueryBody, Select, SelectItem } from './ast.js'
import { ExpressionParser } from './expressions.js'
import { FromParser } from './from-clause.js'
import { TokenStream } from './token-stream.js'
import { tokenize } from './tokens.js'

/** The one query that the text is. @throws SqlSyntaxError */
export function parseQuery(sql: string): Query {
  const tokens = new TokenStream(sql, tokenize(sql))
  const query = readQuery(tokens)
  while (tokens.take(';'));
  if (tokens.peek().kind !== 'end') throw tokens.unexpected('the end')
  return query
}

function readQuery(tokens: TokenStream): Query {
  return new QueryParser(tokens).query()
}

class QueryParser {
  readonly #tokens: TokenStream
  readonly #expressions: ExpressionParser
  readonly #from: FromParser

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
    this.#expressions = new ExpressionParser(tokens, readQuery)
    this.#from = new FromParser(tokens, this.#expressions, readQuery)
  }

  query(): Query {
    const tokens = this.#tokens
    const { start } = tokens.peek()
    let isRecursive = false
    const ctes: Cte[] = []
    if (tokens.take('with')) {
      isRecursive = tokens.take('recursive')
      do ctes.push(this.#cte())
      while (tokens.take(',') && !tokens.is('select', 'from'))
    }
    const body = this.#body()
    const orderBy: Expression[] = []
    let hasLimit = false
    for (;;) {
      if (tokens.take('order', 'by')) {
        if (tokens.is('all') && !tokens.isAhead(1, '.', '(')) {
          tokens.next()
          tokens.take('asc') || tokens.take('desc')
          if (tokens.take('nulls')) tokens.next()
        } else orderBy.push(...this.#expressions.orderList())
      } else if (tokens.is('limit', 'offset')) {
        tokens.next()
        if (!tokens.take('all')) this.#expressions.expression()
        tokens.take('%') || tokens.take('percent') || tokens.take('rows') || tokens.take('row')
        hasLimit = true
      } else if (tokens.take('fetch')) {
        tokens.next()
        if (!tokens.is('row', 'rows')) this.#expressions.expression()
        tokens.next()
        if (!tokens.take('only')) {
          tokens.expect('with')
          tokens.expect('ties')
        }
        hasLimit = true
      } else if (tokens.take('for')) {
        // Locks: `for update of t skip locked`.
        while (tokens.peek().kind === 'name' || tokens.is(',', '.')) tokens.next()
      } else break
    }
    return { kind: 'query', isRecursive, ctes, body, orderBy, hasLimit, start, end: tokens.end }
  }

  #cte(): Cte {
    const tokens = this.#tokens
    const name = tokens.name()
    const columns = tokens.nameList()
    if (tokens.take('using', 'key')) tokens.nameList()
    tokens.expect('as')
    tokens.take('not')
    tokens.take('materialized')
    tokens.expect('(')
    const query = this.query()
    tokens.expect(')')
    return { name, columns, query }
  }

  #body(): QueryBody {
    const tokens = this.#tokens
    let left = this.#term()
    while (tokens.is('union', 'except', 'intersect')) {
      const operator = tokens.next().value as 'union' | 'except' | 'intersect'
      tokens.take('all') || tokens.take('distinct')
      const isByName = tokens.take('by', 'name')
      left = { kind: 'set', operator, isByName, left, right: this.#term() }
    }
    return left
  }

  #term(): QueryBody {
    const tokens = this.#tokens
    if (tokens.take('(')) {
      const query = this.query()
      tokens.expect(')')
      return query
    }
    if (tokens.take('values')) {
      const rows: Expression[][] = []
      do {
        tokens.expect('(')
        rows.push(this.#expressions.list())
        tokens.expect(')')
      } while (tokens.take(',') && tokens.is('('))
      return { kind: 'values', rows }
    }
    if (tokens.take('table')) return { ...emptySelect, items: [allColumns(tokens.end)], from: [this.#from.item()] }
    if (!tokens.is('select', 'from')) throw tokens.unexpected('a query')
    return this.#select()
  }

  #select(): Select {
    const tokens = this.#tokens
    const found: { -readonly [key in keyof Select]: Select[key] } = { ...emptySelect }
    let hasItems = false
    for (;;) {
      if (!hasItems && tokens.take('select')) {
        hasItems = true
        if (tokens.take('distinct')) {
          if (tokens.take('on')) {
            tokens.expect('(')
            found.distinctOn = this.#expressions.list()
            tokens.expect(')')
          }
        } else if (tokens.is('all') && !tokens.isAhead(1, ',', 'from', '.')) tokens.next()
        found.items = this.#items()
      } else if (found.from.length === 0 && tokens.take('from')) found.from = this.#from.list()
      else if (tokens.take('where')) found.where = [this.#expressions.expression()]
      else if (tokens.take('group', 'by')) found.groupBy = this.#groups()
      else if (tokens.take('having')) found.having = [this.#expressions.expression()]
      else if (tokens.take('qualify')) found.qualify = [this.#expressions.expression()]
      else if (tokens.take('window')) found.windows = this.#windows()
      else if (tokens.take('using', 'sample')) this.#from.skipSample()
      else break
    }
    return hasItems ? found : { ...found, items: [allColumns(tokens.end)] }
  }

  #items(): SelectItem[] {
    const tokens = this.#tokens
    const items: SelectItem[] = []
    const isOver = () => tokens.is('from', 'where', 'union', 'except', ')', ';') || tokens.peek().kind === 'end'
    // PostgreSQL lets a query select nothing.
    while (!isOver()) {
      const { start } = tokens.peek()
      // DuckDB: the name may stand in front.
      const before: Name | undefined = tokens.isAhead(1, ':') ? tokens.name() : undefined
      if (before) tokens.next()
      const expression = this.#expressions.expression()
      items.push({ expression, alias: before ?? tokens.alias(), start, end: expression.end })
      if (!tokens.take(',')) break
    }
    return items
  }

  #groups(): Expression[] {
    const tokens = this.#tokens
    if (tokens.is('all') && !tokens.isAhead(1, '.', '(')) {
      tokens.next()
      return []
    }
    tokens.take('distinct')
    const found: Expression[] = []
    do {
      if (tokens.take('grouping', 'sets')) {
        tokens.expect('(')
        found.push(...this.#expressions.list())
        tokens.expect(')')
      } else found.push(this.#expressions.expression())
    } while (tokens.take(','))
    return found
  }

  #windows(): Expression[] {
    const found: Expression[] = []
    do {
      this.#tokens.name()
      this.#tokens.expect('as')
      found.push(...this.#expressions.window())
    } while (this.#tokens.take(','))
    return found
  }
}

const emptySelect: Select = {
  kind: 'select',
  items: [],
  from: [],
  distinctOn: [],
  where: [],
  groupBy: [],
  having: [],
  qualify: [],
  windows: [],
}

function allColumns(at: number): SelectItem {
  const star = { kind: 'star', qualifier: [], except: [], replace: [], rename: [], isDynamic: false } as const
  return { expression: { ...star, start: at, end: at }, alias: undefined, start: at, end: at }
}
