/**
 * Where each statement of a SQL text starts and ends: comments, strings, quoted identifiers and dollar quotes are
 * passed over, so that a semicolon inside them splits nothing.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let start = 0
  for (let i = 0; i < sql.length; ) {
    const end = skipOpaque(sql, i)
    if (end > i) {
      i = end
      continue
    }
    if (sql[i] === ';') {
      statements.push(sql.slice(start, i))
      start = i + 1
    }
    i++
  }
  statements.push(sql.slice(start))
  return statements.map((statement) => statement.trim()).filter((statement) => withoutComments(statement) !== '')
}

/** The first word of a statement in lower case, comments and opening parentheses passed over; '' when there is none. */
export function leadingKeyword(statement: string): string {
  return /^[\s(]*([a-z_]+)/i.exec(withoutComments(statement))?.[1]?.toLowerCase() ?? ''
}

/** The statement without comments, trimmed; what is inside quotes stays. */
export function withoutComments(sql: string): string {
  let out = ''
  for (let i = 0; i < sql.length; ) {
    const end = skipOpaque(sql, i)
    if (end > i) {
      out += isCommentAt(sql, i) ? ' ' : sql.slice(i, end)
      i = end
    } else out += sql[i++]
  }
  return out.trim()
}

const isCommentAt = (sql: string, i: number) => sql.startsWith('--', i) || sql.startsWith('/*', i)

/** The index behind the comment, string or quoted identifier that starts at `i`; `i` when none starts there. */
function skipOpaque(sql: string, i: number): number {
  if (sql.startsWith('--', i)) return indexBehind(sql, '\n', i + 2)
  if (sql.startsWith('/*', i)) return endOfBlockComment(sql, i)
  const char = sql[i]
  if (char === "'" || char === '"' || char === '`') return endOfQuoted(sql, i, char)
  if (char === '$') {
    const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(sql.slice(i, i + 70))?.[0]
    if (tag !== undefined) return indexBehind(sql, tag, i + tag.length)
  }
  return i
}

function indexBehind(sql: string, text: string, from: number): number {
  const at = sql.indexOf(text, from)
  return at < 0 ? sql.length : at + text.length
}

/** Block comments nest, as in PostgreSQL and DuckDB. */
function endOfBlockComment(sql: string, from: number): number {
  let depth = 0
  for (let i = from; i < sql.length; ) {
    if (sql.startsWith('/*', i)) {
      depth++
      i += 2
    } else if (sql.startsWith('*/', i)) {
      depth--
      i += 2
      if (depth === 0) return i
    } else i++
  }
  return sql.length
}

/** A doubled quote stands for itself. */
function endOfQuoted(sql: string, from: number, quote: string): number {
  for (let i = from + 1; i < sql.length; i++) {
    if (sql[i] !== quote) continue
    if (sql[i + 1] === quote) i++
    else return i + 1
  }
  return sql.length
}
