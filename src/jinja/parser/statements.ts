import { bodyInput, type Expression, type MacroNode, type Statement, type Target, type UsedNames } from '../ast.js'
import { collectTarget } from '../compile/names.js'
import type { TemplateSource } from '../errors.js'
import type { Token } from '../lexer/token.js'
import type { BlockTag } from './block-tag.js'
import { ExpressionParser } from './expressions.js'
import { TokenStream } from './token-stream.js'

const reserved = new Set([
  'true',
  'True',
  'false',
  'False',
  'none',
  'None',
  'and',
  'or',
  'not',
  'in',
  'is',
  'if',
  'else',
])
const refused = new Map([
  ...['include', 'import', 'from', 'extends', 'block'].map(
    (tag) => [tag, `\`${tag}\` needs a loader of other templates, and there is none here.`] as const,
  ),
  [
    'autoescape',
    '`autoescape` is for HTML; text is never escaped here. Use the filter `escape` where it is needed.',
  ] as const,
])

export interface ParserOptions {
  readonly tags: ReadonlyMap<string, BlockTag>
  readonly macroVariable: (name: string) => string
}

/** Parses a whole template. @throws JINJA_SYNTAX */
export function parseTemplate(
  template: TemplateSource,
  tokens: readonly Token[],
  options: ParserOptions,
): { readonly statements: readonly Statement[]; readonly used: UsedNames } {
  const stream = new TokenStream(template, tokens)
  const parser = new StatementParser(stream, options)
  return { statements: parser.template(), used: parser.used }
}

class StatementParser {
  readonly #tokens: TokenStream
  readonly #expressions: ExpressionParser
  readonly #tags: ReadonlyMap<string, BlockTag>
  readonly #macroVariable: (name: string) => string
  readonly #open: { readonly tag: string; readonly token: Token }[] = []
  #loops = 0

  constructor(tokens: TokenStream, { tags, macroVariable }: ParserOptions) {
    this.#tokens = tokens
    this.#tags = tags
    this.#macroVariable = macroVariable
    this.#expressions = new ExpressionParser(tokens)
  }

  get used(): UsedNames {
    return this.#expressions.used
  }

  template(): Statement[] {
    const statements = this.#until([])
    if (this.#tokens.current.type !== 'eof') throw this.#tokens.unexpected('the end of the template')
    return statements
  }

  /** Statements up to a tag with one of these names; the tag's name is the current token then. */
  #until(ends: readonly string[]): Statement[] {
    const statements: Statement[] = []
    for (;;) {
      const token = this.#tokens.current
      if (token.type === 'eof') {
        const opened = this.#open.at(-1)
        if (opened)
          throw this.#tokens.error(
            `The tag \`${opened.tag}\` is never closed.`,
            opened.token,
            `Add {% end${opened.tag} %}.`,
          )
        return statements
      }
      if (token.type === 'data') statements.push({ type: 'data', text: this.#tokens.next().value, line: token.line })
      else if (token.type === 'variable_begin') statements.push(this.#output())
      else {
        const name = this.#tokens.peek()
        if (name.type === 'name' && ends.includes(name.value)) {
          this.#tokens.next()
          return statements
        }
        this.#tokens.next()
        const statement = this.#tokens.nested(() => this.#tag())
        if (statement) statements.push(statement)
      }
    }
  }

  #output(): Statement {
    const { line } = this.#tokens.next()
    const value = this.#expressions.parse({ allowTuple: true })
    if (this.#tokens.current.type !== 'variable_end') throw this.#tokens.unexpected('the end of the expression')
    this.#tokens.next()
    return { type: 'output', value, line }
  }

  #tag(): Statement | null {
    const token = this.#tokens.expectName('the name of a tag')
    switch (token.value) {
      case 'set':
        return this.#set(token)
      case 'if':
        return this.#if(token)
      case 'for':
        return this.#for(token)
      case 'macro':
        return this.#macro(token)
      case 'call':
        return this.#call(token)
      case 'filter':
        return this.#filter(token)
      case 'do': {
        const value = this.#expressions.parse({ allowTuple: true })
        this.#tokens.expectBlockEnd('do')
        return { type: 'do', value, line: token.line }
      }
      case 'with':
        return this.#with(token)
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw this.#tokens.error(`\`${token.value}\` stands outside of any loop.`, token)
        this.#tokens.expectBlockEnd(token.value)
        return { type: token.value, line: token.line }
    }
    const tag = this.#tags.get(token.value)
    if (tag) return this.#custom(tag, token)
    throw this.#unknownTag(token)
  }

  #unknownTag(token: Token): Error {
    const why = refused.get(token.value)
    if (why !== undefined) return this.#tokens.error(why, token)
    const opened = this.#open.at(-1)
    const hint = opened ? `The innermost open tag is \`${opened.tag}\`, in line ${opened.token.line}.` : undefined
    return this.#tokens.error(`There is no tag \`${token.value}\` here.`, token, hint)
  }

