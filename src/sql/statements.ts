/**
 * Where each statement of a SQL text starts and ends: comments, strings, quoted identifiers and dollar quotes are
 * passed over, so that a semicolon inside them splits nothing.
 */
export function splitStatements(sql: string, quoting?: SqlQuoting): string[] {
  const statements: string[] = []
  let start = 0
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i, quoting)
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

/** The text without the semicolons that end it, and what only comments on them. */
export function withoutLastSemicolon(sql: string): string {
  let end: number | undefined
  for (let i = 0; i < sql.length; ) {
    if (sql[i] === ';') end ??= i
    else if (!isCommentAt(sql, i) && !/\s/.test(sql[i] as string)) end = undefined
    i = Math.max(endOfOpaque(sql, i), i + 1)
  }
  return end === undefined ? sql : sql.slice(0, end)
}

/** The first word of a statement in lower case, comments and opening parentheses passed over; '' when there is none. */
export function leadingKeyword(statement: string): string {
  return /^[\s(]*([a-z_]+)/i.exec(withoutComments(statement))?.[1]?.toLowerCase() ?? ''
}

/** The statement without comments, trimmed; what is inside quotes stays. */
export function withoutComments(sql: string): string {
  let out = ''
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i)
    if (end > i) {
      out += isCommentAt(sql, i) ? ' ' : sql.slice(i, end)
      i = end
    } else out += sql[i++]
  }
  return out.trim()
}

/** How an engine writes texts. */
export interface SqlQuoting {
  /** A backslash escapes in every text, but not in `r'…'`; double quotes make texts too, and dollars quote nothing: Spark. */
  readonly hasBackslashes: boolean
}
const standardQuoting: SqlQuoting = { hasBackslashes: false }

const isCommentAt = (sql: string, i: number) => sql.startsWith('--', i) || sql.startsWith('/*', i)

const identifier = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y

/**
 * The index behind the comment, string, name or quoted identifier that starts at `i`; `i` when none starts there. Names are
 * passed over as a whole: the dollars in `a$$` quote nothing, and only a lone `e` makes a string with backslashes.
 */
export function endOfOpaque(sql: string, i: number, quoting: SqlQuoting = standardQuoting): number {
  if (sql.startsWith('--', i)) return indexBehind(sql, '\n', i + 2)
  if (sql.startsWith('/*', i)) return endOfBlockComment(sql, i)
  const char = sql[i]
  if (char === "'" || char === '"') return endOfQuoted(sql, i, char, quoting.hasBackslashes ? '\\' : undefined)
  if (char === '`') return endOfQuoted(sql, i, char)
  if (char === '$' && !quoting.hasBackslashes) {
    const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(sql.slice(i, i + 70))?.[0]
    return tag === undefined ? i : indexBehind(sql, tag, i + tag.length)
  }
  identifier.lastIndex = i
  const name = identifier.exec(sql)?.[0]
  if (name === undefined) return i
  const end = i + name.length
  if (quoting.hasBackslashes)
    return /^r$/i.test(name) && /['"]/.test(sql[end] ?? '') ? endOfQuoted(sql, end, sql[end] as string) : end
  return /^e$/i.test(name) && sql[end] === "'" ? endOfQuoted(sql, end, "'", '\\') : end
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

/** A doubled quote stands for itself, and so does one behind an escape sign where there is such. */
function endOfQuoted(sql: string, from: number, quote: string, escapeSign?: string): number {
  for (let i = from + 1; i < sql.length; i++) {
    if (sql[i] === escapeSign) i++
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1
      i++
    }
  }
  return sql.length
}
