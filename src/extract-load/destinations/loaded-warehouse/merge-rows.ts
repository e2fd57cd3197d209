import type { MergeDialect } from '../../loading/merge/merge-dialect.js'
import { planMerge } from '../../loading/merge/merge-plan.js'
import { hasNullKeys, mergeStatements } from '../../loading/merge/merge-statements.js'
import { replacedRows, replacedWindow, truncatedRows } from '../../loading/merge/replaced-rows.js'
import { touchedBy } from '../../loading/merge/touched-partitions.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import type { RowSource } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, schemaChanges } from '../../loading/rows/table-shape.js'
import { deletedAt } from '../../loading/stage/drop-deleted.js'
import type { Published } from '../destination.js'
import type { DeferredWork } from './deferred-work.js'
import { inserted } from './insert-incoming.js'
import type { LoadConnections } from './load-connections.js'
import { type LoadDialect, mergeDialect } from './load-dialect.js'
import type { Incoming } from './load-staged.js'

interface MergedRows {
  /** The final table, as SQL has it. */
  readonly relation: string
  readonly plan: readonly ColumnPlan[]
  /** How many were staged, and how they are read there. */
  readonly rows: number
  readonly source: RowSource
  readonly incoming: Incoming
}

/** Has the transaction add incoming rows to their table; which of them are left out is found out before. */
export async function mergeRows(
  { staging, tables, dialect }: LoadConnections,
  request: LoadRequest,
  { relation, plan, rows, source, incoming }: MergedRows,
  deferred: DeferredWork,
): Promise<Published> {
  const words = mergeDialect(dialect)
  const leaving = [...truncatedRows(words, request, relation), ...replacedRows(words, request, plan, relation)]
  for (const sql of leaving) deferred.add({ sql })
  const merge = planMerge(request, plan)
  const { leaveOut, replace } = mergeStatements(words, merge, {
    existing: relation,
    staged: incoming.relation,
    hasNullKeys: await hasNullKeys(staging, merge, source),
    counts: staysBehind(words, request, plan),
  })
  let leftOut = 0
  for (const sql of leaveOut) leftOut += (await tables.query(sql)).rowsAffected ?? 0
  for (const sql of replace) deferred.add({ sql })
  deferred.add(inserted(dialect, relation, incoming, isKept(dialect, request, incoming)))
  const columns = plan.map(({ column }) => column)
  const touched = await touchedBy(tables, request, incoming.relation, columns, dialect)
  return { rows: rows - leftOut, changes: schemaChanges(request.table, plan), touched }
}

/** SQL: whether a row of the table does not leave it by the same transaction, in which it leaves before others come. */
function staysBehind(
  words: MergeDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
): ((row: string) => string) | undefined {
  const inWindow = replacedWindow(words, request, plan)
  return inWindow && ((row) => `not coalesce(${inWindow(`${row}.`)}, false)`)
}

/** SQL: whether an incoming row does more than say that its row is deleted, where the connection wants those gone. */
function isKept({ quote }: LoadDialect, { stream }: LoadRequest, { columns }: Incoming): string | undefined {
  return stream.dropsDeleted && columns.some(({ name }) => name === deletedAt)
    ? `${quote(deletedAt)} is null`
    : undefined
}
