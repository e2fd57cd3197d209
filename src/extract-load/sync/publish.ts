import type { WarehouseConnection } from '../../warehouse/index.js'
import type { SchemaChange } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { cursorColumn } from './column-cursor.js'
import { growTable, insertRows } from './insert-rows.js'
import { finalRelation, type LoadRequest } from './load-request.js'
import type { StagingTable } from './staging-table.js'
import { type ColumnPlan, isOwn, metaColumns, planColumns, schemaChanges, type TableColumn } from './table-shape.js'

export interface Published {
  readonly rows: number
  readonly changes: readonly SchemaChange[]
}

/** Brings the staged rows into the final table; part of the transaction that writes the state. */
export async function publish(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
): Promise<Published> {
  const staged = staging.columns ?? []
  const isDedup = request.stream.destinationSyncMode.endsWith('dedup')
  const rows = isDedup ? staging.rows - (await dropOlderVersions(connection, request, staging, staged)) : staging.rows
  if (!request.replacesTable) return append(connection, request, staging, rows)
  await swap(connection, request, staging)
  return { rows, changes: schemaChanges(request.table, planColumns(request.table, staged)) }
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
  const { warehouse, stream, table, previous, signal } = request
  const quote = (name: string) => warehouse.quoteIdentifier(name)
  const target = { relation: finalRelation(request), quote }
  const source = {
    columns: staging.columns ?? [],
    value: (column: TableColumn) => quote(column.name),
    meta: new Map(metaColumns.map(({ name }) => [name, name])),
    from: `from ${staging.relation}`,
  }
  await restoreMetaColumns(connection, target.relation, table)
  const plan = await growTable(connection, source, table, target)
  const stale = stream.destinationSyncMode === 'append_dedup' ? await merge(connection, request, staging, plan) : 0
  await insertRows(connection, source, plan, { ...target, syncId: previous.syncId + 1, query: { signal } })
  return { rows: rows - stale, changes: schemaChanges(table, plan) }
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
  const sides = plan.map(({ incoming, column }) => ({
    name: incoming.name.toLowerCase(),
    staged: `try_cast(s.${quote(incoming.name)} as ${column.type})`,
    held: `t.${quote(column.name)}`,
  }))
  const sideOf = (name: string) => sides.find((side) => side.name === name.toLowerCase())
  const isSame = (side: (typeof sides)[number]) => `${side.held} is not distinct from ${side.staged}`
  const keys = (request.stream.primaryKey ?? [])
    .map((path) => sideOf(path.join('.')))
    .filter((side) => side !== undefined)
  const match = keys.map(isSame).join(' and ')
  const cursor = sideOf(cursorColumn(request) ?? '')
  let stale = 0
  if (cursor) {
    const own = sides.filter((side) => !isOwn(side.name))
    const isOlder = `${cursor.held} > ${cursor.staged} or (${cursor.staged} is null and ${cursor.held} is not null)`
    const isAgain = own
      .map((side) => `${side.held}::varchar is not distinct from ${side.staged}::varchar`)
      .join(' and ')
    const { rowsAffected } = await connection.query(
      `delete from ${staging.relation} s using ${relation} t where ${match} and (${isOlder} or (${isAgain || 'false'}))`,
    )
    stale = rowsAffected ?? 0
  }
  await connection.query(`delete from ${relation} t using ${staging.relation} s where ${match}`)
  return stale
}

/** Somebody may have dropped them by hand; the rows that are there have none then. */
async function restoreMetaColumns(
  connection: WarehouseConnection,
  relation: string,
  table: readonly TableColumn[],
): Promise<void> {
  const names = new Set(table.map((column) => column.name.toLowerCase()))
  for (const { name, type } of metaColumns)
    if (!names.has(name)) await connection.query(`alter table ${relation} add column ${name} ${type}`)
}

/** Keeps the newest row per key: by cursor, then by arrival. Answers how many rows went. */
async function dropOlderVersions(
  connection: WarehouseConnection,
  request: LoadRequest,
  { relation }: StagingTable,
  staged: readonly TableColumn[],
): Promise<number> {
  checkKeys(request, staged)
  const cursor = request.stream.cursorField?.join('.')
  const order = [
    ...(cursor === undefined ? [] : [`${request.warehouse.quoteIdentifier(cursor)} desc nulls last`]),
    'rowid desc',
  ]
  const { rowsAffected } = await connection.query(
    `delete from ${relation} where rowid in (
       select rowid from ${relation}
       qualify row_number() over (partition by ${keysOf(request).join(', ')} order by ${order.join(', ')}) > 1)`,
  )
  return rowsAffected ?? 0
}

function keysOf({ stream, warehouse }: LoadRequest): string[] {
  return (stream.primaryKey ?? []).map((path) => warehouse.quoteIdentifier(path.join('.')))
}

/** @throws CURSOR_INVALID for a key or a cursor that is none of the columns */
function checkKeys({ stream }: LoadRequest, staged: readonly TableColumn[]): void {
  const names = new Set(staged.map((column) => column.name.toLowerCase()))
  const isMissing = (name: string) => !names.has(name.toLowerCase())
  const keys = (stream.primaryKey ?? []).map((path) => path.join('.')).filter(isMissing)
  const cursor = [stream.cursorField?.join('.')].filter((name) => name !== undefined).filter(isMissing)
  if (keys.length === 0 && cursor.length === 0) return
  const [what, setting] = keys.length > 0 ? ['primary key', 'primary_key'] : ['cursor', 'cursor_field']
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The ${what} \`${[...keys, ...cursor].join(', ')}\` of the stream \`${stream.name}\` is none of its columns.`,
    hint: `Set \`${setting}\` of the stream to ${keys.length > 0 ? 'columns that identify a row' : 'the column that tells the newer of two rows'}. Its columns: ${staged.map((column) => column.name).join(', ')}.`,
  })
}
