import type { WarehouseConnection } from '../../warehouse/index.js'
import { checkPlannedKeys } from './check-keys.js'
import type { GrowingTable } from './growing-table.js'
import { growTable } from './insert-rows.js'
import type { LoadRequest } from './load-request.js'
import { type Staging, stagedRows } from './staged.js'
import type { ColumnPlan } from './table-shape.js'

/**
 * Lets the table of a stream grow by what its staged rows bring.
 * @param staging where the rows are staged
 * @throws KEY_UNFIT where keys of theirs would become NULL in it
 */
export function growStreamTable(
  staging: WarehouseConnection,
  request: LoadRequest,
  staged: Staging,
  table: GrowingTable,
): Promise<readonly ColumnPlan[]> {
  const source = stagedRows(request, staged)
  return growTable(staging, source, request.table, table, (plan) => checkPlannedKeys(staging, request, source, plan))
}
