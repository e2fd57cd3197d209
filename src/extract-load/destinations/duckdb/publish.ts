import type { WarehouseConnection } from '../../../warehouse/index.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import { plainDialect } from '../../loading/merge/merge-dialect.js'
import { planMerge } from '../../loading/merge/merge-plan.js'
import { replacedRows, truncatedRows } from '../../loading/merge/replaced-rows.js'
import { touchedBy } from '../../loading/merge/touched-partitions.js'
import { finalRelation, type LoadRequest } from '../../loading/request/load-request.js'
import { duckDbTable, restoreMetaColumns } from '../../loading/rows/growing-table.js'
import { insertRows } from '../../loading/rows/insert-rows.js'
import { planColumns, schemaChanges } from '../../loading/rows/table-shape.js'
import { dropDeleted } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import { mergeStaged } from './merge-staged.js'

/** Brings the staged rows into the final table; part of the transaction that writes the state. */
export async function publish(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
): Promise<Published> {
  const { columns = [], rows } = staging
  if (!request.replacesTable) return append(connection, request, staging, rows)
  await swap(connection, request, staging)
  return { rows, changes: schemaChanges(request.table, planColumns(request.table, columns)) }
}

/** Puts the staged table in the place of the final one: a reader sees the old or the new, never half of it. */
async function swap(connection: WarehouseConnection, request: LoadRequest, staging: StagingTable): Promise<void> {
  const { warehouse, stream } = request
  const relations = await warehouse.listRelations({ schemas: [stream.schema] })
  const existing = relations.find((relation) => relation.identifier.toLowerCase() === stream.table.toLowerCase())
  if (existing) await connection.query(`drop ${existing.type} ${finalRelation(request)}`)
  await connection.query(`alter table ${staging.relation} rename to ${warehouse.quoteIdentifier(stream.table)}`)
}

async function append(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
  rows: number,
): Promise<Published> {
  const { table, previous, signal } = request
  const relation = finalRelation(request)
  const source = stagedRows(request, staging)
  const final = duckDbTable(connection, relation)
  await restoreMetaColumns(final, table)
  const plan = await growStreamTable(connection, request, staging, final)
  const leaving = [
    ...truncatedRows(plainDialect, request, relation),
    ...replacedRows(plainDialect, request, plan, relation),
  ]
  for (const sql of leaving) await connection.query(sql)
  const merge = planMerge(request, plan)
  // Rows that are only added, and were read again, were left out while they were staged.
  const leftOut =
    merge.type === 'upsert' ? await mergeStaged(connection, merge, { existing: relation, staged: staging.relation }) : 0
  // Not before: their keys had to find what they delete.
  await dropDeleted(connection, request, staging.relation, source.columns)
  await insertRows(connection, source, plan, { relation, syncId: previous.syncId + 1, query: { signal } })
  const touched = await touchedBy(connection, request, staging.relation, source.columns)
  return { rows: rows - leftOut, changes: schemaChanges(table, plan), touched }
}
