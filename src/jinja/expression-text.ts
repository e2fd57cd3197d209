import type { Arguments, Expression } from './ast.js'
import { repr } from './runtime/print.js'
import { float } from './runtime/values.js'

/** An expression as it could be written, with Python's names and quotes: `env_var('SCHEMA', None) ~ '_x'`. */
export function expressionText(node: Expression): string {
  switch (node.type) {
    case 'literal':
      return repr(node.isFloat ? float(Number(node.value)) : node.value)
    case 'name':
      return node.name
    case 'list':
      return `[${list(node.items)}]`
    case 'tuple':
      return node.items.length === 1 ? `(${list(node.items)},)` : `(${list(node.items)})`
    case 'dict':
      return `{${node.entries.map(([key, value]) => `${expressionText(key)}: ${expressionText(value)}`).join(', ')}}`
    case 'attribute':
      return `${operand(node.object)}.${node.name}`
    case 'item':
      return `${operand(node.object)}[${expressionText(node.key)}]`
    case 'slice':
      return `${bound(node.start)}:${bound(node.stop)}${node.step ? `:${bound(node.step)}` : ''}`
    case 'call':
      return `${operand(node.callee)}(${argumentsText(node.args)})`
    case 'filter':
      return `${operand(node.input)} | ${node.name}${callText(node.args)}`
    case 'test':
      return `${operand(node.input)} is ${node.isNegated ? 'not ' : ''}${node.name}${callText(node.args)}`
    case 'unary':
      return `${node.operator === 'not' ? 'not ' : node.operator}${operand(node.operand)}`
    case 'binary':
    case 'logic':
      return `${operand(node.left)} ${node.operator} ${operand(node.right)}`
    case 'concat':
      return node.parts.map(operand).join(' ~ ')
    case 'compare':
      return [operand(node.first), ...node.rest.map((one) => `${one.operator} ${operand(one.operand)}`)].join(' ')
    case 'condition': {
      const otherwise = node.otherwise ? ` else ${operand(node.otherwise)}` : ''
      return `${operand(node.value)} if ${operand(node.test)}${otherwise}`
    }
  }
}

/** What holds an operator itself, and would be read otherwise beside another one. */
const compound = new Set<Expression['type']>([
  'filter',
  'test',
  'unary',
  'binary',
  'logic',
  'concat',
  'compare',
  'condition',
])

const operand = (node: Expression) => (compound.has(node.type) ? `(${expressionText(node)})` : expressionText(node))
const list = (items: readonly Expression[]) => items.map(expressionText).join(', ')
const bound = (node: Expression | null) => (node ? expressionText(node) : '')
const callText = (args: Arguments) => (argumentsText(args) === '' ? '' : `(${argumentsText(args)})`)

const argumentsText = ({ positional, named, spread, spreadNamed }: Arguments): string =>
  [
    ...positional.map(expressionText),
    ...named.map(({ name, value }) => `${name}=${expressionText(value)}`),
    ...(spread ? [`*${expressionText(spread)}`] : []),
    ...(spreadNamed ? [`**${expressionText(spreadNamed)}`] : []),
  ].join(', ')
