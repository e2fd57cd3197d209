import type { Expression } from '../ast.js'
import { tokenize } from '../lexer/tokenize.js'
import { ExpressionParser } from '../parser/expressions.js'
import { TokenStream } from '../parser/token-stream.js'
import { negate } from './operators.js'
import { float, PyDict, PyTuple } from './values.js'

const notLiteral = Symbol('not a literal')

/**
 * Python's `ast.literal_eval`: the value when the text is a Python literal, else undefined. `true` and `05` are none;
 * `True`, `1_000`, `(1, 2)` and `{'a': 1}` are.
 */
export function literalEval(text: string): unknown {
  const source = text.trim()
  if (source === '') return undefined
  try {
    const template = { name: 'literal', source: `{{ ${source} }}` }
    const tokens = tokenize(template, { trimBlocks: false, lstripBlocks: false, keepTrailingNewline: true })
    if (tokens.at(-2)?.type !== 'variable_end' || tokens[0]?.type !== 'variable_begin') return undefined
    // Jinja's constants may be lower-case, Python's may not.
    if (tokens.some(({ type, value }) => type === 'name' && /^(?:true|false|none)$/.test(value))) return undefined
    const stream = new TokenStream(template, tokens.slice(1))
    const expression = new ExpressionParser(stream).parse({ allowTuple: true })
    if (stream.current.type !== 'variable_end' || stream.peek().type !== 'eof') return undefined
    const value = literalOf(expression)
    return value === notLiteral ? undefined : value
  } catch {
    return undefined
  }
}

function literalOf(node: Expression): unknown {
  switch (node.type) {
    case 'literal':
      return node.isFloat ? float(node.value as number) : node.value
    case 'unary': {
      const value = literalOf(node.operand)
      if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'object') return notLiteral
      return node.operator === '-' ? negate(value) : node.operator === '+' ? value : notLiteral
    }
    case 'list':
    case 'tuple': {
      const items = node.items.map(literalOf)
      if (items.includes(notLiteral)) return notLiteral
      return node.type === 'list' ? items : PyTuple.fromArray(items)
    }
    case 'dict': {
      const entries = node.entries.map(([key, value]) => [literalOf(key), literalOf(value)] as const)
      return entries.flat().includes(notLiteral) ? notLiteral : PyDict.from(entries)
    }
    default:
      return notLiteral
  }
}
