import { randomUUID } from 'node:crypto'
import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import { plainDialect } from '../../loading/merge/merge-dialect.js'
import { planMerge } from '../../loading/merge/merge-plan.js'
import { hasNullKeys, mergeStatements } from '../../loading/merge/merge-statements.js'
import { replacedRows, truncatedRows } from '../../loading/merge/replaced-rows.js'
import { touchedBy } from '../../loading/merge/touched-partitions.js'
import { finalRelation, type LoadRequest } from '../../loading/request/load-request.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import { type ColumnPlan, metaColumns, planColumns, schemaChanges } from '../../loading/rows/table-shape.js'
import { dropDeleted } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import { copyStaged } from './copy-staged.js'
import { postgresTable } from './growing-table.js'
import { canGo, createTable, hasDependents, relationKind, takePlace } from './replace-table.js'

interface Connections {
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
}

/** Brings the staged rows into the final table; part of the transaction that writes the state. */
export async function publish(
  connections: Connections,
  request: LoadRequest,
  staging: StagingTable,
): Promise<Published> {
  if (!request.replacesTable) return append(connections, request, staging)
  const kind = await relationKind(connections.tables, request)
  // Views that read the table would go with it, and their owner with them.
  if (kind === 'r' && (await hasDependents(connections.tables, request))) return refill(connections, request, staging)
  return swap(connections, request, staging, kind)
}

/** Fills a new table and puts it in the place of the old one: a reader sees the old or the new, never half of it. */
async function swap(
  connections: Connections,
  request: LoadRequest,
  staging: StagingTable,
  kind: string | undefined,
): Promise<Published> {
  const { tables } = connections
  const { table } = request
  const { columns = [], rows } = staging
  const relation = await createTable(tables, request, [...columns, ...metaColumns])
  const plan = planColumns([], columns)
  await copyStaged(connections.staging, tables, { ...copyOptions(request, staging, plan), target: relation })
  if (!(await canGo(tables, request, kind))) {
    await tables.query(`drop table ${relation}`)
    return refill(connections, request, staging)
  }
  await takePlace(tables, request, { relation, columns, kind })
  return { rows, changes: schemaChanges(table, planColumns(table, columns)) }
}

/** The same where something reads the table: it stays, and takes other rows. */
async function refill(connections: Connections, request: LoadRequest, staging: StagingTable): Promise<Published> {
  const { tables } = connections
  const relation = finalRelation(request)
  const plan = await growStreamTable(connections.staging, request, staging, postgresTable(tables, relation))
  // Not truncate: who reads meanwhile would find the table empty.
  await tables.query(`delete from ${relation}`)
  await copyStaged(connections.staging, tables, { ...copyOptions(request, staging, plan), target: relation })
  return { rows: staging.rows, changes: schemaChanges(request.table, plan) }
}

const copyOptions = (request: LoadRequest, staging: StagingTable, plan: readonly ColumnPlan[]) => ({
  source: stagedRows(request, staging),
  plan,
  syncId: request.previous.syncId + 1,
  signal: request.signal,
})

async function append(connections: Connections, request: LoadRequest, staging: StagingTable): Promise<Published> {
  const { tables } = connections
  const { table } = request
  const relation = finalRelation(request)
  const final = postgresTable(tables, relation)
  await restoreMetaColumns(final, table)
  const plan = await growStreamTable(connections.staging, request, staging, final)
  const leaving = [
    ...truncatedRows(plainDialect, request, relation),
    ...replacedRows(plainDialect, request, plan, relation),
  ]
  for (const sql of leaving) await tables.query(sql)
  const incoming = quoteIdentifier(`_airbyte_in_${randomUUID().slice(0, 8)}`)
  await tables.query(`create temporary table ${incoming} (like ${relation}) on commit drop`)
  await copyStaged(connections.staging, tables, { ...copyOptions(request, staging, plan), target: incoming })
  const merge = planMerge(request, plan)
  const { leaveOut, replace } = mergeStatements(plainDialect, merge, {
    existing: relation,
    staged: incoming,
    hasNullKeys: await hasNullKeys(connections.staging, merge, stagedRows(request, staging)),
  })
  let leftOut = 0
  for (const sql of leaveOut) leftOut += (await tables.query(sql)).rowsAffected ?? 0
  for (const sql of replace) await tables.query(sql)
  const columns = plan.map(({ column }) => column)
  // Not before: their keys had to find what they delete.
  await dropDeleted(tables, request, incoming, columns)
  const names = [...columns, ...metaColumns].map(({ name }) => quoteIdentifier(name)).join(', ')
  await tables.query(`insert into ${relation} (${names}) select ${names} from ${incoming}`)
  const touched = await touchedBy(tables, request, incoming, columns)
  return { rows: staging.rows - leftOut, changes: schemaChanges(table, plan), touched }
}
