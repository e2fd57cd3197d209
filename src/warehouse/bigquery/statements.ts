import type { Cell, WrittenStatement } from '../contract.js'
import { type QueryParameter, toParameter } from './cells.js'

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

/** A script with names in the place of its positional parameters: all its statements share them. Equal values have one name. */
export function withNames(
  sql: string,
  params: readonly Cell[],
): { readonly sql: string; readonly parameters: readonly (QueryParameter & { readonly name: string })[] } {
  const named = new Map<string, QueryParameter & { readonly name: string }>()
  let next = 0
  const text = sql.replace(tokens, (token) => {
    if (token !== '?') return token
    const parameter = toParameter(params[next++] ?? null)
    const key = JSON.stringify(parameter)
    const known = named.get(key) ?? { name: `p${named.size + 1}`, ...parameter }
    named.set(key, known)
    return `@${known.name}`
  })
  return { sql: text, parameters: [...named.values()] }
}
