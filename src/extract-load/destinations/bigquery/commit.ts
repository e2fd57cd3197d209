import { setTimeout as sleep } from 'node:timers/promises'
import { Semaphore } from '../../../base/index.js'
import type { Cell } from '../../../warehouse/index.js'
import { type DeferredStatement, type LoadDialect, UnchangedRow } from '../loaded-warehouse/index.js'

const unchanged = 'millrace: a row that was to be changed is another one now'

/**
 * All transactions write the states into one table, and BigQuery ends all but one of those that change a table at the same time, when they
 * have done their work. Those of this process wait for each other; who meets one of another process begins again.
 */
const turn = new Semaphore(1)
const attempts = 8
const pauseMs = 500

/**
 * All statements as one script, which is a transaction: without a session none could span several jobs. What raises an error rolls it back.
 * https://cloud.google.com/bigquery/docs/transactions
 */
export const commitAsScript: LoadDialect['commit'] = (connection, statements, signal) =>
  turn.run(async () => {
    // The states are parameters: a text may have one megabyte.
    const { sql, params } = script(statements)
    for (let attempt = 1; ; attempt++)
      try {
        await connection.query(sql, { params, signal })
        return
      } catch (error) {
        if (String((error as Error).message).includes(unchanged)) throw new UnchangedRow(unchanged)
        if ((error as { code?: unknown }).code !== 'WAREHOUSE_CONFLICT' || attempt === attempts) throw error
        await sleep(pauseMs * attempt * (0.5 + Math.random()), undefined, { signal }).catch(() => {})
      }
  }, signal)

function script(statements: readonly DeferredStatement[]): { readonly sql: string; readonly params: readonly Cell[] } {
  const steps = statements.flatMap(({ sql, params = [], mustChange, holds }) => [
    ...(mustChange && holds
      ? [{ sql: `select if(${holds.sql}, 0, error('${unchanged}'))`, params: holds.params }]
      : []),
    { sql: withCondition(sql), params },
  ])
  return {
    sql: ['begin transaction', ...steps.map(({ sql }) => sql), 'commit transaction', ''].join(';\n'),
    params: steps.flatMap(({ params }) => params),
  }
}

/** BigQuery wants a condition, also where all rows go. */
const withCondition = (sql: string) => (/^delete from \S+$/.test(sql) ? `${sql} where true` : sql)
