import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { finalRelation, type LoadRequest } from '../../loading/request/load-request.js'
import { growTable } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { postgresTable } from './growing-table.js'
import { postgresType } from './types.js'

interface NewRows {
  /** The table that has them, Airbyte's columns among them. As SQL has it. */
  readonly relation: string
  readonly columns: readonly TableColumn[]
}

/**
 * Has the stream's table hold the rows of another one instead of its own.
 * @returns how its columns took them
 * @throws DESTINATION_WRITE_FAILED where a column is to hold what has nothing in common with it: only DuckDB settles that
 */
export async function fillTable(
  tables: WarehouseConnection,
  request: LoadRequest,
  { relation, columns }: NewRows,
): Promise<readonly ColumnPlan[]> {
  const { stream } = request
  const target = finalRelation(request)
  const source = {
    columns,
    value: ({ name }: TableColumn) => quoteIdentifier(name),
    meta: new Map<string, string>(),
    from: `from ${relation}`,
    fitsDouble: (column: TableColumn) => postgresTable(tables, relation).fitsDouble(column),
  }
  const plan = await growTable(tables, source, request.table, postgresTable(tables, target))
  const misfit = plan.find(({ isUnrelated }) => isUnrelated)
  if (misfit)
    throw extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
      message: `While the rows of the stream \`${stream.name}\` came, somebody made a view on ${stream.schema}.${stream.table}, whose column \`${misfit.column.name}\` does not take what came (${misfit.column.type}, ${misfit.incoming.type}).`,
      hint: 'Nothing was committed. Sync again: what does not fit is noted then.',
    })
  // Not truncate: who reads meanwhile would find the table empty.
  await tables.query(`delete from ${target}`)
  const values = plan.map(({ incoming, column }) => {
    const value = quoteIdentifier(incoming.name)
    const [is, was] = [postgresType(column), postgresType(incoming)]
    return { name: quoteIdentifier(column.name), sql: is === was ? value : `${value}::text::${is}` }
  })
  const meta = metaColumns.map(({ name }) => ({ name, sql: name }))
  const all = [...values, ...meta]
  await tables.query(
    `insert into ${target} (${all.map(({ name }) => name).join(', ')}) select ${all.map(({ sql }) => sql).join(', ')} from ${relation}`,
  )
  return plan
}
