import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import { inTransaction, type WarehouseConnection } from '../../../warehouse/index.js'
import { movedMark, unchangedSeparator } from '../../connectors/connector.js'
import { keyNames, type LoadRequest } from '../request/load-request.js'
import { changesOf } from '../rows/change-notes.js'
import { columnNamed, type TableColumn } from '../rows/table-shape.js'
import { isDeleted } from '../stage/drop-deleted.js'
import { unchangedColumn } from '../stage/stage-changes.js'
import { type Staging, temporaryRelation } from '../stage/staged.js'

const names = quoteIdentifier(unchangedColumn.name)
const fills = temporaryRelation('_millrace_fills')

/**
 * Gives staged rows the values that the log left out because they did not change: those of the row before with the same key, or of the
 * table's own. Where neither is there the value stays NULL, with a note. Takes the column away that names them.
 * @returns the columns that are left
 */
export async function fillUnchanged(
  connection: WarehouseConnection,
  request: LoadRequest,
  { relation, columns = [] }: Staging,
): Promise<readonly TableColumn[]> {
  const rest = columns.filter(({ name }) => name !== unchangedColumn.name)
  if (rest.length === columns.length) return rest
  await inTransaction(connection, async () => {
    const isMerged = request.stream.destinationSyncMode.endsWith('dedup')
    // Of a deleted row that stays the last values are kept; one that leaves, or is one of many of its key, needs none.
    const isNeeded = isMerged && !request.stream.dropsDeleted ? 'true' : `not ${isDeleted}`
    for (const column of await unchangedOnes(connection, relation, rest, isNeeded))
      if (isMerged) await fill(connection, request, relation, { columns: rest, column, isNeeded })
      else await note(connection, request, relation, column, `${isUnchanged(column)} and ${isNeeded}`)
  })
  await connection.query(`alter table ${relation} drop column ${names}`)
  return rest
}

const isUnchanged = ({ name }: TableColumn) =>
  `coalesce(contains(${names}, ${quoteLiteral(unchangedSeparator + name + unchangedSeparator)}), false)`

async function unchangedOnes(
  connection: WarehouseConnection,
  relation: string,
  columns: readonly TableColumn[],
  isNeeded: string,
): Promise<readonly TableColumn[]> {
  const { rows } = await connection.query(
    `select ${columns.map((column) => `bool_or(${isUnchanged(column)})`).join(', ')} from ${relation} where ${names} is not null and ${isNeeded}`,
  )
  return columns.filter((_, i) => rows[0]?.[i] === true)
}

interface Filling {
  readonly columns: readonly TableColumn[]
  readonly column: TableColumn
  /** SQL: whether a row needs its values. */
  readonly isNeeded: string
}

/**
 * For each row whose value is said to be unchanged, looks for the staged row before it that has the value: the previous one of the same
 * key; behind an update of the key (`movedMark`) the row directly before that one, which has the old key. Where no staged row has it, the
 * value is taken from the stream's table, under the key of the row where the search ended. Of each key only the last row needs it.
 */
async function fill(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  { columns, column, isNeeded }: Filling,
): Promise<void> {
  const keys = keyNames(request.stream).map(quoteIdentifier)
  const partition = `partition by ${keys.join(', ')}`
  const isMoved = `coalesce(starts_with(${names}, ${quoteLiteral(movedMark)}), false)`
  await connection.query(
    `create or replace temp table ${fills} as
     with recursive steps as (
       select rowid as id, ${isUnchanged(column)} as is_open,
         rowid = max(rowid) over (${partition}) and ${isNeeded} as is_needed,
         case when ${isMoved} then rowid - 1
           else max(case when ${isMoved} or not ${isUnchanged(column)} then rowid end)
             over (${partition} order by rowid rows between unbounded preceding and 1 preceding) end as before
       from ${relation}),
     walk as (
       select id, id as at from steps where is_open and is_needed
       union all
       select walk.id, steps.before from walk join steps on steps.id = walk.at
       where steps.is_open and steps.before is not null)
     select walk.id, walk.at, steps.is_open as is_in_table from walk join steps on steps.id = walk.at
     where not steps.is_open or steps.before is null`,
  )
  const name = quoteIdentifier(column.name)
  await connection.query(
    `update ${relation} s set ${name} = o.${name} from ${fills} f join ${relation} o on o.rowid = f.at where s.rowid = f.id and not f.is_in_table`,
  )
  await fillFromTable(connection, request, relation, columns, column)
  await connection.query(`drop table ${fills}`)
}

async function fillFromTable(
  connection: WarehouseConnection,
  request: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
  column: TableColumn,
): Promise<void> {
  const name = quoteIdentifier(column.name)
  const keyColumns = keyNames(request.stream).map((key) => columnNamed(columns, key) as TableColumn)
  const keys = keyColumns.map((key) => quoteIdentifier(key.name))
  const wanted = `select distinct ${keys.map((key) => `o.${key}`).join(', ')} from ${relation} o join ${fills} f on o.rowid = f.at where f.is_in_table`
  const { rows } = await connection.query(`select count(*) from (${wanted})`)
  if (Number(rows[0]?.[0]) === 0) return
  const isKnown = columnNamed(request.table, column.name) !== undefined
  const match = keys.map((key) => `h.${key} = o.${key}`).join(' and ')
  const existing = isKnown
    ? await request.existing.ofKeys({ keys: keyColumns, query: wanted, column: column.name })
    : undefined
  if (existing !== undefined)
    await connection.query(
      `update ${relation} s set ${name} = h.${name} from ${fills} f join ${relation} o on o.rowid = f.at
       join ${existing.relation} h on ${match} where s.rowid = f.id and f.is_in_table`,
    )
  if (isKnown && existing === undefined)
    request.onWarning(
      `the log does not have the values of ${column.name} that did not change, and the destination cannot be asked for them: they are NULL there, with a note`,
    )
  const isFound =
    existing === undefined
      ? 'false'
      : `exists (select 1 from ${relation} o join ${existing.relation} h on ${match} where o.rowid = f.at)`
  await note(
    connection,
    request,
    relation,
    column,
    `rowid in (select f.id from ${fills} f where f.is_in_table and not ${isFound})`,
  )
  await existing?.drop()
}

/** The value is not to be had. */
async function note(
  connection: WarehouseConnection,
  { previous }: LoadRequest,
  relation: string,
  column: TableColumn,
  where: string,
): Promise<void> {
  const change = JSON.stringify({ field: column.name, change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' })
  await connection.query(
    `update ${relation} set _airbyte_meta = json_object('sync_id', ${previous.syncId + 1},
       'changes', list_append(${changesOf('_airbyte_meta')}, ${quoteLiteral(change)}::json))::json where ${where}`,
  )
}
