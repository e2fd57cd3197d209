import type { WarehouseConnection } from '../../../warehouse/index.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import { cursorColumn } from '../../loading/request/column-cursor.js'
import { isMerged, keyNames, type LoadRequest } from '../../loading/request/load-request.js'
import { checkedWindow, touchedBy } from '../../loading/request/partition-filter.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import {
  type ColumnPlan,
  columnNamed,
  isOwn,
  knownColumns,
  metaColumns,
  planColumns,
  schemaChanges,
  type TableColumn,
} from '../../loading/rows/table-shape.js'
import { deletedAt, orderingCursor } from '../../loading/stage/drop-deleted.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { Published } from '../destination.js'
import { asideName } from './columns-aside.js'
import type { Ends, Putting } from './ends.js'
import { loadedTable, rebuild } from './growing-table.js'
import { createTable, type LoadDialect, type PutOff, relationOf } from './load-dialect.js'
import { type Incoming, loadStaged } from './load-staged.js'
import { windowCondition } from './windows.js'

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
  const columns = columnsOf(plan)
  for (const statement of clearedRows(dialect, request)) putting.putOff(statement)
  for (const statement of waysMade(dialect, request, plan, relation)) putting.putOff(statement)
  const isByKey = isMerged(request)
  const stale = isByKey
    ? await dropStale(tables, dialect, request, plan, relation, incoming)
    : await dropHeld(tables, dialect, request, plan, relation, incoming)
  if (isByKey)
    for (const match of keyMatches(dialect, request, plan, makesWay))
      putting.putOff({ sql: dialect.deleteMatching(relation, incoming.relation, match) })
  putting.putOff(inserted(dialect, relation, incoming, leavesOut(dialect, request, incoming)))
  const touched = await touchedBy(tables, request, incoming.relation, columns, dialect)
  return { rows: staged.rows - stale, changes: schemaChanges(table, plan), touched }
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

/** Takes all rows out that were deleted in their database at once, or marks them. */
export function clearedRows(dialect: LoadDialect, { stream, truncatedAt }: LoadRequest): PutOff[] {
  if (truncatedAt === undefined) return []
  const relation = relationOf(dialect, stream.schema, stream.table)
  if (stream.dropsDeleted) return [{ sql: `delete from ${relation}` }]
  const column = dialect.quote(deletedAt)
  return [{ sql: `update ${relation} set ${column} = ${dialect.literal(truncatedAt)} where ${column} is null` }]
}

/** Takes rows out of the table that are read anew: see `makeWay`. */
function waysMade(dialect: LoadDialect, request: LoadRequest, plan: readonly ColumnPlan[], relation: string): PutOff[] {
  const made: PutOff[] = []
  const column = checkedWindow(request, plan)
  if (column && request.window)
    made.push({ sql: `delete from ${relation} where ${windowCondition(dialect, request.window, column)}` })
  const { aheadOf } = request
  if (!aheadOf) return made
  const named = columnNamed(columnsOf(plan), aheadOf.column)
  const isAbove = aheadOf.from && named && `${dialect.quote(named.name)} > ${typed(dialect, aheadOf.from, named)}`
  made.push({ sql: `delete from ${relation}${isAbove === undefined || isAbove === '' ? '' : ` where ${isAbove}`}` })
  return made
}

/** A text as a value of a column's type. */
const typed = (dialect: LoadDialect, text: string, column: ColumnPlan['column']) =>
  `cast(${dialect.literal(text)} as ${dialect.typeOf(column)})`

const columnsOf = (plan: readonly ColumnPlan[]) => plan.map(({ column }) => column)

const keyColumns = ({ stream }: LoadRequest, plan: readonly ColumnPlan[]) =>
  keyNames(stream).flatMap((key) => columnNamed(columnsOf(plan), key) ?? [])

/** How two rows are called in a condition: that of the table, and that which came. */
interface Pair {
  readonly held: string
  readonly came: string
}
const makesWay: Pair = { held: 't', came: 'i' }
const isHeldAlready: Pair = { held: 'i', came: 't' }

/** SQL: whether two rows have the same key. Those of which a part is NULL are few, and apart: what has none can be looked up. */
function keyMatches(
  { quote }: LoadDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  { held, came }: Pair,
): readonly string[] {
  const keys = keyColumns(request, plan).map(({ name }) => quote(name))
  const equal = keys.map((key) => `${held}.${key} = ${came}.${key}`).join(' and ')
  const alike = keys.map((key) => `${held}.${key} is not distinct from ${came}.${key}`).join(' and ')
  return [equal, `(${keys.map((key) => `${came}.${key} is null`).join(' or ')}) and ${alike}`]
}

const isSameRow = (dialect: LoadDialect, plan: readonly ColumnPlan[], { held, came }: Pair) =>
  plan
    .filter(({ column }) => !isOwn(column.name))
    .map(({ column }) => {
      const name = dialect.quote(column.name)
      return dialect.isSame(`${held}.${name}`, `${came}.${name}`, column)
    })
    .join(' and ') || 'false'

/** An incoming row that is older than the table's, or the same again, leaves the incoming ones. Answers how many did. */
async function dropStale(
  tables: WarehouseConnection,
  dialect: LoadDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  relation: string,
  incoming: Incoming,
): Promise<number> {
  const columns = columnsOf(plan)
  const cursor = orderingCursor(columns, cursorColumn(request))
  const column = cursor === undefined ? undefined : columnNamed(columns, cursor)
  if (!column) return 0
  const pair = isHeldAlready
  const [held, came] = [pair.held, pair.came].map((alias) => `${alias}.${dialect.quote(column.name)}`)
  const isOlder = `${held} > ${came} or (${came} is null and ${held} is not null)`
  const isStale = `(${isOlder} or (${isSameRow(dialect, plan, pair)}))`
  let stale = 0
  for (const match of keyMatches(dialect, request, plan, pair))
    stale += await deleted(tables, dialect.deleteMatching(incoming.relation, relation, `${match} and ${isStale}`))
  return stale
}

/** Of the rows with the cursor's last value, and of those without one, the table holds some already. Answers how many. */
async function dropHeld(
  tables: WarehouseConnection,
  dialect: LoadDialect,
  request: LoadRequest,
  plan: readonly ColumnPlan[],
  relation: string,
  incoming: Incoming,
): Promise<number> {
  const { cursor } = request
  const column = cursor && columnNamed(columnsOf(plan), cursor.column)
  if (cursor?.from === undefined || !column) return 0
  const pair = isHeldAlready
  const [held, came] = [pair.held, pair.came].map((alias) => `${alias}.${dialect.quote(column.name)}`)
  const value = typed(dialect, cursor.from, column)
  const isAt = `((${held} = ${value} and ${came} = ${value}) or (${held} is null and ${came} is null))`
  const isSame = `${isAt} and ${isSameRow(dialect, knownColumns(plan), pair)}`
  return deleted(tables, dialect.deleteMatching(incoming.relation, relation, isSame))
}

async function deleted(tables: WarehouseConnection, sql: string): Promise<number> {
  return (await tables.query(sql)).rowsAffected ?? 0
}

/** SQL: which incoming rows only said that theirs is deleted, where the connection wants those gone. */
function leavesOut({ quote }: LoadDialect, { stream }: LoadRequest, { columns }: Incoming): string | undefined {
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
