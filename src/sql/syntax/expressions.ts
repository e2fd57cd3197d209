import type { Expression, Lambda, Name, Query } from './ast.js'
import { takeBinaryOperator, takePrefix, takeSuffix } from './operators.js'
import { dynamicStar, readStar } from './star.js'
import { queryStarts, type TokenStream } from './token-stream.js'
import { skipType, skipUnits } from './types.js'

/** Functions whose argument `x -> …` is a function of its own; elsewhere `->` looks into JSON. */
const takesLambda = /^(?:(?:list|array)_(?:transform|apply|filter|reduce)|apply|filter|reduce)$/
/** Between arguments of functions with a grammar of their own: `substring(x from 2 for 3)`. */
const argumentWords = ['from', 'for', 'placing', 'separator']

/** Reads expressions: operands and what is nested in them, without telling operators apart. */
export class ExpressionParser {
  readonly #tokens: TokenStream
  readonly #parseQuery: (tokens: TokenStream) => Query

  constructor(tokens: TokenStream, parseQuery: (tokens: TokenStream) => Query) {
    this.#tokens = tokens
    this.#parseQuery = parseQuery
  }

  list(): Expression[] {
    const found: Expression[] = []
    do found.push(this.expression())
    while (this.#tokens.take(',') && !this.#tokens.is(')', ']', '}'))
    return found
  }

  expression(): Expression {
    const tokens = this.#tokens
    const { start } = tokens.peek()
    const operands: Expression[] = []
    let isAlone = true
    do {
      if (operands.length > 0) isAlone = false
      while (takePrefix(tokens)) isAlone = false
      operands.push(this.#postfix(this.#primary(), start))
      while (takeSuffix(tokens)) isAlone = false
    } while (takeBinaryOperator(tokens))
    const [only] = operands
    return isAlone && only ? only : { kind: 'compound', operands, start, end: tokens.end }
  }

  /** `order by a desc nulls last, b` with `order by` already taken. */
  orderList(): Expression[] {
    const found: Expression[] = []
    do {
      found.push(this.expression())
      if (this.#tokens.take('using')) this.#tokens.next()
      else this.#tokens.take('asc') || this.#tokens.take('desc')
      if (this.#tokens.take('nulls')) this.#tokens.next()
    } while (this.#tokens.take(','))
    return found
  }

  /** What stands in `over (…)` or behind `window w as`. */
  window(): Expression[] {
    const tokens = this.#tokens
    if (!tokens.take('(')) {
      tokens.name()
      return []
    }
    const found: Expression[] = []
    if (!tokens.is(')', 'partition', 'order', 'rows', 'range', 'groups')) tokens.name()
    if (tokens.take('partition', 'by')) found.push(...this.list())
    if (tokens.take('order', 'by')) found.push(...this.orderList())
    if (tokens.is('rows', 'range', 'groups')) tokens.skipToClosing()
    else tokens.expect(')')
    return found
  }

  /** Fields, elements, casts and methods behind an operand. */
  #postfix(operand: Expression, start: number): Expression {
    const tokens = this.#tokens
    let current = operand
    const wrap = (...more: Expression[]) => {
      current = { kind: 'compound', operands: [current, ...more], start, end: tokens.end }
    }
    for (;;) {
      if (tokens.take('::')) {
        skipType(tokens)
        wrap()
      } else if (tokens.take('[')) {
        const parts: Expression[] = []
        while (!tokens.take(']')) if (!tokens.take(':') && !tokens.take('-')) parts.push(this.expression())
        wrap(...parts)
      } else if (tokens.is('.') && !tokens.isAhead(1, '*')) {
        tokens.next()
        const name = tokens.name()
        if (tokens.is('(')) {
          const call = this.#call(name, name.start)
          if (call.kind === 'call') current = { ...call, args: [current, ...call.args], start }
        } else wrap()
      } else if (tokens.take('.', '*')) {
        // The fields of a struct: which they are, no schema here tells.
        current = dynamicStar(start, tokens.end)
      } else return current
    }
  }

  #primary(): Expression {
    const tokens = this.#tokens
    const { kind, start, value } = tokens.peek()
    const literal = (): Expression => ({ kind: 'literal', start, end: tokens.end })
    if (kind === 'string' || kind === 'number') {
      tokens.next()
      return literal()
    }
    if (tokens.take('(')) return this.#parenthesized(start)
    if (tokens.take('[')) return this.#array(start)
    if (tokens.take('{')) return this.#struct(start)
    if (tokens.is('*')) return readStar(tokens, [], start, () => this.expression())
    if (tokens.take('#') || tokens.take('?')) {
      if (tokens.peek().kind === 'number') tokens.next()
      return literal()
    }
    if (!tokens.isExpressionWord()) throw tokens.unexpected('an expression')
    if (kind === 'name') {
      const special = this.#special(value, start)
      if (special) return special
      if (tokens.peek(1).kind === 'string') {
        // A type before its text: `date '2024-01-01'`.
        tokens.next()
        tokens.next()
        return literal()
      }
    }
    return this.#named(start)
  }

  /** Words with a grammar of their own. */
  #special(word: string, start: number): Expression | undefined {
    const tokens = this.#tokens
    const literal = (): Expression => ({ kind: 'literal', start, end: tokens.end })
    switch (word) {
      case 'null':
      case 'true':
      case 'false':
        if (tokens.isAhead(1, '.', '(')) return undefined
        tokens.next()
        return literal()
      case 'case':
        return this.#case(start)
      case 'exists':
        if (!tokens.isAhead(1, '(')) return undefined
        tokens.next()
        return this.#subquery(start, true)
      case 'array':
        if (tokens.isAhead(1, '[')) {
          tokens.next()
          tokens.next()
          return this.#array(start)
        }
        return undefined
      case 'map':
        if (!tokens.isAhead(1, '{')) return undefined
        tokens.next()
        tokens.next()
        return this.#struct(start)
      case 'interval': {
        const { kind } = tokens.peek(1)
        if (kind !== 'string' && kind !== 'number' && !tokens.isAhead(1, '(')) return undefined
        tokens.next()
        const amount = this.#primary()
        skipUnits(tokens)
        return { kind: 'compound', operands: [amount], start, end: tokens.end }
      }
      case 'time':
      case 'timestamp':
        if (!tokens.isAhead(1, 'with', 'without')) return undefined
        skipType(tokens)
        tokens.next()
        return literal()
      case 'double':
        if (!tokens.isAhead(1, 'precision')) return undefined
        tokens.next()
        tokens.next()
        tokens.next()
        return literal()
    }
    return undefined
  }

  #case(start: number): Expression {
    const tokens = this.#tokens
    tokens.next()
    const operands: Expression[] = []
    if (!tokens.is('when')) operands.push(this.expression())
    while (tokens.take('when')) {
      operands.push(this.expression())
      tokens.expect('then')
      operands.push(this.expression())
    }
    if (tokens.take('else')) operands.push(this.expression())
    tokens.expect('end')
    return { kind: 'compound', operands, start, end: tokens.end }
  }

  #subquery(start: number, isExists: boolean): Expression {
    this.#tokens.expect('(')
    const query = this.#parseQuery(this.#tokens)
    this.#tokens.expect(')')
    return { kind: 'subquery', query, isExists, start, end: this.#tokens.end }
  }

  /** A subquery, a row or just an expression; the parenthesis is taken. */
  #parenthesized(start: number): Expression {
    const tokens = this.#tokens
    if (this.#isQueryNext()) {
      const query = this.#parseQuery(tokens)
      tokens.expect(')')
      return { kind: 'subquery', query, isExists: false, start, end: tokens.end }
    }
    if (tokens.take(')')) return { kind: 'literal', start, end: tokens.end }
    const operands = this.list()
    tokens.expect(')')
    const [only] = operands
    return operands.length === 1 && only ? only : { kind: 'compound', operands, start, end: tokens.end }
  }

