import { throwIfAborted } from '../../../base/index.js'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import {
  appending,
  type ColumnAppender,
  inTransaction,
  type RelationName,
  type WarehouseConnection,
} from '../../../warehouse/index.js'
import type { BatchColumn, ColumnBatch } from '../../connectors/connector.js'
import { extractLoadErrors } from '../../errors.js'
import { checkCursor, cursorFilter } from '../request/column-cursor.js'
import type { LoadRequest } from '../request/load-request.js'
import { dropOutside } from '../request/partition-filter.js'
import { changesOf, type Misfit, metaUnless, metaWithNotes } from '../rows/change-notes.js'
import { countRows } from '../rows/counts.js'
import { decimalOf, isNoNumber } from '../rows/decimal-of.js'
import { keepsRow, mappedValue, mapperMisfit } from '../rows/map-values.js'
import { isOwn, metaColumns, type TableColumn } from '../rows/table-shape.js'
import { metaValues, type Staged, type Staging, temporaryName, temporaryRelation } from './staged.js'

/** A value that has no place in its column: the row's number from 0, and the column's name. */
interface Unfit {
  readonly row: number
  readonly field: string
}

/** Appends rows that come as columns to the staging table. */
export async function stageColumns(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: ColumnBatch,
): Promise<Staged> {
  checkNames(batch)
  const quote = (name: string) => request.warehouse.quoteIdentifier(name)
  const named = batch.columns.map((column) => ({ ...column, name: request.nameOf(column.name) }))
  const definitions = [...named, ...metaColumns].map(({ name, type }) => `${quote(name)} ${type}`)
  const target = targetOf(request, staging)
  const { relation } = target
  return inTransaction(connection, async () => {
    await connection.query(
      `create ${target.isTemporary ? 'temporary ' : ''}table ${relation} (${definitions.join(', ')})`,
    )
    const { rows, unfit } = await append(connection, request, staging, batch, { columns: named, target: target.name })
    const read: TableColumn[] = []
    for (const column of named)
      read.push(column.isUnboundedNumber ? await settle(connection, relation, column, quote, unfit) : column)
    await noteUnfit(connection, request, relation, unfit)
    const { columns, dropped } = target.isTemporary
      ? await map(connection, request, { from: relation, into: staging.relation }, read)
      : { columns: read, dropped: 0 }
    await checkCursor(request, columns, batch.origin)
    const outside = await dropOutside(connection, request, staging.relation, columns, batch.origin)
    const known = await dropKnown(connection, request, staging.relation, columns)
    return { columns, rows: rows - dropped - outside - known, rejected: 0 }
  })
}

/** Where the rows are appended: where mappers make something else of them, a table that is never a part of the warehouse. */
function targetOf({ stream }: LoadRequest, staging: Staging) {
  if ((stream.mappers ?? []).length === 0) return { name: staging.name, relation: staging.relation, isTemporary: false }
  const { identifier } = staging.name
  return { name: temporaryName(identifier), relation: temporaryRelation(identifier), isTemporary: true }
}

/** Brings the rows into the staging table, as the mappers of the stream want them. */
async function map(
  connection: WarehouseConnection,
  { stream, previous }: LoadRequest,
  { from, into }: { readonly from: string; readonly into: string },
  read: readonly TableColumn[],
): Promise<{ columns: TableColumn[]; dropped: number }> {
  const columns: TableColumn[] = []
  const selected: string[] = []
  const misfits: Misfit[] = []
  for (const column of read) {
    const name = quoteIdentifier(column.name)
    const misfit = mapperMisfit(stream, column.name, name)
    if (misfit) misfits.push(misfit)
    const mapped = mappedValue(stream, column.name, name)
    selected.push(mapped === undefined ? name : `${mapped} as ${name}`)
    columns.push(mapped === undefined ? column : { ...column, type: 'VARCHAR', kind: 'text' })
  }
  const condition = keepsRow(stream, quoteIdentifier)
  const noted = metaWithNotes(changesOf('_airbyte_meta'), misfits, previous.syncId + 1)
  const meta = metaColumns.map(({ name }) =>
    name === '_airbyte_meta' ? `${metaUnless(misfits, name, noted)} as ${name}` : name,
  )
  const names = [...selected, ...meta].join(', ')
  const rows = await countRows(connection, from)
  const { rowsAffected } = await connection.query(
    `create table ${into} as select ${names} from ${from} ${condition === undefined ? '' : `where ${condition}`} order by rowid`,
  )
  await connection.query(`drop table ${from}`)
  return { columns, dropped: rows - (rowsAffected ?? 0) }
}

