import type { WarehouseConnection } from '../../../warehouse/index.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import { cursorColumn } from '../../loading/request/column-cursor.js'
import { finalRelation, isMerged, keyNames, type LoadRequest } from '../../loading/request/load-request.js'
import { makeWay, touchedBy } from '../../loading/request/partition-filter.js'
import { duckDbTable, restoreMetaColumns } from '../../loading/rows/growing-table.js'
import { convertedValue, insertRows } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, isOwn, planColumns, schemaChanges } from '../../loading/rows/table-shape.js'
import { clearTruncated, dropDeleted, orderingCursor } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'

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
  const held = duckDbTable(connection, relation)
  await restoreMetaColumns(held, table)
  const plan = await growStreamTable(connection, request, staging, held)
  await clearTruncated(connection, request, relation)
  await makeWay(connection, request, relation, plan)
  const stale = isMerged(request) ? await merge(connection, request, staging, plan) : 0
  // Not before: their keys had to find what they delete.
  await dropDeleted(connection, request, staging.relation, source.columns)
  await insertRows(connection, source, plan, { relation, syncId: previous.syncId + 1, query: { signal } })
  const touched = await touchedBy(connection, request, staging.relation, source.columns)
  return { rows: rows - stale, changes: schemaChanges(table, plan), touched }
}

/**
 * Makes way for the staged rows: those of their keys leave the table. A staged row that is older than the table's, or the
 * same again, leaves the staged ones instead. Answers how many those were.
 */
async function merge(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
  plan: readonly ColumnPlan[],
): Promise<number> {
  const quote = (name: string) => request.warehouse.quoteIdentifier(name)
  const relation = finalRelation(request)
  // Both sides in the table's type: compared as they are, DuckDB would turn the text of one into the number of the other.
  const sides = plan.map((step) => ({
    name: step.incoming.name.toLowerCase(),
    staged: convertedValue(`s.${quote(step.incoming.name)}`, step),
    held: `t.${quote(step.column.name)}`,
  }))
  const sideOf = (name: string) => sides.find((side) => side.name === name.toLowerCase())
  const isSame = (side: (typeof sides)[number]) => `${side.held} is not distinct from ${side.staged}`
  const keys = keyNames(request.stream)
    .map(sideOf)
    .filter((side) => side !== undefined)
  const match = keys.map(isSame).join(' and ')
  const cursor = sideOf(
    orderingCursor(
      plan.map(({ column }) => column),
      cursorColumn(request),
    ) ?? '',
  )
  let stale = 0
  if (cursor) {
    const drop = async (held: string, condition: string) => {
      const sql = `delete from ${staging.relation} s using ${held} t where ${match} and (${condition})`
      stale += (await connection.query(sql)).rowsAffected ?? 0
    }
    await drop(
      relation,
      `${cursor.held} > ${cursor.staged} or (${cursor.staged} is null and ${cursor.held} is not null)`,
    )
    const withoutCursor = await connection.query(
      `select 1 from ${staging.relation} s where ${cursor.staged} is null limit 1`,
    )
    // Of the table an equation needs only the groups of rows whose values lie between those of the staged ones; not so where NULL is a value too.
    const isTie = withoutCursor.rows.length > 0 ? isSame(cursor) : `${cursor.held} = ${cursor.staged}`
    // Whether a row is the same again only all of its columns tell, so both tables are read only where that can be. Most often one row is: the newest.
    const ties = await connection.query(
      `select min(t.rowid)::varchar, max(t.rowid)::varchar, min(s.rowid)::varchar, max(s.rowid)::varchar
       from ${staging.relation} s join ${relation} t on ${match} where ${isTie}`,
    )
    const [first, last, firstStaged, lastStaged] = ties.rows[0] ?? []
    const isAgain = sides
      .filter((side) => !isOwn(side.name))
      .map((side) => `${side.held}::varchar is not distinct from ${side.staged}::varchar`)
    if (typeof first === 'string')
      await drop(
        `(from ${relation} where rowid between ${first} and ${last})`,
        [`s.rowid between ${firstStaged} and ${lastStaged}`, isTie, ...isAgain].join(' and '),
      )
  }
  await connection.query(`delete from ${relation} t using ${staging.relation} s where ${match}`)
  return stale
}
