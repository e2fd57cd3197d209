import { quoteIdentifier } from '../../../sql/index.js'
import type { QueryOptions, WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadRequest } from '../request/load-request.js'
import { duckDbTable } from '../rows/growing-table.js'
import { growTable, insertRows, type RowSource } from '../rows/insert-rows.js'
import type { Staged, Staging } from './staged.js'

/** Brings the rows of a query into the staging table, which is made for them, or grows by the columns and types that they bring. */
export async function stageRows(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  source: RowSource,
  query: QueryOptions = { signal: request.signal },
): Promise<Omit<Staged, 'rejected'>> {
  const { relation, columns, isTemporary } = staging
  if (columns) {
    const plan = await growTable(connection, source, columns, duckDbTable(connection, relation))
    const rows = await insertRows(connection, source, plan, { relation, syncId: request.previous.syncId + 1, query })
    const names = new Set(plan.map((step) => step.column.name))
    const others = columns.filter((column) => !names.has(column.name))
    return { rows, columns: [...others, ...plan.map((step) => step.column)] }
  }
  const selected = [
    ...source.columns.map((column) => `${source.value(column)} as ${quoteIdentifier(column.name)}`),
    ...[...source.meta].map(([name, sql]) => `${sql} as ${name}`),
  ]
  const { rowsAffected } = await connection.query(
    `create ${isTemporary ? 'temp table' : 'table'} ${relation} as select ${selected.join(', ')} ${source.from}`,
    query,
  )
  return { rows: rowsAffected ?? 0, columns: source.columns }
}