/** @throws SOURCE_COLUMN_RESERVED */
export function checkNames({ columns, origin }: ColumnBatch): void {
  const own = columns.find((column) => isOwn(column.name))
  if (!own) return
  throw extractLoadErrors.create('SOURCE_COLUMN_RESERVED', {
    message: `${origin} has a column \`${own.name}\`, which is the name of one that every loaded table has.`,
    hint: 'Rename it in the source, or read a view that leaves it out.',
  })
}

async function append(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: ColumnBatch,
  { columns, target }: { readonly columns: readonly BatchColumn[]; readonly target: RelationName },
): Promise<{ rows: number; unfit: Unfit[] }> {
  const { limits, signal, onProgress } = request
  const values = metaValues(request)
  const computed = metaColumns.map(({ name, type }) => `(${values.get(name)})::${type}`)
  const unfit: Unfit[] = []
  let rows = 0
  const appendAll = async (appender: Pick<ColumnAppender, 'append'>) => {
    for await (const chunk of limits.each(batch.chunks)) {
      throwIfAborted(signal)
      for (const [i, column] of chunk.columns.entries())
        for (const row of column.unfitRows ?? []) unfit.push({ row: rows + row, field: columns[i]?.name ?? '' })
      await appender.append(chunk)
      rows += chunk.rowCount
      onProgress({
        rows: staging.rows + rows,
        bytes: staging.bytes + batch.sizeBytes,
        fraction: batch.rowCount && rows / batch.rowCount,
      })
    }
  }
  await appending(connection, target, appendAll, { computed })
  return { rows, unfit }
}

/** Rows that are not committed yet are not numbered from 0, but in the order in which they were appended. */
const firstRow = (relation: string) => `(select min(rowid) from ${relation})`

/**
 * Gives a column of numbers that came as text the decimal type that holds them all; it stays text where there is none. NaN and the
 * infinities, which no decimal is, become NULL.
 */
async function settle(
  connection: WarehouseConnection,
  relation: string,
  column: BatchColumn,
  quote: (name: string) => string,
  unfit: Unfit[],
): Promise<TableColumn> {
  const name = quote(column.name)
  const special = await connection.query(
    `select rowid - ${firstRow(relation)} from ${relation} where ${isNoNumber(name)}`,
  )
  for (const [row] of special.rows) unfit.push({ row: Number(row), field: column.name })
  const decimal = await decimalOf(connection, relation, name)
  if (decimal?.isEmpty) return { ...column, isEmpty: true }
  if (!decimal) {
    if (special.rows.length > 0)
      await connection.query(`update ${relation} set ${name} = null where ${isNoNumber(name)}`)
    return column
  }
  const { type } = decimal
  await connection.query(`alter table ${relation} alter ${name} type ${type} using try_cast(${name} as ${type})`)
  return { ...decimal, name: column.name }
}

/** Says of rows which of their values had no place in their column. */
async function noteUnfit(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  unfit: readonly Unfit[],
): Promise<void> {
  const notes = new Map<number, object[]>()
  for (const { row, field } of unfit) {
    const ofRow = notes.get(row) ?? []
    ofRow.push({ field, change: 'NULLED', reason: 'DESTINATION_FIELD_SIZE_LIMITATION' })
    notes.set(row, ofRow)
  }
  const all = [...notes]
  for (let i = 0; i < all.length; i += 1000) {
    const rows = all.slice(i, i + 1000).map(([row, changes]) => {
      const meta = JSON.stringify({ sync_id: request.previous.syncId + 1, changes })
      return `(${row}, ${quoteLiteral(meta)}::json)`
    })
    await connection.query(
      `update ${relation} s set _airbyte_meta = n.meta from (values ${rows.join(', ')}) n(id, meta) where s.rowid - ${firstRow(relation)} = n.id`,
    )
  }
}

/** Of the rows with the cursor's last value, and of those without one, the table holds some already. Answers how many. */
async function dropKnown(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
): Promise<number> {
  // With a key they find their places by themselves.
  if (request.replacesTable || request.stream.destinationSyncMode === 'append_dedup') return 0
  const filter = await cursorFilter(request, columns)
  if (filter === '') return 0
  const { rowsAffected } = await connection.query(
    `delete from ${relation} where rowid not in (select rowid from ${relation} ${filter})`,
  )
  return rowsAffected ?? 0
}
