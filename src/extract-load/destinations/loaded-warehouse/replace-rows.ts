import type { LoadRequest } from '../../loading/request/load-request.js'
import { restoreMetaColumns } from '../../loading/rows/growing-table.js'
import { type ColumnPlan, columnNamed, isOwn, metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import type { DeferredWork } from './deferred-work.js'
import { loadedTable, rebuild } from './growing-table.js'
import { inserted } from './insert-incoming.js'
import type { LoadConnections } from './load-connections.js'
import type { Incoming } from './load-staged.js'
import { shadowName } from './shadow-columns.js'

interface ReplacingRows {
  /** The final table, as SQL has it. */
  readonly relation: string
  readonly plan: readonly ColumnPlan[]
  readonly incoming: Incoming
  /** Tells of what did not work once the rows are there. */
  readonly failing: (what: string) => (error: Error) => void
}

/** Has the transaction put incoming rows in the place of all that the table has. Called once they are there: what is made of the table for them is not made for a load that fails. */
export async function replaceRows(
  connections: LoadConnections,
  { table }: LoadRequest,
  { relation, plan, incoming, failing }: ReplacingRows,
  deferred: DeferredWork,
): Promise<void> {
  const { tables, dialect } = connections
  const shadow = table.length === 0 ? new Map<string, string>() : await retyped(connections, table, plan, relation)
  deferred.add({ sql: `delete from ${relation}` })
  deferred.add(inserted(dialect, relation, incoming, undefined, shadow))
  const columns = plan.map(({ column }) => column)
  const stays = ({ name }: Pick<TableColumn, 'name'>) => isOwn(name) || columnNamed(columns, name) !== undefined
  // Once nobody can miss them: the rows that had values there are gone.
  const settle = async () => {
    if (shadow.size > 0) {
      const kept = [...table.filter(stays), ...plan.flatMap(({ old, column }) => (old ? [] : [column])), ...metaColumns]
      const names = [...new Map(kept.map(({ name }) => [name.toLowerCase(), name])).values()]
      const selected = names.map((name) => ({
        name: dialect.quote(name),
        sql: dialect.quote(shadow.get(name) ?? name),
      }))
      await rebuild(tables, dialect, relation, selected)
      return
    }
    for (const column of table)
      if (!stays(column)) await tables.query(`alter table ${relation} drop column ${dialect.quote(column.name)}`)
  }
  deferred.afterCommit({
    run: settle,
    onFailure: failing('its columns are not settled yet, some without their values; the next sync does that'),
  })
}

/**
 * Gives the columns of a table that is replaced their next types. Where what is there cannot be shown in the next type, the values that come get a
 * column beside it, until the former ones are gone.
 * @returns the names of those by the names that they are to have
 */
async function retyped(
  { tables, dialect }: LoadConnections,
  table: readonly TableColumn[],
  plan: readonly ColumnPlan[],
  relation: string,
): Promise<ReadonlyMap<string, string>> {
  const own = loadedTable(tables, dialect, relation, table)
  await restoreMetaColumns(own, table)
  const shadow = new Map<string, string>()
  for (const { old, column, incoming } of plan) {
    if (!old) await own.addColumn(column)
    else if (incoming.isEmpty || dialect.typeOf(old) === dialect.typeOf(column)) continue
    else if (old.isEmpty === true || isConvertible(old.kind, column.kind))
      await own.setType(column, old.isEmpty === true)
    else {
      const name = shadowName(column.name)
      await own.addColumn({ ...column, name })
      shadow.set(column.name, name)
    }
  }
  return shadow
}

/** Whether what readers still find in a column can be shown in its next type. */
const isConvertible = (from: string, to: string) =>
  to === 'text' || from === to || (from === 'integer' && to === 'decimal')
