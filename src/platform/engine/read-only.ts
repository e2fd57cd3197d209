import { didYouMean } from '../../base/index.js'
import { leadingKeyword, splitStatements } from '../../sql/index.js'
import { type QueryResult, type Warehouse, withConnection } from '../../warehouse/index.js'
import type { EngineQuery } from '../contract.js'
import { platformErrors } from '../errors.js'

const readKeywords = new Set([
  'select',
  'with',
  'from',
  'values',
  'table',
  'describe',
  'desc',
  'show',
  'explain',
  'summarize',
  'pivot',
  'unpivot',
])

/**
 * Runs a query of a person. Unless writing is allowed, it must be one statement that reads, and it runs in a read-only
 * transaction, so that the engine itself refuses what the first look let through (`with … insert`).
 */
export async function runQuery(
  warehouse: Warehouse,
  query: EngineQuery,
): Promise<QueryResult & { durationMs: number }> {
  const started = performance.now()
  const options = { limit: query.limit, signal: query.signal }
  const result = await withConnection(
    warehouse,
    async (connection) => {
      if (query.allowWrite) return connection.query(query.sql, options)
      const sql = singleRead(query.sql)
      await connection.query('begin transaction read only')
      try {
        // A second statement that only the engine sees could end the transaction.
        return await connection.query(sql, { ...options, isSingle: true })
      } finally {
        await connection.rollback().catch(() => {})
      }
    },
    { signal: query.signal },
  )
  return { ...result, durationMs: performance.now() - started }
}

function singleRead(sql: string): string {
  const statements = splitStatements(sql)
  const [statement] = statements
  if (statement === undefined)
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: 'The query is empty.',
      hint: 'Give one statement, for example: select * from main.my_model limit 10',
    })
  if (statements.length > 1)
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: `A read-only query is one statement; this has ${statements.length}.`,
      hint: 'Send them one by one, or allow writing: `millrace query --write`.',
    })
  const keyword = leadingKeyword(statement)
  if (!readKeywords.has(keyword))
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: `\`${keyword || statement.slice(0, 20)}\` may write, and this query is read-only.`,
      hint: [
        didYouMean(keyword, [...readKeywords]),
        'Start with select, with, from, describe, show, explain or summarize, or allow writing: `millrace query --write`.',
      ]
        .filter((part) => part)
        .join(' '),
    })
  return statement
}
