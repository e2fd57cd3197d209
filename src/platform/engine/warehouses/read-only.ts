import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean, newId, sizeText } from '../../../base/index.js'
import { leadingKeyword, splitStatements } from '../../../sql/index.js'
import {
  inReadOnlyTransaction,
  type QueryResult,
  queryReadOnly,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../../warehouse/index.js'
import type { EngineQuery } from '../../contract.js'
import { platformErrors } from '../../errors.js'

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

/** Words that are meant: nobody mistyped `drop` for `from`. */
const writeKeywords = new Set(
  'insert update delete merge create drop alter truncate copy attach detach set call grant revoke vacuum install load'.split(
    ' ',
  ),
)
const allowWriting = 'allow writing (`millrace query --write`, or the switch on the Query page)'

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
      if (query.isDryRun) return estimated(warehouse, connection, query)
      if (query.allowWrite) return connection.query(query.sql, options)
      const sql = singleRead(warehouse, query.sql)
      if (query.tablesOnly) await refuseFiles(warehouse, sql, query.signal)
      return queryReadOnly(connection, sql, options)
    },
    { signal: query.signal },
  )
  return { ...result, durationMs: performance.now() - started }
}

/** @throws QUERY_NO_ESTIMATE where the engine cannot tell */
async function estimated(
  warehouse: Warehouse,
  connection: WarehouseConnection,
  { sql, signal }: EngineQuery,
): Promise<QueryResult> {
  if (!connection.estimate)
    throw platformErrors.create('QUERY_NO_ESTIMATE', {
      message: `${warehouse.type} does not tell what a query would read before it runs.`,
      hint: 'Leave --dry-run out; `millrace query "explain …"` shows the plan.',
    })
  const { statement, bytesProcessed } = await connection.estimate(sql, { signal })
  return {
    columns: [
      { name: 'statement', type: 'STRING', kind: 'text' },
      { name: 'bytes_processed', type: 'INT64', kind: 'integer' },
      { name: 'size', type: 'STRING', kind: 'text' },
    ],
    rows: [[statement ?? null, bytesProcessed, sizeText(bytesProcessed)]],
    truncated: false,
  }
}

/** The rows of a query, piece by piece where the engine can. */
export async function* readRows(
  warehouse: Warehouse,
  sql: string,
  signal: AbortSignal | undefined,
): AsyncIterable<QueryResult> {
  const connection = await warehouse.connect({ signal })
  try {
    if (connection.stream) yield* connection.stream(sql, { signal })
    else yield await connection.query(sql, { signal })
  } finally {
    await connection.close()
  }
}

/**
 * Writes what a query answers into a new file of a folder: all rows, without one of them passing through this process.
 * @throws QUERY_NO_PARQUET where the warehouse cannot write such files
 */
export async function exportParquet(
  warehouse: Warehouse,
  query: Pick<EngineQuery, 'sql' | 'tablesOnly' | 'signal'>,
  folder: string,
): Promise<string> {
  if (!warehouse.capabilities.copiesToParquet)
    throw platformErrors.create('QUERY_NO_PARQUET', {
      message: `${warehouse.type} writes no Parquet files on this machine.`,
      hint: 'Download CSV instead.',
    })
  const sql = singleRead(warehouse, query.sql)
  if (query.tablesOnly) await refuseFiles(warehouse, sql, query.signal)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${newId()}.parquet`)
  const copy = `copy (\n${sql}\n) to ${warehouse.quoteLiteral(file)} (format parquet)`
  const { signal } = query
  try {
    await withConnection(
      warehouse,
      (connection) =>
        inReadOnlyTransaction(connection, async () => {
          // Only a whole query can be explained: text that closes the parenthesis of the copy by itself is none.
          await connection.query(`explain ${sql}`, { signal, isSingle: true })
          await connection.query(copy, { signal, isSingle: true })
        }),
      { signal },
    )
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
  return file
}

/** The warehouse's process can read more of its machine than people who may ask it should see. @throws QUERY_NOT_TABLES */
async function refuseFiles(warehouse: Warehouse, sql: string, signal: AbortSignal | undefined): Promise<void> {
  const found = await warehouse.foreignRead?.(sql, { signal })
  if (found === undefined) return
  throw platformErrors.create('QUERY_NOT_TABLES', {
    message: `This query reads ${found}, which is no table of the warehouse; that needs the role admin.`,
    hint: 'Ask for tables and views. What lies in files becomes a table by a connection, or by a model.',
  })
}

function singleRead(warehouse: Pick<Warehouse, 'statementsOf'>, sql: string): string {
  const statements =
    warehouse.statementsOf?.(sql) ?? splitStatements(sql).map((text) => ({ text, keyword: leadingKeyword(text) }))
  const [statement] = statements
  if (statement === undefined)
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: 'The query is empty.',
      hint: 'Give one statement, for example: select * from main.my_model limit 10',
    })
  if (statements.length > 1)
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: `A read-only query is one statement; this has ${statements.length}.`,
      hint: `Send them one by one, or ${allowWriting}.`,
    })
  const { text, keyword } = statement
  if (!readKeywords.has(keyword))
    throw platformErrors.create('QUERY_NOT_READ_ONLY', {
      message: `\`${keyword || text.slice(0, 20)}\` may write, and this query is read-only.`,
      hint: [
        writeKeywords.has(keyword) ? undefined : didYouMean(keyword, [...readKeywords]),
        `Start with select, with, from, describe, show, explain or summarize, or ${allowWriting}.`,
      ]
        .filter((part) => part)
        .join(' '),
    })
  return text
}
