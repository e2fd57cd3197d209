import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import { type ColumnPlan, metaColumns, planColumns, schemaChanges } from '../../loading/rows/table-shape.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import type { DeferredWork } from './deferred-work.js'
import { loadedTable } from './growing-table.js'
import type { LoadConnections } from './load-connections.js'
import { createTable, relationOf } from './load-dialect.js'
import { loadStaged } from './load-staged.js'
import { mergeRows } from './merge-rows.js'
import { replaceRows } from './replace-rows.js'

/**
 * Brings the staged rows to the warehouse, and says what the transaction is to do with them. Whatever can be found out about them before is
 * found out here: the transaction only takes rows out and puts rows in.
 */
export async function publish(
  connections: LoadConnections,
  request: LoadRequest,
  staged: StagingTable,
  deferred: DeferredWork,
): Promise<Published> {
  const { staging, tables, dialect } = connections
  const { stream, table, replacesTable } = request
  const relation = relationOf(dialect, stream.schema, stream.table)
  const source = stagedRows(request, staged)
  const plan = await grown(connections, request, staged, relation)
  const incoming = await loadStaged(staging, tables, dialect, {
    source,
    plan,
    syncId: request.previous.syncId + 1,
    schema: stream.schema,
    signal: request.signal,
  })
  const failing = (what: string) => (error: Error) =>
    request.onWarning(`the rows are in ${stream.schema}.${stream.table}, but ${what}: ${error.message}`)
  deferred.cleanUp({
    run: () => incoming.drop(),
    onFailure: failing(`${incoming.relation}, by which they came, is there still, until it expires or is dropped`),
  })
  if (!replacesTable)
    return mergeRows(connections, request, { relation, plan, rows: staged.rows, source, incoming }, deferred)
  await replaceRows(connections, request, { relation, plan, incoming, failing }, deferred)
  return { rows: staged.rows, changes: schemaChanges(table, planColumns(table, source.columns)) }
}

/** The final table as the staged rows need it. */
async function grown(
  { staging, tables, dialect }: LoadConnections,
  request: LoadRequest,
  staged: StagingTable,
  relation: string,
): Promise<readonly ColumnPlan[]> {
  const { table } = request
  const source = stagedRows(request, staged)
  const { before, behind } = dialect.tableWords
  if (table.length === 0) {
    const columns = [...source.columns, ...metaColumns]
    await tables.query(createTable(dialect, `if not exists ${relation}`, columns, before, behind))
    return planColumns([], source.columns)
  }
  if (!request.replacesTable) {
    const own = loadedTable(tables, dialect, relation, table)
    await restoreMetaColumns(own, table)
    return growStreamTable(staging, request, staged, own)
  }
  // What is there leaves: a column takes whatever type comes, and what it has meanwhile need not be kept.
  return planColumns(table, source.columns).map((step): ColumnPlan => {
    const column = step.old ? { ...step.incoming, name: step.old.name } : step.column
    return { ...step, column, isUnrelated: false }
  })
}
