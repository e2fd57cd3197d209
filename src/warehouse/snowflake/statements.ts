/**
 * The statements of a text, as Snowflake reads it: backslashes escape in texts, `//` begins a comment too, and only `$$` is a dollar quote.
 * https://docs.snowflake.com/en/sql-reference/data-types-text#string-constants
 */
export function snowflakeStatements(sql: string): string[] {
  const statements: string[] = []
  let start = 0
  let isEmpty = true
  const end = (at: number) => {
    if (!isEmpty) statements.push(sql.slice(start, at).trim())
    start = at + 1
    isEmpty = true
  }
  for (let i = 0; i < sql.length; ) {
    const comment = behindComment(sql, i)
    if (comment > i) {
      i = comment
      continue
    }
    if (sql[i] === ';') end(i)
    else if (!/\s/.test(sql[i] as string)) isEmpty = false
    i = Math.max(behindQuoted(sql, i), i + 1)
  }
  end(sql.length)
  return statements
}

/** Where the `?` are that stand for values. */
export function placeholders(sql: string): number[] {
  const found: number[] = []
  for (let i = 0; i < sql.length; ) {
    if (sql[i] === '?') found.push(i)
    i = Math.max(behindComment(sql, i), behindQuoted(sql, i), i + 1)
  }
  return found
}

/** Whether there is a block of Snowflake Scripting, whose semicolons end no statement of the text. */
export const hasBlock = (sql: string): boolean =>
  /\b(?:begin|declare)\b/i.test(sql) && snowflakeStatements(sql).some((one) => beginsBlock(withoutLeadingComments(one)))

const beginsBlock = (statement: string): boolean =>
  /^declare\b/i.test(statement) ||
  (/^begin\b/i.test(statement) && !/^begin(?:\s+(?:transaction|work))?(?:\s+name\s+\S+)?\s*$/i.test(statement)) ||
  // A body that is not in quotes.
  /^create\b[^']{0,200}?\b(?:procedure|function|task|alert)\b[\s\S]*\b(?:begin|declare)\s+(?!transaction\b)/i.test(
    statement,
  )

/** The SQL alone: comments are a space, texts are empty, and names in double quotes keep their letters, digits and `$` only. */
export function bareText(sql: string): string {
  let bare = ''
  for (let i = 0; i < sql.length; ) {
    const comment = behindComment(sql, i)
    const quoted = behindQuoted(sql, i)
    if (comment > i) bare += ' '
    else if (quoted === i) bare += sql[i]
    else bare += sql[i] === '"' ? `"${sql.slice(i + 1, quoted - 1).replace(/[^\w$]/g, '_')}"` : "''"
    i = Math.max(comment, quoted, i + 1)
  }
  return bare
}

/** The statement without comments before it. */
export function withoutLeadingComments(sql: string): string {
  let i = 0
  for (;;) {
    while (i < sql.length && /\s/.test(sql[i] as string)) i++
    const end = behindComment(sql, i)
    if (end === i) return sql.slice(i)
    i = end
  }
}

function behindComment(sql: string, i: number): number {
  if (sql.startsWith('--', i) || sql.startsWith('//', i)) return behind(sql, '\n', i + 2)
  return sql.startsWith('/*', i) ? behind(sql, '*/', i + 2) : i
}

function behindQuoted(sql: string, i: number): number {
  const quote = sql[i]
  // Within a name `$$` is part of it: `a$$b`.
  if (sql.startsWith('$$', i) && !/[\w$]/.test(sql[i - 1] ?? '')) return behind(sql, '$$', i + 2)
  if (quote !== "'" && quote !== '"') return i
  for (let at = i + 1; at < sql.length; at++) {
    if (quote === "'" && sql[at] === '\\') at++
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1
      at++
    }
  }
  return sql.length
}

function behind(sql: string, text: string, from: number): number {
  const at = sql.indexOf(text, from)
  return at < 0 ? sql.length : at + text.length
}
