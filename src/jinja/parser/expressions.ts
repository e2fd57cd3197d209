import type { Arguments, BinaryOperator, CompareOperator, Expression, NamedCall, UsedNames } from '../ast.js'
import type { TokenStream } from './token-stream.js'

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>='])
const endsExpression = new Set([',', ')', ']', '}'])
/** What may follow a test's name without being its argument. */
const notTestArguments = new Set(['else', 'or', 'and', 'is'])

/** Expressions with Python's precedences, as Jinja reads them. */
export class ExpressionParser {
  readonly #tokens: TokenStream
  readonly #calls: NamedCall[] = []
  readonly #filterNames = new Set<string>()
  readonly #testNames = new Set<string>()
  /** Noted on the way: looking through the tree for them afterwards takes as long as making it. */
  readonly used: UsedNames = { calls: this.#calls, filters: this.#filterNames, tests: this.#testNames }

  /** How often `loop` was read so far. */
  loopReads = 0

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
  }

  /** A whole expression; `a, b` without parentheses is a tuple where `allowTuple`. */
  parse(options: { allowTuple?: boolean; allowCondition?: boolean } = {}): Expression {
    const { line } = this.#tokens.current
    const first = this.#one(options.allowCondition ?? true)
    if (!options.allowTuple || !this.#tokens.isOperator(',')) return first
    const items = [first]
    while (this.#tokens.takeOperator(',')) {
      if (this.#endsTuple()) break
      items.push(this.#one(options.allowCondition ?? true))
    }
    return { type: 'tuple', items, line }
  }

  #one(allowCondition: boolean): Expression {
    if (this.#isAlone()) return this.#primary()
    return this.#tokens.nested(() => (allowCondition ? this.#condition() : this.#or()))
  }

  /** Most expressions are one name or text: whether operators bind it need not be asked a dozen times. */
  #isAlone(): boolean {
    const { current } = this.#tokens
    if (current.type !== 'string' && (current.type !== 'name' || current.value === 'not')) return false
    const { type, value } = this.#tokens.peek()
    return type === 'variable_end' || type === 'block_end' || (type === 'operator' && endsExpression.has(value))
  }

  #endsTuple(): boolean {
    const { type } = this.#tokens.current
    return (
      type === 'block_end' ||
      type === 'variable_end' ||
      type === 'eof' ||
      this.#tokens.isOperator(')') ||
      this.#tokens.isOperator('=') ||
      this.#tokens.isName('in') ||
      this.#tokens.isOperator(']')
    )
  }

  #condition(): Expression {
    const { line } = this.#tokens.current
    let value = this.#or()
    for (let length = 1; this.#tokens.takeName('if'); length++) {
      this.#tokens.checkChain(length)
      const test = this.#or()
      const otherwise = this.#tokens.takeName('else') ? this.#tokens.nested(() => this.#condition()) : null
      value = { type: 'condition', test, value, otherwise, line }
    }
    return value
  }

  #or(): Expression {
    const { line } = this.#tokens.current
    let left = this.#and()
    for (let length = 1; this.#tokens.takeName('or'); length++) {
      this.#tokens.checkChain(length)
      left = { type: 'logic', operator: 'or', left, right: this.#and(), line }
    }
    return left
  }

  #and(): Expression {
    const { line } = this.#tokens.current
    let left = this.#not()
    for (let length = 1; this.#tokens.takeName('and'); length++) {
      this.#tokens.checkChain(length)
      left = { type: 'logic', operator: 'and', left, right: this.#not(), line }
    }
    return left
  }

