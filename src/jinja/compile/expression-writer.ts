import type { Arguments, Expression } from '../ast.js'
import { type CodeWriter, text } from './code-writer.js'

/** Writes expressions: each becomes one JavaScript expression. */
export class ExpressionWriter {
  readonly #code: CodeWriter
  /** The variable that a block filter reads (`{% filter %}`, `{% set x | upper %}`). */
  #input: string | undefined

  constructor(code: CodeWriter) {
    this.#code = code
  }

  /** A filter over what a block printed, which `buffer` holds. */
  filtered(filter: Expression, buffer: string): string {
    const outer = this.#input
    this.#input = buffer
    const code = this.value(filter)
    this.#input = outer
    return code
  }

  value(node: Expression): string {
    switch (node.type) {
      case 'literal':
        return literal(node)
      case 'name':
        if (node.name === '\0body') return this.#input as string
        return this.#code.read(node.name)
      case 'list':
        return `[${node.items.map((item) => this.value(item)).join(', ')}]`
      case 'tuple':
        return `R.tuple([${node.items.map((item) => this.value(item)).join(', ')}])`
      case 'dict':
        return `R.dict([${node.entries.map(([key, value]) => `[${this.value(key)}, ${this.value(value)}]`).join(', ')}])`
      case 'attribute':
        return `R.attribute(${this.value(node.object)}, ${text(node.name)})`
      case 'item':
        return `R.item(${this.value(node.object)}, ${this.value(node.key)})`
      case 'slice':
        return `R.slice(${[node.start, node.stop, node.step].map((bound) => (bound ? this.value(bound) : 'null')).join(', ')})`
      case 'call':
        return this.call(node)
      case 'filter':
        return this.#code.wait(`R.filter(${text(node.name)}, ${this.value(node.input)}, ${this.#arguments(node.args)})`)
      case 'test':
        return `${node.isNegated ? '!' : ''}R.test(${text(node.name)}, ${this.value(node.input)}, ${this.#arguments(node.args)})`
      case 'unary':
        if (node.operator === 'not') return `!R.truthy(${this.value(node.operand)})`
        return `R.${node.operator === '-' ? 'negate' : 'plus'}(${this.value(node.operand)})`
      case 'binary':
        return `R.binary(${text(node.operator)}, ${this.value(node.left)}, ${this.value(node.right)})`
      case 'concat':
        return `(${node.parts.map((part) => (isText(part) ? this.value(part) : `R.print(${this.value(part)})`)).join(' + ')})`
      case 'logic': {
        const left = this.#code.temporary()
        const [a, b] = [this.value(node.left), this.value(node.right)]
        return node.operator === 'and'
          ? `(R.truthy(${left} = ${a}) ? ${b} : ${left})`
          : `(R.truthy(${left} = ${a}) ? ${left} : ${b})`
      }
      case 'compare':
        return this.#compare(node)
      case 'condition':
        return `(R.truthy(${this.value(node.test)}) ? ${this.value(node.value)} : ${node.otherwise ? this.value(node.otherwise) : `R.noElse(${node.line})`})`
    }
  }

  #compare(node: Extract<Expression, { type: 'compare' }>): string {
    const [only] = node.rest
    if (node.rest.length === 1 && only)
      return `R.compare(${text(only.operator)}, ${this.value(node.first)}, ${this.value(only.operand)})`
    // a < b < c: b is evaluated once.
    let left = this.value(node.first)
    const parts = node.rest.map(({ operator, operand }) => {
      const right = this.#code.temporary()
      const part = `R.compare(${text(operator)}, ${left}, ${right} = ${this.value(operand)})`
      left = right
      return part
    })
    return `(${parts.join(' && ')})`
  }

  call(node: Extract<Expression, { type: 'call' }>, caller?: string): string {
    const args = this.#arguments(node.args, caller)
    const { callee } = node
    const line = node.line === this.#code.line ? '' : `ln = ${node.line}, `
    const code =
      callee.type === 'attribute'
        ? `R.callMethod(${this.value(callee.object)}, ${text(callee.name)}, ${args})`
        : `R.call(${this.value(callee)}, ${args}, ${text(callee.type === 'name' ? callee.name : '')})`
    return this.#code.wait(line ? `(${line}${code})` : code)
  }

  /** `positional array, Kwargs or null` */
  #arguments(args: Arguments, caller?: string): string {
    const positional = args.positional.map((value) => this.value(value))
    if (args.spread) positional.push(`...R.spread(${this.value(args.spread)})`)
    const named = args.named.map(({ name, value }) => `[${text(name)}, ${this.value(value)}]`)
    if (caller !== undefined) named.push(`["caller", ${caller}]`)
    let kwargs = named.length > 0 ? `R.kwargs([${named.join(', ')}])` : 'null'
    if (args.spreadNamed)
      kwargs = `R.spreadNamed(${kwargs === 'null' ? 'R.kwargs([])' : kwargs}, ${this.value(args.spreadNamed)})`
    return `[${positional.join(', ')}], ${kwargs}`
  }
}

const isText = (node: Expression) => node.type === 'literal' && typeof node.value === 'string'

function literal(node: Extract<Expression, { type: 'literal' }>): string {
  if (typeof node.value === 'string') return text(node.value)
  if (typeof node.value === 'bigint') return `${node.value}n`
  if (node.isFloat) return `R.float(${Number.isFinite(node.value) ? node.value : 'Infinity'})`
  return String(node.value)
}
