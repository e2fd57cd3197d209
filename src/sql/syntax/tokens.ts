import { endOfOpaque } from '../statements.js'

export type TokenKind = 'name' | 'quoted' | 'string' | 'number' | 'operator' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  /** A name in lower case, a quoted name without its quotes, anything else as written. */
  readonly value: string
  readonly start: number
  readonly end: number
}

/** Operators of several signs, the longest first; every other sign stands alone. */
const operators = [
  ...['!~~*', '!~*', '!~~', '->>', '#>>', '<->', '<=>', '~~~', '~~*', '@@@'],
  ...['::', ':=', '=>', '->', '||', '<=', '>=', '<>', '!=', '==', '//', '**', '^@', '~~', '~*', '!~'],
  ...['@>', '<@', '&&', '#>', '?|', '?&', '<<', '>>', '@@', '@?', '#-'],
]
const spaces = /\s+/y
const number = /(?:0[xX][0-9a-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)/y
const parameter = /\$\d+/y

/** The tokens of a SQL text, comments left out; the last one is of kind `end`. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let i = 0
  const add = (kind: TokenKind, end: number, value?: string) => {
    const text = sql.slice(i, end)
    tokens.push({ kind, text, value: value ?? text, start: i, end })
    i = end
  }
  while (i < sql.length) {
    const afterSpace = matchAt(spaces, sql, i)
    if (afterSpace > i) {
      i = afterSpace
      continue
    }
    const char = sql[i] as string
    if (sql.startsWith('--', i) || sql.startsWith('/*', i)) i = endOfOpaque(sql, i)
    else if (char === '"' || char === '`') {
      const end = endOfOpaque(sql, i)
      add('quoted', end, sql.slice(i + 1, end - 1).replaceAll(char + char, char))
    } else if (/u/i.test(char) && sql.startsWith("&'", i + 1)) add('string', endOfOpaque(sql, i + 2))
    else if (/[\d.]/.test(char) && matchAt(number, sql, i) > i) add('number', matchAt(number, sql, i))
    else if (char === '$' && matchAt(parameter, sql, i) > i) add('number', matchAt(parameter, sql, i))
    else {
      const end = endOfOpaque(sql, i)
      if (end === i) add('operator', i + (operators.find((one) => sql.startsWith(one, i))?.length ?? 1))
      else if (/['$]/.test(char) || sql[end - 1] === "'") add('string', end)
      else add('name', end, sql.slice(i, end).toLowerCase())
    }
  }
  add('end', i)
  return tokens
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