  #not(): Expression {
    const { line } = this.#tokens.current
    if (!this.#tokens.takeName('not')) return this.#compare()
    return { type: 'unary', operator: 'not', operand: this.#tokens.nested(() => this.#not()), line }
  }

  #compare(): Expression {
    const { line } = this.#tokens.current
    const first = this.#sum()
    const rest: { operator: CompareOperator; operand: Expression }[] = []
    for (;;) {
      const operator = this.#comparison()
      if (operator === undefined) break
      rest.push({ operator, operand: this.#sum() })
    }
    return rest.length === 0 ? first : { type: 'compare', first, rest, line }
  }

  #comparison(): CompareOperator | undefined {
    const { current } = this.#tokens
    if (current.type === 'operator' && comparisons.has(current.value)) {
      this.#tokens.next()
      return current.value as CompareOperator
    }
    if (this.#tokens.takeName('in')) return 'in'
    if (this.#tokens.isName('not') && this.#tokens.peek().type === 'name' && this.#tokens.peek().value === 'in') {
      this.#tokens.next()
      this.#tokens.next()
      return 'not in'
    }
    return undefined
  }

  #sum(): Expression {
    return this.#binary(['+', '-'], () => this.#concat())
  }

  #concat(): Expression {
    const { line } = this.#tokens.current
    const parts = [this.#product()]
    while (this.#tokens.takeOperator('~')) parts.push(this.#product())
    return parts.length === 1 ? (parts[0] as Expression) : { type: 'concat', parts, line }
  }

  #product(): Expression {
    return this.#binary(['*', '/', '//', '%'], () => this.#power())
  }

  #binary(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    const { line } = this.#tokens.current
    let left = operand()
    for (let length = 1; ; length++) {
      this.#tokens.checkChain(length)
      const operator = operators.find((candidate) => this.#tokens.isOperator(candidate))
      if (operator === undefined) return left
      this.#tokens.next()
      left = { type: 'binary', operator, left, right: operand(), line }
    }
  }

  /** As in Jinja, `2 ** 3 ** 2` binds to the left, and filters bind tighter than the power. */
  #power(): Expression {
    const { line } = this.#tokens.current
    let left = this.#unary(true)
    for (let length = 1; this.#tokens.takeOperator('**'); length++) {
      this.#tokens.checkChain(length)
      left = { type: 'binary', operator: '**', left, right: this.#unary(true), line }
    }
    return left
  }

  /** Filters and tests bind to the operand with its sign, so `-1|abs` is `(-1)|abs`. */
  #unary(withFilter: boolean): Expression {
    const { line } = this.#tokens.current
    let value: Expression
    if (this.#tokens.isOperator('-') || this.#tokens.isOperator('+')) {
      const operator = this.#tokens.next().value as '-' | '+'
      value = { type: 'unary', operator, operand: this.#tokens.nested(() => this.#unary(false)), line }
    } else value = this.#postfix(this.#primary())
    return withFilter ? this.#filters(value) : value
  }

  #primary(): Expression {
    const token = this.#tokens.current
    const { line } = token
    switch (token.type) {
      case 'name':
        this.#tokens.next()
        if (token.value === 'loop') this.loopReads++
        return constant(token.value, line) ?? { type: 'name', name: token.value, line }
      case 'string': {
        let value = ''
        // Strings that stand side by side are one.
        while (this.#tokens.current.type === 'string') value += this.#tokens.next().value
        return { type: 'literal', value, line }
      }
      case 'integer':
        this.#tokens.next()
        return { type: 'literal', value: integer(token.value), line }
      case 'float':
        this.#tokens.next()
        return { type: 'literal', value: Number(token.value), isFloat: true, line }
      case 'operator':
        if (token.value === '(') return this.#parenthesis()
        if (token.value === '[') return this.#list()
        if (token.value === '{') return this.#dict()
    }
    throw this.#tokens.unexpected('an expression')
  }

  #parenthesis(): Expression {
    const { line } = this.#tokens.next()
    if (this.#tokens.takeOperator(')')) return { type: 'tuple', items: [], line }
    const value = this.parse({ allowTuple: true })
    this.#tokens.expectOperator(')', 'to close the parenthesis')
    return value
  }

  #list(): Expression {
    const { line } = this.#tokens.next()
    const items: Expression[] = []
    while (!this.#tokens.isOperator(']')) {
      items.push(this.parse())
      if (!this.#tokens.takeOperator(',')) break
    }
    this.#tokens.expectOperator(']', 'to close the list')
    return { type: 'list', items, line }
  }

  #dict(): Expression {
    const { line } = this.#tokens.next()
    const entries: [Expression, Expression][] = []
    while (!this.#tokens.isOperator('}')) {
      const key = this.parse()
      this.#tokens.expectOperator(':', 'between key and value')
      entries.push([key, this.parse()])
      if (!this.#tokens.takeOperator(',')) break
    }
    this.#tokens.expectOperator('}', 'to close the dict')
    return { type: 'dict', entries, line }
  }

  /** `.name`, `[key]` and `(…)`, as often as they come. */
  #postfix(value: Expression): Expression {
    let node = value
    for (let length = 0; ; length++) {
      this.#tokens.checkChain(length)
      const { line } = this.#tokens.current
      if (this.#tokens.takeOperator('.')) node = this.#attribute(node, line)
      else if (this.#tokens.isOperator('[')) node = this.#subscript(node)
      else if (this.#tokens.isOperator('(')) {
        node = this.#call(node, line)
      } else return node
    }
  }

  #call(callee: Expression, line: number): Expression {
    // Noted before the calls among its arguments.
    const at = this.#calls.length
    const args = this.arguments()
    if (callee.type === 'name')
      this.#calls.splice(at, 0, { name: callee.name, member: undefined, args, line: callee.line })
    else if (callee.type === 'attribute' && callee.object.type === 'name')
      this.#calls.splice(at, 0, { name: callee.object.name, member: callee.name, args, line: callee.object.line })
    return { type: 'call', callee, args, line }
  }

  #attribute(object: Expression, line: number): Expression {
    const token = this.#tokens.next()
    if (token.type === 'name') return { type: 'attribute', object, name: token.value, line }
    if (token.type === 'integer')
      return { type: 'item', object, key: { type: 'literal', value: integer(token.value), line }, line }
    throw this.#tokens.error('Expected a name or a number after the dot.', token)
  }