  /** Ends the opening tag, reads up to `end<tag>` and ends that too. */
  #body(token: Token): Statement[] {
    this.#tokens.expectBlockEnd(token.value)
    this.#open.push({ tag: token.value, token })
    const body = this.#until([`end${token.value}`])
    this.#open.pop()
    this.#tokens.next()
    this.#tokens.expectBlockEnd(`end${token.value}`)
    return body
  }

  #custom(tag: BlockTag, token: Token): Statement | null {
    return tag.parse(
      {
        tokens: this.#tokens,
        expressions: this.#expressions,
        parameters: () => this.#parameters(),
        body: () => this.#outsideLoops(() => this.#body(token)),
      },
      token.line,
    )
  }

  #outsideLoops<T>(rule: () => T): T {
    const loops = this.#loops
    this.#loops = 0
    const result = rule()
    this.#loops = loops
    return result
  }

  #set(token: Token): Statement {
    const target = this.#target(true)
    if (this.#tokens.takeOperator('=')) {
      const value = this.#expressions.parse({ allowTuple: true })
      this.#tokens.expectBlockEnd('set')
      return { type: 'set', target, value, line: token.line }
    }
    const filter = this.#tokens.isOperator('|') ? this.#expressions.filterChain(bodyInput) : null
    return { type: 'set_block', target, filter, body: this.#body(token), line: token.line }
  }

  /** `a`, `ns.a`, `a, b`, `(a, (b, c))` */
  #target(allowNamespace: boolean): Target {
    const { line } = this.#tokens.current
    const items = [this.#targetItem(allowNamespace)]
    let isTuple = false
    while (this.#tokens.takeOperator(',')) {
      isTuple = true
      if (this.#tokens.isOperator('=') || this.#tokens.isName('in') || this.#tokens.isOperator(')')) break
      items.push(this.#targetItem(allowNamespace))
    }
    return isTuple ? { type: 'tuple', items, line } : (items[0] as Target)
  }

  #targetItem(allowNamespace: boolean): Target {
    if (this.#tokens.takeOperator('(')) {
      const target = this.#tokens.nested(() => this.#target(allowNamespace))
      this.#tokens.expectOperator(')', 'to close the names')
      return target
    }
    const token = this.#tokens.expectName('a name to assign to')
    if (reserved.has(token.value)) throw this.#tokens.error(`\`${token.value}\` cannot be assigned to.`, token)
    if (allowNamespace && this.#tokens.takeOperator('.')) {
      const attribute = this.#tokens.expectName('the attribute to assign to').value
      return { type: 'namespace', name: token.value, attribute, line: token.line }
    }
    return { type: 'name', name: token.value, line: token.line }
  }

  #if(token: Token): Statement {
    this.#open.push({ tag: 'if', token })
    const branches: { test: Expression; body: Statement[] }[] = []
    let otherwise: Statement[] = []
    for (;;) {
      const test = this.#expressions.parse({ allowTuple: true, allowCondition: true })
      this.#tokens.expectBlockEnd('if')
      branches.push({ test, body: this.#until(['elif', 'else', 'endif']) })
      const end = this.#tokens.next().value
      if (end === 'elif') continue
      if (end === 'else') {
        this.#tokens.expectBlockEnd('else')
        otherwise = this.#until(['endif'])
        this.#tokens.next()
      }
      this.#tokens.expectBlockEnd('endif')
      break
    }
    this.#open.pop()
    return { type: 'if', branches, otherwise, line: token.line }
  }

  #for(token: Token): Statement {
    const first = this.#tokens.current
    const target = this.#target(false)
    const names = new Set<string>()
    collectTarget(target, names)
    if (names.has('loop')) throw this.#tokens.error('`loop` is the loop itself and cannot be its variable.', first)
    if (!this.#tokens.takeName('in')) throw this.#tokens.unexpected('`in`')
    const iterable = this.#expressions.parse({ allowTuple: true, allowCondition: false })
    const filter = this.#tokens.takeName('if') ? this.#expressions.parse() : null
    const isRecursive = this.#tokens.takeName('recursive')
    this.#tokens.expectBlockEnd('for')
    this.#open.push({ tag: 'for', token })
    this.#loops++
    const { loopReads } = this.#expressions
    const body = this.#until(['endfor', 'else'])
    const usesLoop = this.#expressions.loopReads > loopReads
    this.#loops--
    let otherwise: Statement[] = []
    if (this.#tokens.next().value === 'else') {
      this.#tokens.expectBlockEnd('else')
      otherwise = this.#until(['endfor'])
      this.#tokens.next()
    }
    this.#open.pop()
    this.#tokens.expectBlockEnd('endfor')
    return { type: 'for', target, iterable, filter, isRecursive, usesLoop, body, otherwise, line: token.line }
  }

  #macro(token: Token): MacroNode {
    const named = this.#tokens.expectName('the name of the macro')
    const name = named.value
    if (reserved.has(name)) throw this.#tokens.error(`A macro cannot be named \`${name}\`.`, named)
    const parameters = this.#parameters()
    const body = this.#outsideLoops(() => this.#body(token))
    return { type: 'macro', name, variable: this.#macroVariable(name), parameters, body, line: token.line }
  }

  /** Types (`x: Dict[str, int]`) are read and passed over: they are for people and for dbt's own checks. */
  #parameters(): MacroNode['parameters'] {
    this.#tokens.expectOperator('(', 'before the parameters')
    const parameters: { name: string; fallback: Expression | null }[] = []
    while (!this.#tokens.isOperator(')')) {
      const name = this.#tokens.expectName('the name of a parameter')
      if (parameters.some((parameter) => parameter.name === name.value))
        throw this.#tokens.error(`The parameter \`${name.value}\` stands there twice.`, name)
      if (this.#tokens.takeOperator(':')) this.#typeAnnotation()
      const fallback = this.#tokens.takeOperator('=') ? this.#expressions.parse() : null
      if (fallback === null && name.value === 'caller')
        throw this.#tokens.error(
          'The parameter `caller` needs a default: without {% call %} there is no caller.',
          name,
          'Write `caller=none`, or leave it out: caller() is there without it.',
        )
      if (fallback === null && parameters.some((parameter) => parameter.fallback !== null))
        throw this.#tokens.error(`The parameter \`${name.value}\` needs a default, since one before it has one.`, name)
      parameters.push({ name: name.value, fallback })
      if (!this.#tokens.takeOperator(',')) break
    }
    this.#tokens.expectOperator(')', 'to close the parameters')
    return parameters
  }

  #typeAnnotation(): void {
    this.#tokens.expectName('a type')
    while (this.#tokens.takeOperator('.')) this.#tokens.expectName('a type')
    if (this.#tokens.takeOperator('[')) {
      do this.#tokens.nested(() => this.#typeAnnotation())
      while (this.#tokens.takeOperator(','))
      this.#tokens.expectOperator(']', 'to close the type')
    }
    if (this.#tokens.takeOperator('|')) this.#typeAnnotation()
  }

  #call(token: Token): Statement {
    const parameters = this.#tokens.isOperator('(') ? this.#parameters() : []
    const call = this.#expressions.parse()
    if (call.type !== 'call') throw this.#tokens.error('`call` needs a call, such as {% call my_macro() %}.', token)
    return { type: 'call_block', call, parameters, body: this.#outsideLoops(() => this.#body(token)), line: token.line }
  }

  #filter(token: Token): Statement {
    const filter = this.#expressions.filterChain(bodyInput, false)
    return { type: 'filter_block', filter, body: this.#body(token), line: token.line }
  }

  #with(token: Token): Statement {
    const assignments: { target: Target; value: Expression }[] = []
    while (this.#tokens.current.type !== 'block_end') {
      if (assignments.length > 0) this.#tokens.expectOperator(',', 'between the assignments')
      const target = this.#targetItem(false)
      this.#tokens.expectOperator('=', 'after the name')
      assignments.push({ target, value: this.#expressions.parse() })
    }
    return { type: 'with', assignments, body: this.#body(token), line: token.line }
  }
}
