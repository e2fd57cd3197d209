import { randomUUID } from 'node:crypto'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import { cursorColumn } from '../../loading/request/column-cursor.js'
import { finalRelation, isMerged, keyNames, type LoadRequest } from '../../loading/request/load-request.js'
import { makeWay, touchedBy } from '../../loading/request/partition-filter.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import {
  type ColumnPlan,
  columnNamed,
  isOwn,
  knownColumns,
  metaColumns,
  planColumns,
  schemaChanges,
} from '../../loading/rows/table-shape.js'
import { clearTruncated, dropDeleted, orderingCursor } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import { copyStaged } from './copy-staged.js'
import { postgresTable } from './growing-table.js'
import { canGo, createTable, hasDependents, relationKind, takePlace } from './replace-table.js'

interface Ends {
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
}

/** Brings the staged rows into the final table; part of the transaction that writes the state. */
export async function publish(ends: Ends, request: LoadRequest, staging: StagingTable): Promise<Published> {
  if (!request.replacesTable) return append(ends, request, staging)
  const kind = await relationKind(ends.tables, request)
  // Views that read the table would go with it, and their owner with them.
  if (kind === 'r' && (await hasDependents(ends.tables, request))) return refill(ends, request, staging)
  return swap(ends, request, staging, kind)
}

/** Fills a new table and puts it in the place of the old one: a reader sees the old or the new, never half of it. */
async function swap(
  ends: Ends,
  request: LoadRequest,
  staging: StagingTable,
  kind: string | undefined,
): Promise<Published> {
  const { tables } = ends
  const { table } = request
  const { columns = [], rows } = staging
  const relation = await createTable(tables, request, [...columns, ...metaColumns])
  const plan = planColumns([], columns)
  await copyStaged(ends.staging, tables, { ...copyOptions(request, staging, plan), target: relation })
  if (!(await canGo(tables, request, kind))) {
    await tables.query(`drop table ${relation}`)
    return refill(ends, request, staging)
  }
  await takePlace(tables, request, { relation, columns, kind })
  return { rows, changes: schemaChanges(table, planColumns(table, columns)) }
}

/** The same where something reads the table: it stays, and takes other rows. */
async function refill(ends: Ends, request: LoadRequest, staging: StagingTable): Promise<Published> {
  const { tables } = ends
  const relation = finalRelation(request)
  const plan = await growStreamTable(ends.staging, request, staging, postgresTable(tables, relation))
  // Not truncate: who reads meanwhile would find the table empty.
  await tables.query(`delete from ${relation}`)
  await copyStaged(ends.staging, tables, { ...copyOptions(request, staging, plan), target: relation })
  return { rows: staging.rows, changes: schemaChanges(request.table, plan) }
}

const copyOptions = (request: LoadRequest, staging: StagingTable, plan: readonly ColumnPlan[]) => ({
  source: stagedRows(request, staging),
  plan,
  syncId: request.previous.syncId + 1,
  signal: request.signal,
})

async function append(ends: Ends, request: LoadRequest, staging: StagingTable): Promise<Published> {
  const { tables } = ends
  const { table } = request
  const relation = finalRelation(request)
  const held = postgresTable(tables, relation)
  await restoreMetaColumns(held, table)
  const plan = await growStreamTable(ends.staging, request, staging, held)
  await clearTruncated(tables, request, relation)
  await makeWay(tables, request, relation, plan)
  const incoming = quoteIdentifier(`_airbyte_in_${randomUUID().slice(0, 8)}`)
  await tables.query(`create temporary table ${incoming} (like ${relation}) on commit drop`)
  await copyStaged(ends.staging, tables, { ...copyOptions(request, staging, plan), target: incoming })
  const stale = isMerged(request)
    ? await merge(tables, request, plan, incoming)
    : await dropHeld(tables, request, plan, incoming)
  const columns = plan.map(({ column }) => column)
  // Not before: their keys had to find what they delete.
  await dropDeleted(tables, request, incoming, columns)
  const names = [...plan.map(({ column }) => column.name), ...metaColumns.map(({ name }) => name)]
    .map(quoteIdentifier)
    .join(', ')
  await tables.query(`insert into ${relation} (${names}) select ${names} from ${incoming}`)
  const touched = await touchedBy(tables, request, incoming, columns)
  return { rows: staging.rows - stale, changes: schemaChanges(table, plan), touched }
}

/** The table's own name of a column. */
const ownName = (plan: readonly ColumnPlan[], name: string) =>
  columnNamed(
    plan.map(({ column }) => column),
    name,
  )?.name

/**
 * Makes way for the incoming rows: those of their keys leave the table. An incoming row that is older than the table's, or the same
 * again, leaves the incoming ones instead. Answers how many those were.
 */
async function merge(
  tables: WarehouseConnection,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  incoming: string,
): Promise<number> {
  const relation = finalRelation(request)
  const keys = keyNames(request.stream)
    .map((key) => ownName(plan, key))
    .filter((key) => key !== undefined)
    .map(quoteIdentifier)
  const equal = keys.map((key) => `t.${key} = i.${key}`).join(' and ')
  // Only what is not NULL can be looked up; of the others there are few.
  const alike = keys.map((key) => `t.${key} is not distinct from i.${key}`).join(' and ')
  const hasNull = `(${keys.map((key) => `i.${key} is null`).join(' or ')})`
  const matches = [equal, `${hasNull} and ${alike}`]
  const cursor = ownName(
    plan,
    orderingCursor(
      plan.map(({ column }) => column),
      cursorColumn(request),
    ) ?? '',
  )
  let stale = 0
  if (cursor !== undefined) {
    const name = quoteIdentifier(cursor)
    const isOlder = `t.${name} > i.${name} or (i.${name} is null and t.${name} is not null)`
    for (const match of matches)
      stale += await count(
        tables,
        `delete from ${incoming} i using ${relation} t where ${match} and (${isOlder} or (${isSame(plan)}))`,
      )
  }
  for (const match of matches) await tables.query(`delete from ${relation} t using ${incoming} i where ${match}`)
  return stale
}

const isSame = (plan: readonly ColumnPlan[]) =>
  plan
    .filter(({ column }) => !isOwn(column.name))
    .map(
      ({ column: { name } }) =>
        `t.${quoteIdentifier(name)}::text is not distinct from i.${quoteIdentifier(name)}::text`,
    )
    .join(' and ') || 'false'

/** Of the rows with the cursor's last value, and of those without one, the table holds some already. Answers how many. */
async function dropHeld(
  tables: WarehouseConnection,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  incoming: string,
): Promise<number> {
  const { cursor } = request
  const column = cursor && ownName(plan, cursor.column)
  if (cursor?.from === undefined || column === undefined) return 0
  const name = quoteIdentifier(column)
  const at = (alias: string) => `(${alias}.${name} = ${quoteLiteral(cursor.from ?? '')} or ${alias}.${name} is null)`
  return count(
    tables,
    `delete from ${incoming} i where ${at('i')} and exists (select 1 from ${finalRelation(request)} t where ${at('t')} and ${isSame(knownColumns(plan))})`,
  )
}

async function count(tables: WarehouseConnection, sql: string): Promise<number> {
  return (await tables.query(sql)).rowsAffected ?? 0
}
