import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { metaColumns, planColumns, schemaChanges, type TableColumn } from '../../loading/rows/table-shape.js'
import { metaValues } from '../../loading/stage/staged.js'
import type { DirectCopy } from '../destination.js'
import { fillTable } from './fill-table.js'
import { canGo, createTable, definition, hasDependents, relationKind, takePlace } from './replace-table.js'

/**
 * The server reads the rows as another one wrote them. What of Airbyte's columns has the same value in all rows is added when they are
 * there, which writes none of them anew (since PostgreSQL 11).
 */
export function directCopy(tables: WarehouseConnection): DirectCopy {
  return {
    async canReplace(request) {
      return (await relationKind(tables, request)) !== 'r' || !(await hasDependents(tables, request))
    },
    async replace(request, columns, rows) {
      const [rowId, ...others] = metaColumns as readonly [TableColumn, ...TableColumn[]]
      const relation = await createTable(tables, request, [...columns, rowId])
      const alter = (change: string) => tables.query(`alter table ${relation} ${change}`)
      const names = [...columns, rowId].map(({ name }) => quoteIdentifier(name)).join(', ')
      const { signal } = request
      await tables.query(`copy ${relation} (${names}) from stdin (format binary)`, { copyBytes: rows, signal })
      const values = metaValues(request)
      await alter(others.map((column) => `add ${definition(column)} default ${values.get(column.name)}`).join(', '))
      await alter(others.map(({ name }) => `alter ${quoteIdentifier(name)} drop default`).join(', '))
      const kind = await relationKind(tables, request)
      if (await canGo(tables, request, kind)) {
        await takePlace(tables, request, { relation, columns, kind })
        return schemaChanges(request.table, planColumns(request.table, columns))
      }
      const plan = await fillTable(tables, request, { relation, columns })
      await tables.query(`drop table ${relation}`)
      return schemaChanges(request.table, plan)
    },
  }
}
