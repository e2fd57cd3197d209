import type { MillraceError } from '../../../base/index.js'
import { leadingKeyword, withoutComments, withoutLastSemicolon } from '../../../sql/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'

type Engine = Pick<Warehouse, 'statementsOf'>

/** SQL of the command line, where a `;` at the end is a habit, by the quotes and comments of its engine. @throws TRANSFORM_COMMAND */
export function inlineQuery(compiled: string, engine: Engine = {}): string {
  const written = engine.statementsOf?.(compiled)
  if (written === undefined ? withoutComments(compiled).replace(/^[;\s]+/, '') === '' : written.length === 0)
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: 'There is no SQL in what --inline says.',
      hint: "Write a query: --inline 'select 1 as x'.",
    })
  if (written === undefined) return withoutLastSemicolon(compiled)
  const [only, ...others] = written
  return only && others.length === 0 ? only.text : compiled
}

const queries = new Set(['select', 'with', 'from', 'values', 'table'])

/** Whether `limit` may stand behind the SQL. Of what `describe`, `pragma` and their like answer, the first rows are kept. */
export const takesLimit = (sql: string, engine: Engine = {}): boolean =>
  queries.has(engine.statementsOf?.(sql)[0]?.keyword ?? leadingKeyword(sql))

/** The database complains of a word that nobody wrote: `show` put it there. */
export function withHintOfLimit(error: MillraceError, limit: number | null): MillraceError {
  if (limit === null || error.code !== 'WAREHOUSE_SQL' || !/at or near "limit"/i.test(error.message)) return error
  return Object.assign(error, {
    hint: `\`show\` puts \`limit ${limit}\` behind the SQL. Where it has a limit of its own, remove that or give --limit -1.`,
  })
}