  #subscript(object: Expression): Expression {
    const { line } = this.#tokens.next()
    const keys = [this.#subscriptKey()]
    while (this.#tokens.takeOperator(',')) keys.push(this.#subscriptKey())
    this.#tokens.expectOperator(']', 'to close the subscript')
    const key: Expression = keys.length === 1 ? (keys[0] as Expression) : { type: 'tuple', items: keys, line }
    return { type: 'item', object, key, line }
  }

  #subscriptKey(): Expression {
    const { line } = this.#tokens.current
    const start = this.#tokens.isOperator(':') ? null : this.parse()
    if (start !== null && !this.#tokens.isOperator(':')) return start
    const bound = () =>
      this.#tokens.isOperator(':') || this.#tokens.isOperator(']') || this.#tokens.isOperator(',') ? null : this.parse()
    this.#tokens.next()
    const stop = bound()
    const step = this.#tokens.takeOperator(':') ? bound() : null
    return { type: 'slice', start, stop, step, line }
  }

  /** `(a, b=1, *list, **dict)` */
  arguments(): Arguments {
    this.#tokens.expectOperator('(', 'before the arguments')
    const positional: Expression[] = []
    const named: { name: string; value: Expression }[] = []
    let spread: Expression | null = null
    let spreadNamed: Expression | null = null
    while (!this.#tokens.isOperator(')')) {
      const { current } = this.#tokens
      const following = this.#tokens.peek()
      if (this.#tokens.takeOperator('**')) spreadNamed = this.parse()
      else if (this.#tokens.isOperator('*')) {
        if (spreadNamed) throw this.#tokens.error('`*` stands after `**`.')
        this.#tokens.next()
        spread = this.parse()
      } else if (current.type === 'name' && following.type === 'operator' && following.value === '=') {
        this.#tokens.next()
        this.#tokens.next()
        named.push({ name: current.value, value: this.parse() })
      } else {
        if (named.length > 0 || spreadNamed) throw this.#tokens.error('A positional argument stands after a named one.')
        positional.push(this.parse())
      }
      if (!this.#tokens.takeOperator(',')) break
    }
    this.#tokens.expectOperator(')', 'to close the arguments')
    return { positional, named, spread, spreadNamed }
  }

  #filters(value: Expression): Expression {
    let node = value
    for (;;) {
      const { line } = this.#tokens.current
      if (this.#tokens.isOperator('|')) node = this.filterChain(node)
      else if (this.#tokens.takeName('is')) node = this.#test(node, line)
      // A call may follow a filter or a test: `foo|bar()()`.
      else if (this.#tokens.isOperator('(')) node = { type: 'call', callee: node, args: this.arguments(), line }
      else return node
    }
  }

  /** One or more `|name(args)` over the input. */
  filterChain(input: Expression, isFirstPiped = true): Expression {
    let node = input
    let expectsPipe = isFirstPiped
    for (let length = 1; !expectsPipe || this.#tokens.isOperator('|'); length++) {
      this.#tokens.checkChain(length)
      if (expectsPipe) this.#tokens.next()
      expectsPipe = true
      const { line } = this.#tokens.current
      const name = this.#dottedName('the name of a filter')
      const args = this.#tokens.isOperator('(') ? this.arguments() : noArguments
      this.#filterNames.add(name)
      node = { type: 'filter', name, input: node, args, line }
    }
    return node
  }

  #test(input: Expression, line: number): Expression {
    const isNegated = this.#tokens.takeName('not')
    const name = this.#dottedName('the name of a test')
    this.#testNames.add(name)
    const { current } = this.#tokens
    let args = noArguments
    if (this.#tokens.isOperator('(')) args = this.arguments()
    else if (
      (['name', 'string', 'integer', 'float'].includes(current.type) &&
        !(current.type === 'name' && notTestArguments.has(current.value))) ||
      this.#tokens.isOperator('[') ||
      this.#tokens.isOperator('{')
    ) {
      const argument = this.#postfix(this.#primary())
      args = { ...noArguments, positional: [argument] }
    }
    if (this.#tokens.isName('is'))
      throw this.#tokens.error('Tests cannot be chained with `is`.', current, 'Join them with `and`.')
    return { type: 'test', name, input, args, isNegated, line }
  }

  #dottedName(what: string): string {
    let name = this.#tokens.expectName(what).value
    while (this.#tokens.takeOperator('.')) name += `.${this.#tokens.expectName(what).value}`
    return name
  }
}

const noArguments: Arguments = { positional: [], named: [], spread: null, spreadNamed: null }

function constant(name: string, line: number): Expression | undefined {
  switch (name) {
    case 'true':
    case 'True':
      return { type: 'literal', value: true, line }
    case 'false':
    case 'False':
      return { type: 'literal', value: false, line }
    case 'none':
    case 'None':
      return { type: 'literal', value: null, line }
    default:
      return undefined
  }
}

function integer(digits: string): number | bigint {
  const value = BigInt(digits)
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}
