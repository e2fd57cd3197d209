import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import type { MergeDialect } from '../../loading/merge/merge-dialect.js'
import { planMerge } from '../../loading/merge/merge-plan.js'
import { hasNullKeys, mergeStatements } from '../../loading/merge/merge-statements.js'
import { replacedRows, replacedWindow, truncatedRows } from '../../loading/merge/replaced-rows.js'
import { touchedBy } from '../../loading/merge/touched-partitions.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import {
  type ColumnPlan,
  columnNamed,
  isOwn,
  metaColumns,
  planColumns,
  schemaChanges,
  type TableColumn,
} from '../../loading/rows/table-shape.js'
import { deletedAt } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import { asideName } from './columns-aside.js'
import type { Ends, Putting } from './ends.js'
import { loadedTable, rebuild } from './growing-table.js'
import { createTable, type LoadDialect, mergeDialect, type PutOff, relationOf } from './load-dialect.js'
import { type Incoming, loadStaged } from './load-staged.js'

/**
 * Brings the staged rows to the warehouse, and says what the transaction is to do with them. Whatever can be found out about them before is
 * found out here: the transaction only takes rows out and puts rows in.
 */
export async function publish(
  ends: Ends,
  request: LoadRequest,
  staged: StagingTable,
  putting: Putting,
): Promise<Published> {
  const { staging, tables, dialect } = ends
  const { stream, table, replacesTable } = request
  const relation = relationOf(dialect, stream.schema, stream.table)
  const source = stagedRows(request, staged)
  const plan = await grown(ends, request, staged, relation)
  const incoming = await loadStaged(staging, tables, dialect, {
    source,
    plan,
    syncId: request.previous.syncId + 1,
    schema: stream.schema,
    signal: request.signal,
  })
  const failing = (what: string) => (error: Error) =>
    request.onWarning(`the rows are in ${stream.schema}.${stream.table}, but ${what}: ${error.message}`)
  putting.atLast({
    run: () => incoming.drop(),
    onFailure: failing(`${incoming.relation}, by which they came, is there still, until it expires or is dropped`),
  })
  if (replacesTable) {
    // Once the rows are there: what is made of the table for them is not made for a load that fails.
    const aside = table.length === 0 ? new Map<string, string>() : await retyped(ends, table, plan, relation)
    putting.putOff({ sql: `delete from ${relation}` })
    putting.putOff(inserted(dialect, relation, incoming, undefined, aside))
    const stays = ({ name }: Pick<TableColumn, 'name'>) =>
      isOwn(name) || columnNamed(columnsOf(plan), name) !== undefined
    // Once nobody can miss them: the rows that had values there are gone.
    const settle = async () => {
      if (aside.size > 0) {
        const kept = [
          ...table.filter(stays),
          ...plan.flatMap(({ old, column }) => (old ? [] : [column])),
          ...metaColumns,
        ]
        const names = [...new Map(kept.map(({ name }) => [name.toLowerCase(), name])).values()]
        const selected = names.map((name) => ({
          name: dialect.quote(name),
          sql: dialect.quote(aside.get(name) ?? name),
        }))
        await rebuild(tables, dialect, relation, selected)
        return
      }
      for (const column of table)
        if (!stays(column)) await tables.query(`alter table ${relation} drop column ${dialect.quote(column.name)}`)
    }
    putting.afterwards({
      run: settle,
      onFailure: failing('its columns are not settled yet, some without their values; the next sync does that'),
    })
    return { rows: staged.rows, changes: schemaChanges(table, planColumns(table, source.columns)) }
  }
  const words = mergeDialect(dialect)
  const columns = columnsOf(plan)
  const leaving = [...truncatedRows(words, request, relation), ...replacedRows(words, request, plan, relation)]
  for (const sql of leaving) putting.putOff({ sql })
  const merge = planMerge(request, plan)
  const { leaveOut, replace } = mergeStatements(words, merge, {
    existing: relation,
    staged: incoming.relation,
    hasNullKeys: await hasNullKeys(staging, merge, source),
    counts: staysBehind(words, request, plan),
  })
  let leftOut = 0
  for (const sql of leaveOut) leftOut += (await tables.query(sql)).rowsAffected ?? 0
  for (const sql of replace) putting.putOff({ sql })
  putting.putOff(inserted(dialect, relation, incoming, isKept(dialect, request, incoming)))
  const touched = await touchedBy(tables, request, incoming.relation, columns, dialect)
  return { rows: staged.rows - leftOut, changes: schemaChanges(table, plan), touched }
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

/** The final table as the staged rows need it. */
async function grown(
  { staging, tables, dialect }: Ends,
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

/**
 * Gives the columns of a table that is replaced their next types. Where what is there cannot be shown in the next type, the values that come get a
 * column beside it, until the former ones are gone.
 * @returns the names of those by the names that they are to have
 */
async function retyped(
  { tables, dialect }: Ends,
  table: readonly TableColumn[],
  plan: readonly ColumnPlan[],
  relation: string,
): Promise<ReadonlyMap<string, string>> {
  const own = loadedTable(tables, dialect, relation, table)
  await restoreMetaColumns(own, table)
  const aside = new Map<string, string>()
  for (const { old, column, incoming } of plan) {
    if (!old) await own.addColumn(column)
    else if (incoming.isEmpty || dialect.typeOf(old) === dialect.typeOf(column)) continue
    else if (old.isEmpty === true || isConvertible(old.kind, column.kind))
      await own.setType(column, old.isEmpty === true)
    else {
      const name = asideName(column.name)
      await own.addColumn({ ...column, name })
      aside.set(column.name, name)
    }
  }
  return aside
}

/** Whether what readers still find in a column can be shown in its next type. */
const isConvertible = (from: string, to: string) =>
  to === 'text' || from === to || (from === 'integer' && to === 'decimal')

const columnsOf = (plan: readonly ColumnPlan[]) => plan.map(({ column }) => column)

/** SQL: whether an incoming row does more than say that its row is deleted, where the connection wants those gone. */
function isKept({ quote }: LoadDialect, { stream }: LoadRequest, { columns }: Incoming): string | undefined {
  return stream.dropsDeleted && columns.some(({ name }) => name === deletedAt)
    ? `${quote(deletedAt)} is null`
    : undefined
}

/** @param aside names of columns of the table that get the values of others */
function inserted(
  { quote }: LoadDialect,
  relation: string,
  incoming: Incoming,
  where?: string,
  aside?: ReadonlyMap<string, string>,
): PutOff {
  const names = incoming.columns.map(({ name }) => quote(name)).join(', ')
  const targets = incoming.columns.map(({ name }) => quote(aside?.get(name) ?? name)).join(', ')
  return {
    sql: `insert into ${relation} (${targets}) select ${names} from ${incoming.relation}${where === undefined ? '' : ` where ${where}`}`,
  }
}
