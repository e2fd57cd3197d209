import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadRequest } from '../request/load-request.js'
import type { GrowingTable } from '../rows/growing-table.js'
import { growTable } from '../rows/insert-rows.js'
import type { ColumnPlan } from '../rows/table-shape.js'
import { type Staging, stagedRows } from '../stage/staged.js'
import { checkPlannedKeys } from './check-keys.js'

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
