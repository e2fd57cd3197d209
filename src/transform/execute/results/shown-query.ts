import type { MillraceError } from '../../../base/index.js'
import { leadingKeyword, withoutComments, withoutLastSemicolon } from '../../../sql/index.js'
import { transformErrors } from '../../errors.js'

/** SQL of the command line, where a `;` at the end is a habit. @throws TRANSFORM_COMMAND */
export function inlineQuery(compiled: string): string {
  const sql = withoutLastSemicolon(compiled)
  if (withoutComments(sql) !== '') return sql
  throw transformErrors.create('TRANSFORM_COMMAND', {
    message: 'There is no SQL in what --inline says.',
    hint: "Write a query: --inline 'select 1 as x'.",
  })
}

const queries = new Set(['select', 'with', 'from', 'values', 'table'])

/** Whether `limit` may stand behind the SQL. Of what `describe`, `pragma` and their like answer, the first rows are kept. */
export const takesLimit = (sql: string): boolean => queries.has(leadingKeyword(sql))

/** The database complains of a word that nobody wrote: `show` put it there. */
export function withHintOfLimit(error: MillraceError, limit: number | null): MillraceError {
  if (limit === null || error.code !== 'WAREHOUSE_SQL' || !/at or near "limit"/i.test(error.message)) return error
  return Object.assign(error, {
    hint: `\`show\` puts \`limit ${limit}\` behind the SQL. Where it has a limit of its own, remove that or give --limit -1.`,
  })
}
