import type { TokenStream } from './token-stream.js'

const afterNot = ['in', 'like', 'ilike', 'between', 'similar', 'glob', 'regexp', 'rlike']
const wordOperators = ['and', 'or', 'overlaps', 'escape', ...afterNot]
/** The first words of operators: most tokens are none of them, and need no second look. */
const suffixStarts = new Set(['isnull', 'notnull', 'not', 'collate', 'is'])
const operatorStarts = new Set(['is', 'at', 'similar', 'not', ...wordOperators])
const prefixes = new Set(['not', '-', '+', '~', '@', '!!', '|/', '||/'])
/** Signs that join no operands. */
const separators = new Set([',', ')', ']', '}', ';', ':', '(', '[', '{', '.', '=>', ':='])

export function takePrefix(tokens: TokenStream): boolean {
  const { kind, value } = tokens.peek()
  if (kind === 'quoted' || !prefixes.has(value)) return false
  tokens.next()
  return true
}

/** Operators that need nothing behind them. */
export function takeSuffix(tokens: TokenStream): boolean {
  if (!suffixStarts.has(tokens.peek().value)) return false
  if (tokens.take('isnull') || tokens.take('notnull') || tokens.take('not', 'null')) return true
  if (tokens.take('collate')) {
    do tokens.name()
    while (tokens.take('.'))
    return true
  }
  if (!tokens.is('is') || tokens.isAhead(1, 'distinct') || (tokens.isAhead(1, 'not') && tokens.isAhead(2, 'distinct')))
    return false
  tokens.next()
  tokens.take('not')
  if (!tokens.take('json') || tokens.is('value', 'array', 'object', 'scalar')) tokens.name()
  return true
}

/** An operator with an operand on both sides. */
export function takeBinaryOperator(tokens: TokenStream): boolean {
  const { kind, value } = tokens.peek()
  if (kind === 'operator') {
    if (separators.has(value)) return false
    tokens.next()
    return true
  }
  if (!operatorStarts.has(value)) return false
  if (tokens.take('is', 'not', 'distinct', 'from') || tokens.take('is', 'distinct', 'from')) return true
  if (tokens.take('at', 'time', 'zone') || tokens.take('similar', 'to') || tokens.take('not', 'similar', 'to'))
    return true
  if (tokens.is('not') && tokens.isAhead(1, ...afterNot)) tokens.next()
  else if (!tokens.is(...wordOperators)) return false
  tokens.next()
  tokens.take('symmetric')
  return true
}