  /** Also behind further parentheses: `((select 1) union (select 2))`. */
  #isQueryNext(): boolean {
    let ahead = 0
    while (this.#tokens.isAhead(ahead, '(')) ahead++
    if (!this.#tokens.isAhead(ahead, ...queryStarts)) return false
    // `from` starts a query only in parentheses of its own; a function may be called `values` or `table`.
    return !this.#tokens.isAhead(ahead + 1, '.', ',', ')') && !(ahead === 0 && this.#tokens.isAhead(1, '=>', ':='))
  }

  #array(start: number): Expression {
    const tokens = this.#tokens
    const operands: Expression[] = []
    if (!tokens.is(']')) operands.push(...this.list())
    if (tokens.take('for')) {
      const parameters = this.#names().map(({ value }) => value)
      tokens.expect('in')
      const from = this.expression()
      const condition = tokens.take('if') ? [this.expression()] : []
      tokens.expect(']')
      const end = tokens.end
      const body: Lambda = { kind: 'lambda', parameters, body: [...operands, ...condition], start, end }
      return { kind: 'compound', operands: [from, body], start, end }
    }
    tokens.expect(']')
    return { kind: 'compound', operands, start, end: tokens.end }
  }

  #struct(start: number): Expression {
    const tokens = this.#tokens
    const operands: Expression[] = []
    while (!tokens.take('}')) {
      // A key is a name or a text; in a map it may be any expression.
      if (tokens.isAhead(1, ':')) tokens.next()
      else operands.push(this.expression())
      tokens.expect(':')
      operands.push(this.expression())
      if (!tokens.is('}')) tokens.expect(',')
    }
    return { kind: 'compound', operands, start, end: tokens.end }
  }

  #names(): Name[] {
    const names = [this.#tokens.name()]
    while (this.#tokens.take(',')) names.push(this.#tokens.name())
    return names
  }

  /** A column, all columns of a table, or a call. */
  #named(start: number): Expression {
    const tokens = this.#tokens
    const parts = [tokens.name()]
    while (tokens.is('.')) {
      if (tokens.isAhead(1, '*')) {
        tokens.next()
        return readStar(tokens, parts, start, () => this.expression())
      }
      tokens.next()
      parts.push(tokens.name())
    }
    if (!tokens.is('(')) return { kind: 'column', parts, start, end: tokens.end }
    const call = this.#call(parts.at(-1) as Name, start)
    if (parts.length === 1 || call.kind !== 'call') return call
    const before = parts.slice(0, -1)
    const owner: Expression = {
      kind: 'column',
      parts: before,
      isOptional: true,
      start,
      end: (before.at(-1) as Name).end,
    }
    return { ...call, args: [owner, ...call.args] }
  }

  #call({ value, isQuoted }: Name, start: number): Expression {
    const tokens = this.#tokens
    const name = value.toLowerCase()
    tokens.expect('(')
    if (name === 'columns' && !isQuoted) {
      tokens.skipToClosing()
      return dynamicStar(start, tokens.end)
    }
    const args: Expression[] = []
    if (this.#isQueryNext() && !tokens.is('(')) {
      const query = this.#parseQuery(tokens)
      tokens.expect(')')
      args.push({ kind: 'subquery', query, isExists: false, start, end: tokens.end })
    } else this.#arguments(name, args)
    let isOverRows = false
    if (tokens.take('within', 'group')) {
      tokens.expect('(')
      tokens.take('order', 'by')
      args.push(...this.orderList())
      tokens.expect(')')
      isOverRows = true
    }
    if (tokens.is('filter') && tokens.isAhead(1, '(')) {
      tokens.next()
      tokens.next()
      tokens.take('where')
      args.push(this.expression())
      tokens.expect(')')
      isOverRows = true
    }
    if (tokens.is('ignore', 'respect') && tokens.isAhead(1, 'nulls')) {
      tokens.next()
      tokens.next()
    }
    if (tokens.take('over')) {
      args.push(...this.window())
      isOverRows = true
    }
    return { kind: 'call', name, args, isOverRows, start, end: tokens.end }
  }

  /** Up to and with the closing parenthesis. */
  #arguments(name: string, args: Expression[]): void {
    const tokens = this.#tokens
    if (name === 'extract' && tokens.isAhead(1, 'from')) {
      tokens.next()
      tokens.next()
    }
    if (name === 'trim') {
      if (tokens.is('both', 'leading', 'trailing')) tokens.next()
      tokens.take('from')
    }
    if (tokens.is('distinct', 'all', 'variadic') && !tokens.isAhead(1, ',', ')')) tokens.next()
    while (!tokens.take(')')) {
      if (tokens.take('order', 'by')) {
        args.push(...this.orderList())
        continue
      }
      if (tokens.is('ignore', 'respect') && tokens.isAhead(1, 'nulls')) {
        tokens.next()
        tokens.next()
        continue
      }
      args.push(this.#argument(name))
      if (tokens.take('as')) skipType(tokens)
      if (tokens.is(...argumentWords)) tokens.next()
      else if (!tokens.is(')', 'order', 'ignore', 'respect')) tokens.expect(',')
    }
  }

  #argument(callee: string): Expression {
    const tokens = this.#tokens
    const { start } = tokens.peek()
    if (tokens.isAhead(1, ':=', '=>')) {
      tokens.next()
      tokens.next()
    }
    if (tokens.is('lambda') && (tokens.isAhead(2, ':') || tokens.isAhead(2, ','))) {
      tokens.next()
      const parameters = this.#names()
      tokens.expect(':')
      return this.#lambda(parameters, start)
    }
    if (!takesLambda.test(callee)) return this.expression()
    if (tokens.isAhead(1, '->')) {
      const parameter = tokens.name()
      tokens.next()
      return this.#lambda([parameter], start)
    }
    if (tokens.is('(') && tokens.isAhead(2, ',')) {
      let ahead = 2
      while (tokens.isAhead(ahead, ',')) ahead += 2
      if (tokens.isAhead(ahead, ')') && tokens.isAhead(ahead + 1, '->')) {
        const parameters = tokens.nameList()
        tokens.next()
        return this.#lambda(parameters, start)
      }
    }
    return this.expression()
  }

  #lambda(parameters: readonly Name[], start: number): Expression {
    const body = [this.expression()]
    return { kind: 'lambda', parameters: parameters.map(({ value }) => value), body, start, end: this.#tokens.end }
  }
}
