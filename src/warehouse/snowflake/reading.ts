import { bareText, withoutLeadingComments } from './statements.js'

/**
 * Whether a statement only reads. Snowflake has no transaction that only reads, so the text decides: a query cannot write by itself, but
 * - `->>` puts any statement behind it, https://docs.snowflake.com/en/sql-reference/operators-flow
 * - `with … as procedure (…) … call` is a program, https://docs.snowflake.com/en/sql-reference/sql/call-with
 * - functions of `system$…` stop queries and pipes; `identifier(…)(…)` calls one whose name the text does not tell.
 *
 * It may still take numbers from a sequence. What a procedure in `table(…)` writes Snowflake refuses itself.
 */
export function isReading(statement: string): boolean {
  if (!/^\(*\s*(?:select|with|values|show|describe|desc|explain|table|list)\b/i.test(withoutLeadingComments(statement)))
    return false
  return !writing.test(bareText(statement))
}

const writing = /->>|\bas\s+procedure\s*\(|\bsystem\$\w+"?\s*\(|\bidentifier\s*\([^()]*\)\s*\(/i
