import { refusal, type TextPart, type Token, tokensOf } from './tokens.js'

/** An expression, as far as it is read. */
export type Expression =
  | { readonly type: 'value'; readonly value: string | number | boolean | null }
  | { readonly type: 'template'; readonly parts: readonly (string | Expression)[] }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'object'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  /** `var.password`, `airbyte_source_postgres.shop.source_id` */
  | { readonly type: 'reference'; readonly path: readonly (string | number)[]; readonly line: number }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly line: number }

/** `resource "airbyte_connection" "shop" { … }` */
export interface Block {
  readonly type: string
  readonly labels: readonly string[]
  readonly attributes: ReadonlyMap<string, Expression>
  readonly blocks: readonly Block[]
  readonly line: number
}

/**
 * The blocks of a file that `isWanted`; others are passed over, whatever they say.
 * @throws IMPORT_FILE_UNREADABLE with file and line for what is not read
 */
export function parseHcl(
  source: string,
  file: string,
  isWanted: (type: string, labels: readonly string[]) => boolean,
): Block[] {
  return new Parser(tokensOf(source, file), file).file(isWanted)
}

/** A text with `${…}` in it, as JSON has it. */
export function parseTemplate(text: string, file: string): Expression {
  if (!/[$%]\{/.test(text)) return { type: 'value', value: text }
  // What stands between the parts is escaped as a text of HCL has it; within them there is code.
  const source = text.replaceAll(/\$\{[^}]*\}|["\\\n\r\t]/g, (part) =>
    part.startsWith('${') ? part : JSON.stringify(part).slice(1, -1),
  )
  const [token] = tokensOf(`"${source}"`, file)
  return token?.type === 'text' ? new Parser([], file).template(token.parts) : { type: 'value', value: text }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #file: string
  #at = 0

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens
    this.#file = file
  }

  file(isWanted: (type: string, labels: readonly string[]) => boolean): Block[] {
    const blocks: Block[] = []
    while (this.#now.type !== 'end') {
      const { line } = this.#now
      const type = this.#name('the name of a block')
      const labels = this.#labels()
      this.#mark('{')
      if (isWanted(type, labels)) blocks.push({ type, labels, line, ...this.#body() })
      else this.#passOver()
    }
    return blocks
  }

  get #now(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', line: this.#tokens.at(-1)?.line ?? 1 }
  }

  #is(text: string): boolean {
    const token = this.#now
    return token.type === 'mark' && token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #mark(text: string): void {
    if (!this.#take(text)) throw this.#wrong(`${shown(this.#now)} where \`${text}\` was expected`)
  }

  #name(what: string): string {
    const token = this.#now
    if (token.type !== 'name') throw this.#wrong(`${shown(token)} where ${what} was expected`)
    this.#at++
    return token.text
  }

  #wrong(why: string) {
    return refusal(this.#file, this.#now.line, why)
  }

  #labels(): string[] {
    const labels: string[] = []
    for (;;) {
      const token = this.#now
      if (token.type === 'name') labels.push(token.text)
      else if (token.type === 'text') labels.push(token.parts.map((part) => ('text' in part ? part.text : '')).join(''))
      else return labels
      this.#at++
    }
  }

  /** To the end of a block. */
  #passOver(): void {
    for (let depth = 1; depth > 0; this.#at++) {
      if (this.#now.type === 'end') throw this.#wrong('a block without its end')
      if (this.#is('{')) depth++
      if (this.#is('}')) depth--
    }
  }

  #body(): Pick<Block, 'attributes' | 'blocks'> {
    const attributes = new Map<string, Expression>()
    const blocks: Block[] = []
    while (!this.#take('}')) {
      const { line } = this.#now
      const name = this.#name('a setting')
      if (this.#take('=')) attributes.set(name, this.#expression())
      else {
        const labels = this.#labels()
        this.#mark('{')
        blocks.push({ type: name, labels, line, ...this.#body() })
      }
    }
    return { attributes, blocks }
  }

  #expression(): Expression {
    const found = this.#operand()
    const next = this.#now
    // What would go on is worked out by Terraform, and not here.
    if (next.type === 'mark' && /^(\?|[=!<>]=|&&|\|\||[+\-*/%<>])$/.test(next.text))
      throw this.#wrong(`an expression with \`${next.text}\``)
    return found
  }

  #operand(): Expression {
    const token = this.#now
    this.#at++
    if (token.type === 'number') return { type: 'value', value: Number(token.text) }
    if (token.type === 'text') return this.template(token.parts)
    if (token.type === 'name') return this.#named(token.text, token.line)
    if (token.type === 'mark' && token.text === '[') return this.#list()
    if (token.type === 'mark' && token.text === '{') return this.#object()
    if (token.type === 'mark' && token.text === '(') {
      const inner = this.#expression()
      this.#mark(')')
      return inner
    }
    if (token.type === 'mark' && token.text === '-' && this.#now.type === 'number') {
      const number = this.#operand()
      return number.type === 'value' ? { type: 'value', value: -Number(number.value) } : number
    }
    this.#at--
    throw this.#wrong(`${shown(token)} where a value was expected`)
  }

  #named(name: string, line: number): Expression {
    if (name === 'true' || name === 'false') return { type: 'value', value: name === 'true' }
    if (name === 'null') return { type: 'value', value: null }
    if (this.#take('(')) {
      const args: Expression[] = []
      while (!this.#take(')')) {
        args.push(this.#expression())
        if (!this.#is(')')) this.#mark(',')
      }
      return { type: 'call', name, args, line }
    }
    const path: (string | number)[] = [name]
    for (;;)
      if (this.#take('.')) path.push(this.#now.type === 'number' ? this.#index() : this.#name('a name'))
      else if (this.#take('[')) {
        const token = this.#now
        if (token.type === 'number') path.push(this.#index())
        else if (token.type === 'text') path.push(...this.#labels())
        else throw this.#wrong(`${shown(token)} in brackets`)
        this.#mark(']')
      } else return { type: 'reference', path, line }
  }

  #index(): number {
    const token = this.#now
    this.#at++
    return token.type === 'number' ? Number(token.text) : 0
  }

  #list(): Expression {
    const items: Expression[] = []
    while (!this.#take(']')) {
      if (this.#now.type === 'name' && this.#now.text === 'for') throw this.#wrong('a `for` expression')
      items.push(this.#expression())
      if (!this.#is(']')) this.#mark(',')
    }
    return { type: 'list', items }
  }

  #object(): Expression {
    const entries: [Expression, Expression][] = []
    while (!this.#take('}')) {
      const token = this.#now
      if (token.type === 'name' && token.text === 'for') throw this.#wrong('a `for` expression')
      // A bare name is a key, and no reference.
      const key: Expression = token.type === 'name' ? { type: 'value', value: this.#name('a key') } : this.#operand()
      if (!this.#take('=')) this.#mark(':')
      entries.push([key, this.#expression()])
      this.#take(',')
    }
    return { type: 'object', entries }
  }

  template(parts: readonly TextPart[]): Expression {
    const found = parts
      .map((part) => ('text' in part ? part.text : new Parser(part.tokens, this.#file).#expression()))
      .filter((part) => part !== '')
    const [only] = found
    if (found.length === 1 && only !== undefined)
      return typeof only === 'string' ? { type: 'value', value: only } : only
    if (found.length === 0) return { type: 'value', value: '' }
    return { type: 'template', parts: found }
  }
}

function shown(token: Token): string {
  if (token.type === 'end') return 'the end of the file'
  return token.type === 'text' ? 'a text' : `\`${token.text}\``
}
