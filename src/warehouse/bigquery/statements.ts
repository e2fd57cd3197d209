import type { Cell, WrittenStatement } from '../contract.js'
import { bigQueryLiteral } from './literals.js'

/**
 * The statements of a text, as BigQuery's own lexer splits it: comments begin with `#` too, strings stand in either
 * quotes, one or three of them, with backslashes (unless `r` stands before), and only backticks quote names.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
 */
export function bigQueryStatements(sql: string): WrittenStatement[] {
  const statements: WrittenStatement[] = []
  let text = ''
  /** The first token that is no comment and no parenthesis. */
  let first: string | undefined
  let hasWords = false
  const end = () => {
    if (hasWords)
      statements.push({ text: text.trim(), keyword: /^\w+$/.test(first ?? '') ? String(first).toLowerCase() : '' })
    text = ''
    first = undefined
    hasWords = false
  }
  for (const [token] of sql.matchAll(tokens)) {
    if (token === ';') {
      end()
      continue
    }
    text += token
    if (/^(?:\s|--|#|\/\*)/.test(token)) continue
    hasWords = true
    if (token !== '(') first ??= token
  }
  end()
  return statements
}

export const statementCount = (sql: string): number => bigQueryStatements(sql).length

const tokens =
  /--[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\b(?:rb?|br)(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"[^"\n]*"?|'[^'\n]*'?)|"""(?:\\[\s\S]|[\s\S])*?(?:"""|$)|'''(?:\\[\s\S]|[\s\S])*?(?:'''|$)|"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?|`(?:\\[\s\S]|[^`\\])*`?|\w+|\s+|[\s\S]/gi

const leading = String.raw`^(?:\s+|--[^\n]*\n|#[^\n]*\n|/\*[\s\S]*?\*/)*`
const keeping = new RegExp(
  `${leading}(?:create\\s+(?:or\\s+replace\\s+)?temp(?:orary)?\\s+table\\b|set\\s+@@|begin\\s+transaction\\b)`,
  'i',
)

/** Whether a statement leaves something to those after it, for which they need a session. */
export const needsSession = (sql: string): boolean => keeping.test(sql) && statementCount(sql) === 1

/** A statement with its positional parameters written into it: of a script, whose statements share them, nobody would find out which is whose. */
export function withLiterals(sql: string, params: readonly Cell[]): string {
  let next = 0
  return sql.replace(tokens, (token) => (token === '?' ? bigQueryLiteral(params[next++] ?? null) : token))
}
