import type { Cell } from '../../../warehouse/index.js'
import { type LoadDialect, type PutOff, UnchangedRow } from '../loaded-warehouse/index.js'

const unchanged = 'millrace: a row that was to be changed is another one now'

/**
 * All statements as one script, which is a transaction: without a session none could span several jobs. What raises an error rolls it back.
 * https://cloud.google.com/bigquery/docs/transactions
 */
export const commitAsScript: LoadDialect['commit'] = async (connection, statements, signal) => {
  const params: readonly Cell[] = statements.flatMap((statement) => statement.params ?? [])
  try {
    await connection.query(script(statements), { params, signal })
  } catch (error) {
    if (String((error as Error).message).includes(unchanged)) throw new UnchangedRow(unchanged)
    throw error
  }
}

function script(statements: readonly PutOff[]): string {
  const steps = statements.flatMap(({ sql, mustChange }) => [
    withCondition(sql),
    ...(mustChange ? [`if @@row_count = 0 then raise using message = '${unchanged}'; end if`] : []),
  ])
  return ['begin transaction', ...steps, 'commit transaction', ''].join(';\n')
}

/** BigQuery wants a condition, also where all rows go. */
const withCondition = (sql: string) => (/^delete from \S+$/.test(sql) ? `${sql} where true` : sql)
